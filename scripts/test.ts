/**
 * `npm test`: every check of the house, in order of cost; what runs on Fabric, which mostly waits, beside the journeys. Prints what
 * it skipped and ends with `N passed, N failed`.
 * `npm test -- unit lint` runs the parts named; `npm run test:long` the long forms of the fault and volume tests.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/** Runs a command, whose output goes to the terminal at once or, beside other parts, when it has ended; whether it succeeded. */
type Run = (command: string, args: string[], environment?: NodeJS.ProcessEnv) => Promise<boolean>;

interface Part {
  name: string;
  run: (run: Run) => Promise<Tally>;
  /** Runs beside the parts that follow `unit`. */
  beside?: true;
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

const runVisibly: Run = (command, args, environment = {}) =>
  new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ...environment },
    });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });

const runAside: Run = (command, args, environment = {}) =>
  new Promise((resolve) => {
    const env = { ...process.env, ...environment };
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env });
    const written: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => written.push(chunk));
    child.once('error', () => resolve(false));
    child.once('close', (code) => {
      process.stdout.write(Buffer.concat(written));
      resolve(code === 0);
    });
  });

const sum = (a: Tally, b: Tally): Tally => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
  without: [...(a.without ?? []), ...(b.without ?? [])],
});

const one = (ok: boolean): Tally => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 });

const NOT_RUN = new Set(['pending', 'skipped', 'todo', 'disabled']);

async function vitest(
  run: Run,
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

/** Journeys that run on either engine; the others are about one data folder, one command or the package. */
const ON_BOTH_ENGINES = [
  'story',
  'network',
  'consents',
  'enrolment',
  'accounting',
  'amendment',
  'audit-trail',
  'erasure',
  'tokens',
  'leaks/leaks',
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

/** Ports for the journeys' consortium: four nodes and what is below them, apart from those that tests choose. */
const CONSORTIUM_PORTS = ['--port', '19471', '--ledger-port', '19050'];

/** One demo consortium on Fabric for all journeys, whose ready line is in a file; stopped and removed afterwards. */
async function onConsortium(use: (ready: string) => Promise<Tally>): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-consortium-'));
  const ready = join(folder, 'ready.json');
  const quick = ['--patients', '24', '--anchor-ms', '1000', '--publish-ms', '200', ...CONSORTIUM_PORTS];
  const data = join(folder, 'data');
  const line = ['bin/holdfast.js', 'start', '--demo', '--fabric', '--json', '--data', data, ...quick];
  const child = spawn(process.execPath, line, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<boolean>((resolve) => child.once('exit', () => resolve(false)));
  const started = new Promise<boolean>((resolve) => {
    child.stdout.once('data', (chunk: Buffer) => {
      writeFileSync(ready, chunk);
      resolve(String(chunk).startsWith('{"url"'));
    });
  });
  try {
    return (await Promise.race([started, ended])) ? await use(ready) : one(false);
  } finally {
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

const chromium = () =>
  [
    process.env.HOLDFAST_CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ].find((path) => path !== undefined && existsSync(path));

/** What is done before anything runs beside something else. */
const BEFORE_ALL = new Set(['types', 'lint', 'promises', 'unit']);

const TSC = 'node_modules/typescript-7/bin/tsc';
const PROMISES = ['typescript/no-floating-promises', 'typescript/no-misused-promises'];

const onFabric = { missing: missingForFabric, beside: true } as const;

const parts: Part[] = [
  {
    name: 'types',
    run: async (run) =>
      one(
        (await run(process.execPath, [TSC, '--noEmit', '-p', '.'])) &&
          (await run(process.execPath, [TSC, '--noEmit', '-p', 'web'])),
      ),
  },
  { name: 'lint', run: async (run) => one(await run(bin('biome'), ['ci', '--error-on-warnings', '.'])) },
  {
    name: 'promises',
    run: async (run) => {
      const rules = PROMISES.flatMap((rule) => ['-D', rule]);
      const line = ['--type-aware', '-A', 'all', ...rules, 'src', 'bench', 'scripts', 'test'];
      return one(await run(bin('oxlint'), line));
    },
  },
  { name: 'unit', run: (run) => vitest(run, ['unit']) },
  { name: 'journeys', run: (run) => vitest(run, ['journeys']) },
  { name: 'faults', run: (run) => vitest(run, ['faults']) },
  {
    name: 'portal',
    run: (run) => vitest(run, ['portal']),
    missing: () => (chromium() === undefined ? 'no Chromium found (set HOLDFAST_CHROMIUM)' : undefined),
  },
  {
    ...onFabric,
    name: 'fabric',
    run: async (run) => {
      const suite = await vitest(run, ['fabric']);
      const journeys = await onConsortium((ready) =>
        vitest(
          run,
          ['journeys'],
          { HOLDFAST_TEST_ENGINE: 'fabric', HOLDFAST_TEST_RUNNING: ready },
          ON_BOTH_ENGINES,
        ),
      );
      return sum(suite, journeys);
    },
  },
  { ...onFabric, name: 'fabric-commands', run: (run) => vitest(run, ['fabric-commands']) },
  { ...onFabric, name: 'fabric-faults', run: (run) => vitest(run, ['fabric-faults']) },
  {
    name: 'long',
    run: (run) => vitest(run, ['faults', 'fabric-faults', 'long'], { HOLDFAST_LONG: '1' }),
    onDemand: true,
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

async function perform(part: Part, run: Run): Promise<void> {
  const reason = await part.missing?.();
  if (reason !== undefined) {
    notes.push(`${part.name}: ${strict ? 'FAILED, cannot run' : 'skipped'}: ${reason}`);
    total[strict ? 'failed' : 'skipped'] += 1;
    return;
  }
  const startedMs = performance.now();
  const tally = await part.run(run);
  total.passed += tally.passed;
  total.failed += tally.failed;
  total.skipped += tally.skipped;
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  notes.push(
    `${part.name}: ${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped in ${seconds} s`,
    ...(tally.without ?? []).map((each) => `  skipped: ${each}`),
  );
}

async function inTurn(some: readonly Part[], run: Run): Promise<void> {
  for (const part of some) await perform(part, run);
}

const beside = chosen.filter((part) => part.beside === true);
const before = chosen.filter((part) => BEFORE_ALL.has(part.name));
const others = chosen.filter((part) => !beside.includes(part) && !before.includes(part));
await inTurn(before, runVisibly);
if (beside.length > 0 || chosen.some(({ name }) => name === 'long'))
  await runVisibly(process.execPath, ['scripts/chaincode.ts']);
await Promise.all([inTurn(others, runVisibly), inTurn(beside, others.length === 0 ? runVisibly : runAside)]);
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
