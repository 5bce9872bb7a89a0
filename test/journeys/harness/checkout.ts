import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The root of the checkout. */
export const ROOT = join(import.meta.dirname, '..', '..', '..');

/** The command as a user of the checkout starts it. */
export const COMMAND = join(ROOT, 'bin', 'holdfast.js');

const packaged = join(ROOT, 'node_modules', '.bin', 'node');

/** The Node that the product runs on: the packaged one where it is installed. */
export const NODE = existsSync(packaged) ? packaged : process.execPath;

const folders: string[] = [];
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A new folder below the system's temporary one, gone when the test process ends. */
export function temporaryFolder(label: string): string {
  const folder = mkdtempSync(join(tmpdir(), `holdfast-${label}-`));
  folders.push(folder);
  return folder;
}
