import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { NODE, ROOT, temporaryFolder } from './harness/checkout.ts';
import { send } from './harness/http.ts';
import { freePort } from './harness/running-node.ts';
import { until } from './harness/until.ts';

const PACK_TIMEOUT_MS = 180_000; // compiles the server and bundles the portal
const START_TIMEOUT_MS = 60_000; // makes the demo's data

/** The Node that runs npm: any from 20 on, which hands over to the one that comes with the package. */
const anyNode = process.env.npm_node_execpath ?? NODE;
let installed: string;

/** `npm pack`, and its content where a global installation puts it; what it depends on is the checkout's. */
beforeAll(() => {
  const folder = temporaryFolder('package');
  const npm = process.env.npm_execpath;
  const [command, ...given] = npm === undefined ? ['npm'] : [anyNode, npm];
  execFileSync(command!, [...given, 'pack', '--pack-destination', folder], { cwd: ROOT, stdio: 'pipe' });
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  installed = join(folder, 'lib', 'node_modules', 'holdfast');
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', join(folder, tarball ?? ''), '-C', installed, '--strip-components=1']);
  symlinkSync(join(ROOT, 'node_modules'), join(installed, 'node_modules'));
}, PACK_TIMEOUT_MS);

test('the package holds what it needs and no more', () => {
  for (const path of ['bin', 'dist', 'docs', 'packaging', 'web/dist', 'LICENSE', 'NOTICE', 'README.md'])
    expect(existsSync(join(installed, path)), path).toBe(true);
  for (const path of ['src', 'test', 'bench', 'scripts', 'web/src', '.ci'])
    expect(existsSync(join(installed, path)), path).toBe(false);
  const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
  expect(files.filter((name) => !name.startsWith('node_modules') && /\.test\.|\.ts$/.test(name))).toEqual([]);
});

test(
  'the installed command starts the demo with its portal, and stops when it is asked to',
  async () => {
    const port = await freePort();
    const command = [join(installed, 'bin', 'holdfast.js'), 'start', '--demo', '--patients', '8', '--json'];
    const child: ChildProcess = spawn(
      anyNode,
      [...command, '--port', String(port), '--data', temporaryFolder('installed')],
      { cwd: temporaryFolder('elsewhere'), stdio: ['ignore', 'ignore', 'inherit'] },
    );
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await until(
      'the node is ready',
      async () => (await send(port, '/ready')).status === 200,
      START_TIMEOUT_MS,
    );
    const page = await send(port, '/');
    expect(page.status).toBe(200);
    const [, script] = /src="(\/assets\/[^"]+\.js)"/.exec(page.text) ?? [];
    expect((await send(port, script ?? '')).status).toBe(200);
    expect((await send(port, '/.well-known/holdfast')).json.organisations).toHaveLength(4);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  },
  START_TIMEOUT_MS,
);
