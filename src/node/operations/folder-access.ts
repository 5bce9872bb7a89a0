import { existsSync, statSync } from 'node:fs';
import { DatabaseError, lockFolder } from '../../database/index.ts';
import { NodeError } from '../errors.ts';

/** A data folder that is only looked at. */
export interface FolderAccess {
  /** Whether another process has it open, and may write while it is looked at. */
  readonly isLive: boolean;
  /** How a database of the folder is opened without leaving a trace: see `openSnapshot`. */
  snapshot(path: string): { readonly path: string; readonly immutable: boolean };
  /** Gives the folder free. */
  release(): void;
}

/**
 * Looks at a data folder: nobody starts a node on it meanwhile when it is stopped, and a running node is not disturbed.
 * Throws NodeError `not-initialised` when there is no such folder.
 */
export function accessFolder(data: string): FolderAccess {
  if (!existsSync(data)) throw new NodeError('not-initialised', 'There is no such data folder.');
  const lock = tryLock(data);
  return {
    isLive: lock === undefined,
    // A write-ahead log that a crash left behind must be read too.
    snapshot: (path) => ({ path, immutable: lock !== undefined && walBytes(path) === 0 }),
    release: () => lock?.release(),
  };
}

function tryLock(data: string): { release(): void } | undefined {
  try {
    return lockFolder(data);
  } catch (error) {
    if (error instanceof DatabaseError && error.code === 'locked') return undefined;
    throw error;
  }
}

function walBytes(path: string): number {
  return statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}
