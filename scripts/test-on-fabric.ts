import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { one, root, type Tally } from './test-part.ts';

/** Journeys that run on either engine; the others are about one data folder, one command or the package. */
export const ON_BOTH_ENGINES = [
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

/** Why nothing runs on Fabric here; undefined when it can. */
export const missingForFabric = async (): Promise<string | undefined> =>
  (await import('../test/faults/fabric/availability.ts')).missingForFabric();

/** Ports for the journeys' consortium: four nodes and what is below them, apart from those that tests choose. */
const CONSORTIUM_PORTS = ['--port', '19471', '--ledger-port', '19050'];

/** One demo consortium on Fabric for all journeys, whose ready line is in a file; stopped and removed afterwards. */
export async function onConsortium(use: (ready: string) => Promise<Tally>): Promise<Tally> {
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
