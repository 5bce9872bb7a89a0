/**
 * `npm test`: every check of the house, in order of cost. Prints what it skipped and ends with `N passed, N failed`.
 * `npm test -- unit lint` runs the parts named; `npm run test:long` the long forms of the fault and volume tests.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

const root = join(import.meta.dirname, '..');
const bin = (name: string) => join(root, 'node_modules', '.bin', name);
const strict = process.env.CI !== undefined && process.env.CI !== '' && process.env.CI !== 'false';
const only = process.argv.slice(2);

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
  /** The tests that were skipped, by file. */
  without?: string[];
}

interface Part {
  name: string;
  run: () => Tally;
  /** Why the part cannot run here; undefined when it can. */
  missing?: () => string | undefined | Promise<string | undefined>;
  /** Runs only when it is named. */
  onDemand?: true;
}

/** What Vitest's JSON reporter writes, as far as it is read here. */
interface Report {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { name: string; assertionResults: { status: string; fullName: string }[] }[];
}

const run = (command: string, args: string[], environment: NodeJS.ProcessEnv = {}): boolean =>
  spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...environment } })
    .status === 0;

const one = (ok: boolean): Tally => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 });

const NOT_RUN = new Set(['pending', 'skipped', 'todo', 'disabled']);

function vitest(projects: string[], environment: NodeJS.ProcessEnv = {}, files: string[] = []): Tally {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
  const file = join(folder, 'report.json');
  const selected = projects.flatMap((project) => ['--project', project]);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const ok = run(bin('vitest'), ['run', ...files, ...selected, ...reporters], environment);
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

/** Journeys that run on either engine; the others are about one data folder, one command or the package. */
const ON_BOTH_ENGINES = [
  'story',
  'network',
  'consents',
  'enrolment',
  'audit-trail',
  'erasure',
  'tokens',
  'logs',
  'node-surface',
  'openapi',
  'fhir-bundles',
  'fhir-interactions',
  'fhir-operations',
  'fhir-search',
].map((name) => `test/journeys/${name}.test.ts`);

/** Why nothing runs on Fabric here; undefined when it can. */
const missingForFabric = async (): Promise<string | undefined> =>
  (await import('../test/faults/fabric/availability.ts')).missingForFabric();

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
          'test',
        ]),
      ),
  },
  { name: 'unit', run: () => vitest(['unit']) },
  { name: 'journeys', run: () => vitest(['journeys']) },
  { name: 'faults', run: () => vitest(['faults']) },
  {
    name: 'fabric',
    run: () => {
      if (!run(process.execPath, ['scripts/chaincode.ts'])) return one(false);
      return vitest(['journeys'], { HOLDFAST_TEST_ENGINE: 'fabric' }, ON_BOTH_ENGINES);
    },
    missing: missingForFabric,
  },
  {
    name: 'fabric-faults',
    run: () => {
      if (!run(process.execPath, ['scripts/chaincode.ts'])) return one(false);
      return vitest(['fabric-faults']);
    },
    missing: missingForFabric,
  },
  { name: 'long', run: () => vitest(['faults', 'long'], { HOLDFAST_LONG: '1' }), onDemand: true },
  {
    name: 'portal',
    run: () => vitest(['portal']),
    missing: () => (chromium() === undefined ? 'no Chromium found (set HOLDFAST_CHROMIUM)' : undefined),
  },
];

const total: Tally = { passed: 0, failed: 0, skipped: 0 };
const notes: string[] = [];
const unknown = only.filter((name) => !parts.some((part) => part.name === name));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no part ${unknown.join(', ')}: ${parts.map(({ name }) => name).join(', ')}\n`,
  );
  process.exit(2);
}
const chosen = parts.filter((part) =>
  only.length === 0 ? part.onDemand !== true : only.includes(part.name),
);
for (const part of chosen) {
  const reason = await part.missing?.();
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
    ...(tally.without ?? []).map((each) => `  skipped: ${each}`),
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
