import { type Database, DatabaseError } from '../../../database/index.ts';
import { VaultError, type VaultErrorCode } from '../../error.ts';

const CODES: Record<DatabaseError['code'], VaultErrorCode> = {
  full: 'full',
  locked: 'busy',
  corrupt: 'damaged',
  io: 'unavailable',
  'newer-schema': 'unavailable',
};

const MESSAGES: Partial<Record<VaultErrorCode, string>> = {
  full: 'There is no room left on the disk: nothing was changed. Free some; no restart is needed.',
  busy: 'The database is locked by another process: try again.',
  damaged: 'The database file is damaged; run "holdfast fsck".',
};

/** Runs work on a database; its failures come as `VaultError`. */
export function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    const code = CODES[error.code];
    throw new VaultError(code, MESSAGES[code] ?? 'The database failed; the cause says how.', error);
  }
}

/**
 * Moves the write-ahead log into the file and empties it, so that no old page stays readable there. False while a reader,
 * such as a backup, keeps it open: try again later.
 */
export function emptyWriteAheadLog(database: Database): boolean {
  try {
    guarded(() => database.checkpoint());
    return true;
  } catch (error) {
    if (error instanceof VaultError && error.code === 'busy') return false;
    throw error;
  }
}
