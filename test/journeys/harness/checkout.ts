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
const removeFolders = () => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
};
process.once('exit', removeFolders);
if (process.env.VITEST !== undefined) {
  // A test worker ends without its exit handlers. The first hook registered runs last, when every node has stopped.
  const { afterAll } = await import('vitest');
  afterAll(removeFolders);
}

/** A new folder below the system's temporary one, gone when the test process ends. */
export function temporaryFolder(label: string): string {
  const folder = mkdtempSync(join(tmpdir(), `holdfast-${label}-`));
  folders.push(folder);
  return folder;
}
