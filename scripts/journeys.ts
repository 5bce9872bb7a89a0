import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { one, root, type Tally, vitest } from './test-part.ts';

/** Journeys that run on either engine, on a consortium that others use too; the rest are about one data folder, one command or the package. */
const ON_EITHER_ENGINE = [
  'story',
  'network',
  'consents',
  'enrolment',
  'accounting',
  'amendment',
  'break-glass',
  'delegate',
  'minor',
  'part-2',
  'audit-trail',
  'erasure',
  'tokens',
  'events',
  'leaks/leaks',
  'logs',
  'node-surface',
  'openapi',
  'fhir-bundles',
  'fhir-interactions',
  'fhir-operations',
  'fhir-search',
].map((name) => `test/journeys/${name}.test.ts`);

type Engine = 'embedded' | 'fabric';

/** Ports for the journeys' consortium: its nodes and what is below them, apart from those that tests choose. */
const PORTS: Record<Engine, readonly string[]> = {
  embedded: ['--port', '19471'],
  fabric: ['--fabric', '--port', '19471', '--ledger-port', '19050'],
};

/** One demo consortium for all of them, whose ready line is in a file; stopped and removed afterwards. */
async function onConsortium(engine: Engine, use: (ready: string) => Promise<Tally>): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-consortium-'));
  const ready = join(folder, 'ready.json');
  const quick = ['--patients', '24', '--anchor-ms', '1000', '--publish-ms', '200', ...PORTS[engine]];
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

/** The journeys that run on either engine, on one of them. */
export const journeysOn = (engine: Engine): Promise<Tally> =>
  onConsortium(engine, (running) => {
    const environment = { HOLDFAST_TEST_ENGINE: engine, HOLDFAST_TEST_RUNNING: running };
    return vitest(['journeys'], environment, ON_EITHER_ENGINE);
  });

/** The journeys that start what they need themselves, on the embedded engine. */
export function otherJourneys(): Promise<Tally> {
  const all = globSync('test/journeys/**/*.test.ts', { cwd: root });
  return vitest(
    ['journeys'],
    {},
    all.filter((file) => !ON_EITHER_ENGINE.includes(file)),
  );
}
