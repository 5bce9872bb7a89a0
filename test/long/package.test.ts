import { spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT, temporaryFolder } from '../journeys/harness/checkout.ts';
import { send } from '../journeys/harness/http.ts';
import { freePort } from '../journeys/harness/running-node.ts';
import { until } from '../journeys/harness/until.ts';

const npm = (args: readonly string[], cwd: string) =>
  spawnSync('npm', args, { cwd, encoding: 'utf8', env: { ...process.env, CI: '' } });

test('the packed tarball installs globally into an empty prefix, starts the demo, and stops', async () => {
  const folder = temporaryFolder('package');
  const packed = npm(['pack', '--pack-destination', folder], ROOT);
  expect(packed.status, packed.stderr).toBe(0);
  const [tarball] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  const prefix = join(folder, 'prefix');
  const installed = npm(
    ['install', '--global', '--prefix', prefix, '--no-audit', '--no-fund', join(folder, tarball ?? '')],
    folder,
  );
  expect(installed.status, installed.stderr).toBe(0);
  const command = join(prefix, 'bin', 'holdfast');
  expect(spawnSync(command, ['--version'], { encoding: 'utf8' }).stdout).toMatch(/^\d+\.\d+\.\d+/);
  const port = await freePort();
  const data = join(folder, 'data');
  const child = spawn(
    command,
    ['start', '--demo', '--data', data, '--port', String(port), '--json', '--patients', '2'],
    { cwd: folder },
  );
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  try {
    await until(
      'the installed command serves',
      async () => (await send(port, '/ready')).status === 200,
      60_000,
    );
    expect((await send(port, '/')).status, output).toBe(200);
    expect((await send(port, '/.well-known/holdfast')).json.demo).toBe(true);
  } finally {
    child.kill('SIGTERM');
  }
  const code = await new Promise((resolve) => child.once('exit', resolve));
  expect(code, output).toBe(0);
});
