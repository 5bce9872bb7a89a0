import { DatabaseError } from '../../../database/index.ts';
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

/** Runs work on the database; its failures become `VaultError`. */
export function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    const code = CODES[error.code];
    throw new VaultError(code, MESSAGES[code] ?? 'The database failed; the cause says how.', error);
  }
}
