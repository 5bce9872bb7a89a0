/**
 * `npm test`: every check of the house, in order of cost; what runs on Fabric, which mostly waits, beside the journeys. Prints what
 * it skipped and ends with `N passed, N failed`.
 * `npm test -- unit lint` runs the parts named; `npm run test:long` the long forms of the fault and volume tests.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { missingForFabric, ON_BOTH_ENGINES, onConsortium } from './test-on-fabric.ts';
import {
  bin,
  one,
  type Part,
  type Run,
  root,
  runAside,
  runVisibly,
  sum,
  type Tally,
  vitest,
} from './test-part.ts';

const strict = process.env.CI !== undefined && process.env.CI !== '' && process.env.CI !== 'false';
const only = process.argv.slice(2);

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
  { ...onFabric, name: 'fabric-commands', run: (run) => vitest(run, ['fabric-commands']), onDemand: true },
  { ...onFabric, name: 'fabric-faults', run: (run) => vitest(run, ['fabric-faults']) },
  {
    name: 'long',
    run: (run) => vitest(run, ['faults', 'fabric-faults', 'fabric-commands', 'long'], { HOLDFAST_LONG: '1' }),
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
const isOnFabric = beside.length > 0 || chosen.some(({ name }) => name === 'long');
if (isOnFabric && (await missingForFabric()) === undefined) {
  await runVisibly(process.execPath, ['scripts/fabric-binaries.ts']);
  await runVisibly(process.execPath, ['scripts/chaincode.ts']);
}
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
