import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { VaultError } from '../error.ts';

/** Only the owner reads a file of keys. */
const OWNER_ONLY = 0o600;

/**
 * Replaces a file by new bytes: after a crash it holds the old or the new ones, and after return the new ones are on
 * disk. Throws `VaultError` `full` or `unavailable`, the old file being untouched.
 */
export function writeDurably(path: string, bytes: Uint8Array): void {
  const partial = `${path}.partial`;
  try {
    const file = openSync(partial, 'w', OWNER_ONLY);
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(partial, path);
    syncFolder(dirname(path));
  } catch (cause) {
    rmSync(partial, { force: true });
    throw asVaultError(cause);
  }
}

/** The new name must be on disk too, not only the bytes. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function asVaultError(cause: unknown): VaultError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOSPC' || code === 'EFBIG' || code === 'EDQUOT') {
    return new VaultError('full', 'There is no room left on the disk: nothing was changed.', cause);
  }
  return new VaultError(
    'unavailable',
    'A file could not be written; check the folder and its rights.',
    cause,
  );
}
