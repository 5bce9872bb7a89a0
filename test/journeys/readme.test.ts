import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { COMMAND, NODE, ROOT, temporaryFolder } from './harness/checkout.ts';
import { type RunningNode, startNode } from './harness/running-node.ts';

let node: RunningNode;
beforeAll(async () => {
  node = await startNode({ patients: 2, arguments: [] });
});
afterAll(() => node?.stop());

const blocks = [...readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(/```sh\n([\s\S]*?)```/g)].map(
  ([, code]) => code ?? '',
);

test('the README’s first five minutes work by copy and paste', () => {
  const story = blocks.find((block) => block.includes('curl') && block.includes('verify'));
  if (story === undefined) throw new Error('the README has no story to run');
  const script = story
    .replaceAll('localhost:8471', `localhost:${node.port}`)
    .replaceAll('npx holdfast', `"${NODE}" "${COMMAND}"`);
  const ran = spawnSync('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: temporaryFolder('readme'),
    encoding: 'utf8',
  });
  expect(ran.status, ran.stdout + ran.stderr).toBe(0);
  expect(ran.stdout).toContain('VERIFIED');
});
