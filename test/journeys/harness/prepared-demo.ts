import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A folder with data folders of demos that were stopped, by number of patients. */
const PREPARED = process.env.HOLDFAST_TEST_DEMOS;

/**
 * Fills a data folder that is empty or not there yet with a demo that was made once for all suites. Leaves it alone where
 * there is none with so many patients: the node makes its own.
 */
export function copyPreparedDemo(patients: number, data: string): void {
  if (PREPARED === undefined) return;
  const prepared = join(PREPARED, String(patients));
  if (!existsSync(prepared) || (existsSync(data) && readdirSync(data).length > 0)) return;
  cpSync(prepared, data, { recursive: true });
}
