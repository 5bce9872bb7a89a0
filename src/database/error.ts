/** Why a database could not do what was asked; the set is closed. */
export type DatabaseErrorCode = 'full' | 'corrupt' | 'newer-schema' | 'locked' | 'io';

/** An operational failure of a database file. `cause` holds SQLite's own error when there was one. */
export class DatabaseError extends Error {
  /** What kind of failure it is; `full` means that reads go on and writes succeed again once there is space. */
  readonly code: DatabaseErrorCode;

  constructor(code: DatabaseErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'DatabaseError';
    this.code = code;
  }
}

// Result codes: https://www.sqlite.org/rescode.html. The low byte of an extended code is its primary code.
const SQLITE_BUSY = 5; // another connection has the file
const SQLITE_LOCKED = 6; // another statement has the table
const SQLITE_READONLY = 8; // no right to write
const SQLITE_IOERR = 10; // the operating system failed
const SQLITE_CORRUPT = 11; // pages that contradict one another
const SQLITE_FULL = 13; // no space, or the page limit
const SQLITE_CANTOPEN = 14; // no such folder, or no right
const SQLITE_NOTADB = 26; // another kind of file
// A write that the operating system refused: no space (ENOSPC), a file-size limit (EFBIG) or a quota.
const WRITES_REFUSED = new Set([SQLITE_IOERR | (3 << 8), SQLITE_IOERR | (19 << 8)]);

const SENTENCES: Record<Exclude<DatabaseErrorCode, 'newer-schema'>, string> = {
  full: 'there is no space left to write; free some space and try again, reads go on',
  corrupt: 'the database file is damaged; restore it from a backup',
  locked: 'the database file is in use by another process; stop that process first',
  io: 'the database file could not be read or written; check the disk and the permissions',
};

/** Turns SQLite's errors into `DatabaseError`; everything else (a broken constraint, a wrong statement) comes back as it is. */
export function asDatabaseError(error: unknown): unknown {
  const code = codeOf(error);
  return code === undefined ? error : new DatabaseError(code, SENTENCES[code], error);
}

function codeOf(error: unknown): keyof typeof SENTENCES | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined;
  if (WRITES_REFUSED.has(error.errcode)) return 'full';
  switch (error.errcode & 0xff) {
    case SQLITE_FULL:
      return 'full';
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return 'corrupt';
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return 'locked';
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
      return 'io';
    default:
      return undefined;
  }
}
