import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CliError, EXIT, type ExitCode } from '../exit-code.ts';

/** Benchmarks stand beside the sources; a package has none. */
const FOLDER = join(import.meta.dirname, '..', '..', '..', 'bench');

/** `holdfast bench NAME`: runs `bench/NAME.ts` of the checkout, which prints its own results. */
export function bench(name: string | undefined, rest: readonly string[]): ExitCode {
  if (!existsSync(join(FOLDER, 'results'))) {
    throw new CliError(
      EXIT.unusable,
      'not-a-checkout',
      'Benchmarks come with the sources: run this inside a checkout.',
    );
  }
  const names = readdirSync(FOLDER)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => file.slice(0, -'.ts'.length));
  if (name === undefined || !names.includes(name)) {
    throw new CliError(EXIT.unusable, 'usage', `Name a benchmark: ${names.join(', ')}.`);
  }
  const done = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(FOLDER, `${name}.ts`), ...rest],
    {
      stdio: 'inherit',
    },
  );
  return done.status === 0 ? EXIT.done : EXIT.found;
}
