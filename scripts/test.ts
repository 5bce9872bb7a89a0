/** `npm test`: every check of the house, in order of cost. Prints what it skipped and ends with `N passed, N failed`. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const bin = (name: string) => join(root, 'node_modules', '.bin', name);
const strict = process.env.CI !== undefined && process.env.CI !== '' && process.env.CI !== 'false';
const only = process.argv.slice(2);

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

interface Part {
  name: string;
  run: () => Tally;
  /** Why the part cannot run here; undefined when it can. */
  missing?: () => string | undefined;
}

const run = (command: string, args: string[]): boolean =>
  spawnSync(command, args, { cwd: root, stdio: 'inherit', env: process.env }).status === 0;

const one = (ok: boolean): Tally => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 });

function vitest(project: string): Tally {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
  const report = join(folder, 'report.json');
  const args = [
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ];
  const ok = run(bin('vitest'), args);
  const counts = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : {};
  rmSync(folder, { recursive: true, force: true });
  const passed = Number(counts.numPassedTests ?? 0);
  const failed = Number(counts.numFailedTests ?? 0);
  const skipped = Number(counts.numPendingTests ?? 0);
  // A file that cannot even load counts no failed test: the exit code still says so.
  return { passed, failed: ok ? failed : Math.max(1, failed), skipped };
}

const chromium = () =>
  [
    process.env.HOLDFAST_CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ].find((path) => path !== undefined && existsSync(path));

const parts: Part[] = [
  {
    name: 'types',
    run: () =>
      one(
        run(process.execPath, ['node_modules/typescript-7/bin/tsc', '--noEmit', '-p', '.']) &&
          run(process.execPath, ['node_modules/typescript-7/bin/tsc', '--noEmit', '-p', 'web']),
      ),
  },
  { name: 'lint', run: () => one(run(bin('biome'), ['ci', '--error-on-warnings', '.'])) },
  {
    name: 'promises',
    run: () =>
      one(
        run(bin('oxlint'), [
          '--type-aware',
          '-A',
          'all',
          '-D',
          'typescript/no-floating-promises',
          '-D',
          'typescript/no-misused-promises',
          'src',
          'bench',
          'scripts',
        ]),
      ),
  },
  { name: 'unit', run: () => vitest('unit') },
  { name: 'journeys', run: () => vitest('journeys') },
  { name: 'faults', run: () => vitest('faults') },
  {
    name: 'portal',
    run: () => vitest('portal'),
    missing: () => (chromium() === undefined ? 'no Chromium found (set HOLDFAST_CHROMIUM)' : undefined),
  },
];

const total: Tally = { passed: 0, failed: 0, skipped: 0 };
const notes: string[] = [];
for (const part of parts.filter((candidate) => only.length === 0 || only.includes(candidate.name))) {
  const reason = part.missing?.();
  if (reason !== undefined) {
    notes.push(`${part.name}: ${strict ? 'FAILED, cannot run' : 'skipped'}: ${reason}`);
    total[strict ? 'failed' : 'skipped'] += 1;
    continue;
  }
  const startedMs = performance.now();
  const tally = part.run();
  total.passed += tally.passed;
  total.failed += tally.failed;
  total.skipped += tally.skipped;
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  notes.push(
    `${part.name}: ${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped in ${seconds} s`,
  );
}
if (!existsSync(process.env.HOLDFAST_TESTDATA ?? join(root, '..', 'shared', 'testdata'))) {
  notes.push('vectors: ../shared/testdata is absent, so the tests over published vectors were skipped');
}
process.stdout.write(`\n${notes.join('\n')}\n`);
if (strict && total.skipped > 0) {
  process.stdout.write('With CI set nothing may be skipped.\n');
  total.failed += total.skipped;
}
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`);
process.exit(total.failed === 0 ? 0 : 1);
