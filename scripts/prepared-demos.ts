import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whileDemoRuns } from './demo-node.ts';

/** Numbers of patients that suites on demos of their own ask for most. */
const SIZES = [2, 8];
/** Apart from the ports of the journeys' consortium, and from those that tests choose. */
const FIRST_PORT = 19_461;

/**
 * Makes demos once for suites that each begin with one of their own: a copy of what was stored and stopped starts in a third
 * of the time. One that cannot be made is left out, and those suites make theirs. Gone when this process ends.
 */
export async function prepareDemos(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-demos-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  await Promise.all(
    SIZES.map(async (patients, place) => {
      const data = join(folder, String(patients));
      const given = ['--patients', String(patients), '--port', String(FIRST_PORT + place)];
      const isMade = await whileDemoRuns(data, given, () => true);
      if (isMade !== true) rmSync(data, { recursive: true, force: true });
    }),
  );
  process.env.HOLDFAST_TEST_DEMOS = folder;
}
