/**
 * `npm test`: every check of the house, in order of cost, one after the other: what shares two cores takes longer than in turn. Prints
 * what it skipped and ends with `N passed, N failed`.
 * `npm test -- unit lint` runs the parts named; `npm run test:long` the long forms of the fault and volume tests.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { missingForFabric } from '../test/faults/fabric/availability.ts';
import { journeysOn, otherJourneys } from './journeys.ts';
import { bin, one, type Part, root, run, sum, type Tally, vitest } from './test-part.ts';

const strict = process.env.CI !== undefined && process.env.CI !== '' && process.env.CI !== 'false';
const only = process.argv.slice(2);

const chromium = () =>
  [
    process.env.HOLDFAST_CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ].find((path) => path !== undefined && existsSync(path));

const TSC = 'node_modules/typescript-7/bin/tsc';
const PROMISES = ['typescript/no-floating-promises', 'typescript/no-misused-promises'];

const onFabric = { missing: missingForFabric } as const;

const parts: Part[] = [
  {
    name: 'types',
    run: async () =>
      one(
        (await run(process.execPath, [TSC, '--noEmit', '-p', '.'])) &&
          (await run(process.execPath, [TSC, '--noEmit', '-p', 'web'])),
      ),
  },
  { name: 'lint', run: async () => one(await run(bin('biome'), ['ci', '--error-on-warnings', '.'])) },
  {
    name: 'promises',
    run: async () => {
      const rules = PROMISES.flatMap((rule) => ['-D', rule]);
      const line = ['--type-aware', '-A', 'all', ...rules, 'src', 'bench', 'scripts', 'test'];
      return one(await run(bin('oxlint'), line));
    },
  },
  { name: 'unit', run: () => vitest(['unit']) },
  { name: 'journeys', run: async () => sum(await journeysOn('embedded'), await otherJourneys()) },
  { name: 'faults', run: () => vitest(['faults']) },
  {
    name: 'portal',
    run: () => vitest(['portal']),
    missing: () => (chromium() === undefined ? 'no Chromium found (set HOLDFAST_CHROMIUM)' : undefined),
  },
  {
    ...onFabric,
    name: 'fabric',
    run: async () => sum(await vitest(['fabric']), await journeysOn('fabric')),
  },
  { ...onFabric, name: 'fabric-commands', run: () => vitest(['fabric-commands']), onDemand: true },
  { ...onFabric, name: 'fabric-faults', run: () => vitest(['fabric-faults']) },
  {
    name: 'long',
    run: () => vitest(['faults', 'fabric-faults', 'fabric-commands', 'long'], { HOLDFAST_LONG: '1' }),
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

async function perform(part: Part): Promise<void> {
  const reason = await part.missing?.();
  if (reason !== undefined) {
    notes.push(`${part.name}: ${strict ? 'FAILED, cannot run' : 'skipped'}: ${reason}`);
    total[strict ? 'failed' : 'skipped'] += 1;
    return;
  }
  const startedMs = performance.now();
  const tally = await part.run();
  total.passed += tally.passed;
  total.failed += tally.failed;
  total.skipped += tally.skipped;
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  notes.push(
    `${part.name}: ${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped in ${seconds} s`,
    ...(tally.without ?? []).map((each) => `  skipped: ${each}`),
  );
}

/** What the parts on Fabric need, made before any of their tests counts its time. */
async function prepareFabric(): Promise<void> {
  await run(process.execPath, ['scripts/fabric-binaries.ts']);
  await run(process.execPath, ['scripts/chaincode.ts']);
}

let isPrepared = false;
for (const part of chosen) {
  const isOnFabric = part.missing === missingForFabric || part.name === 'long';
  if (isOnFabric && !isPrepared && (await missingForFabric()) === undefined) {
    isPrepared = true;
    await prepareFabric();
  }
  await perform(part);
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
