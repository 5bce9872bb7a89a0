/** `npm run bench -- NAME [arguments]` runs `bench/NAME.ts`; without a name it lists them. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..', 'bench');
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .map((name) => name.slice(0, -'.ts'.length));
const [name = '', ...rest] = process.argv.slice(2);
if (!names.includes(name)) {
  process.stderr.write(`usage: npm run bench -- NAME [arguments], NAME one of: ${names.join(', ')}\n`);
  process.exit(2);
}
const done = spawnSync(
  process.execPath,
  ['--disable-warning=ExperimentalWarning', join(folder, `${name}.ts`), ...rest],
  {
    stdio: 'inherit',
  },
);
process.exit(done.status ?? 1);
