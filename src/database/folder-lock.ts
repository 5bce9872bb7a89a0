import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { asDatabaseError, DatabaseError } from './error.ts';

/** Locks that are held: a connection that nobody refers to any more is collected, and its lock ends with it. */
const held = new Set<DatabaseSync>();

/** A data folder that this process alone may write. */
export interface FolderLock {
  /** Gives the folder free; a second call does nothing. */
  release(): void;
}

/**
 * Takes a folder for this process (made when absent). Throws `DatabaseError` `locked`, naming the process that has it.
 *
 * The lock itself is an operating-system lock on `lock.db`, which ends with its process: a crash leaves nothing to clean
 * up, and a process id that was given out again (always 1 in a container) cannot be mistaken for its predecessor's.
 * `lock.pid` says who holds it, for people.
 */
export function lockFolder(folder: string): FolderLock {
  mkdirSync(folder, { recursive: true });
  const pidFile = join(folder, 'lock.pid');
  const connection = new DatabaseSync(join(folder, 'lock.db'), { timeout: 0 });
  try {
    connection.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    connection.close();
    const known = asDatabaseError(error);
    if (!(known instanceof DatabaseError) || known.code !== 'locked') throw known;
    throw new DatabaseError(
      'locked',
      `the data folder is in use by process ${ownerOf(pidFile)}; stop it first`,
      error,
    );
  }
  writeFileSync(pidFile, `${process.pid}\n`);
  held.add(connection);
  return {
    release() {
      if (!held.delete(connection)) return;
      rmSync(pidFile, { force: true });
      connection.close();
    },
  };
}

function ownerOf(pidFile: string): string {
  try {
    return readFileSync(pidFile, 'utf8').trim();
  } catch {
    return 'unknown';
  }
}
