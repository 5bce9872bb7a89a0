import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

export const root = join(import.meta.dirname, '..');
export const bin = (name: string) => join(root, 'node_modules', '.bin', name);

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
  /** The tests that were skipped, by file. */
  without?: string[];
}

export interface Part {
  name: string;
  run: () => Promise<Tally>;
  /** Why the part cannot run here; undefined when it can. */
  missing?: () => string | undefined | Promise<string | undefined>;
  /** Runs only when it is named. */
  onDemand?: true;
}

/** What Vitest's JSON reporter writes, as far as it is read here. */
export interface Report {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { name: string; assertionResults: { status: string; fullName: string }[] }[];
}

/** Runs a command; whether it succeeded. */
export const run = (command: string, args: string[], environment: NodeJS.ProcessEnv = {}): Promise<boolean> =>
  new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ...environment },
    });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });

export const sum = (a: Tally, b: Tally): Tally => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
  without: [...(a.without ?? []), ...(b.without ?? [])],
});

export const one = (ok: boolean): Tally => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 });

/** Every test file and every process that one starts compiles the same modules. Inside the checkout, and gone with it. */
process.env.NODE_COMPILE_CACHE ??= join(root, 'node_modules', '.cache', 'compiled');

const NOT_RUN = new Set(['pending', 'skipped', 'todo', 'disabled']);

export async function vitest(
  projects: string[],
  environment: NodeJS.ProcessEnv = {},
  files: string[] = [],
): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
  const file = join(folder, 'report.json');
  const selected = projects.flatMap((project) => ['--project', project]);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const ok = await run(bin('vitest'), ['run', ...files, ...selected, ...reporters], environment);
  const report = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Report) : undefined;
  rmSync(folder, { recursive: true, force: true });
  if (report === undefined) return one(false);
  const { numPassedTests: passed, numFailedTests: failed, testResults } = report;
  const without = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => NOT_RUN.has(status))
      .map(({ fullName }) => `${relative(root, name)}: ${fullName}`),
  );
  // A file that cannot even load counts no failed test: the exit code still says so.
  return { passed, failed: ok ? failed : Math.max(1, failed), skipped: without.length, without };
}
