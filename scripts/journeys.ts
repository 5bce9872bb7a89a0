import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { one, root, sum, type Tally, vitest } from './test-part.ts';

const suites = (names: readonly string[]) => names.map((name) => `test/journeys/${name}.test.ts`);

/**
 * Journeys that run on either engine, on a consortium that others use too, one after the other: they count what is there, and take the
 * same patients. The rest are about one data folder, one command or the package. Two shares, that take about as long.
 */
const ON_EITHER_ENGINE = {
  first: suites(['break-glass', 'leaks/leaks', 'openapi', 'network', 'logs', 'node-surface', 'enrolment']),
  second: suites([
    'story',
    'consents',
    'accounting',
    'amendment',
    'delegate',
    'minor',
    'part-2',
    'audit-trail',
    'erasure',
    'tokens',
    'events',
    'fhir-bundles',
    'fhir-interactions',
    'fhir-operations',
    'fhir-search',
  ]),
};
const SHARED = [...ON_EITHER_ENGINE.first, ...ON_EITHER_ENGINE.second];

type Engine = 'embedded' | 'fabric';

/** Ports of a journeys' consortium: its nodes and what is below them, apart from those that tests choose. */
const PORTS = {
  embedded: ['--port', '19471'],
  beside: ['--port', '19571'],
  fabric: ['--fabric', '--port', '19471', '--ledger-port', '19050'],
} as const;

/** One demo consortium for all of them, whose ready line is in a file; stopped and removed afterwards. */
async function onConsortium(
  ports: readonly string[],
  use: (ready: string) => Promise<Tally>,
): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-consortium-'));
  const ready = join(folder, 'ready.json');
  const quick = ['--patients', '24', '--anchor-ms', '1000', '--publish-ms', '200', ...ports];
  const data = join(folder, 'data');
  const line = ['bin/holdfast.js', 'start', '--demo', '--json', '--data', data, ...quick];
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

const onOne = (engine: Engine, ports: readonly string[], files: string[]): Promise<Tally> =>
  onConsortium(ports, (running) =>
    vitest(['journeys'], { HOLDFAST_TEST_ENGINE: engine, HOLDFAST_TEST_RUNNING: running }, files),
  );

/** The journeys that run on either engine, on one of them: on the embedded engine on two consortia side by side. */
export async function journeysOn(engine: Engine): Promise<Tally> {
  if (engine === 'fabric') return onOne(engine, PORTS.fabric, SHARED);
  const { first, second } = ON_EITHER_ENGINE;
  // Each stops its own consortium, whatever became of the other.
  const shares = await Promise.allSettled([
    onOne(engine, PORTS.embedded, first),
    onOne(engine, PORTS.beside, second),
  ]);
  return shares.map((share) => (share.status === 'fulfilled' ? share.value : one(false))).reduce(sum);
}

/** The journeys that start what they need themselves, on the embedded engine. */
export function otherJourneys(): Promise<Tally> {
  const all = globSync('test/journeys/**/*.test.ts', { cwd: root });
  return vitest(
    ['journeys'],
    {},
    all.filter((file) => !SHARED.includes(file)),
  );
}
