// Plain JavaScript for Node ≥ 20: makes node_modules match package-lock.json, and does nothing when it already does.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const lock = join(root, 'package-lock.json');
const stamp = join(root, 'node_modules', '.holdfast-lock-sha256');

const wanted = createHash('sha256').update(readFileSync(lock)).digest('hex');
const present = existsSync(stamp) ? readFileSync(stamp, 'utf8').trim() : '';

if (wanted !== present) {
  process.stderr.write('Installing dependencies (once per change of package-lock.json)…\n');
  const npm = process.env.npm_execpath;
  // The portal is built here and Node 26 is an optional package: NODE_ENV or omit settings must not leave them out.
  const everything = ['--include=dev', '--include=optional'];
  const command = npm === undefined ? ['npm', ['ci']] : [process.execPath, [npm, 'ci']];
  const done = spawnSync(
    command[0],
    [...command[1], ...everything, '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: root,
      stdio: ['ignore', 2, 2],
      shell: npm === undefined && process.platform === 'win32',
    },
  );
  if (done.status !== 0) {
    process.stderr.write('npm ci did not succeed: see the lines above.\n');
    process.exit(done.status ?? 3);
  }
  writeFileSync(stamp, `${wanted}\n`);
}
