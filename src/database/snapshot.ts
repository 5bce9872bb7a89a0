import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { copyDatabase, type Database, SqliteDatabase } from './database.ts';
import { asDatabaseError, DatabaseError } from './error.ts';

/** How long a statement waits for a writer's recovery of the file. */
const BUSY_TIMEOUT_MS = 5_000; // as long as every other connection

/** How a snapshot is taken. */
export interface SnapshotOptions {
  /** The file; it must be there. */
  readonly path: string;
  /** The schema that the reader knows; without it nothing is said about the schema. */
  readonly migrations?: readonly string[];
  /** True when no process has the file open and its write-ahead log is empty: then not even side files are made. */
  readonly immutable?: boolean;
}

/**
 * A database as it is at this moment, for reading beside a writer of another process: what is committed later is not seen,
 * nothing is ever written, and `backup` copies just this state. Throws `DatabaseError`.
 */
export function openSnapshot(options: SnapshotOptions): Database {
  try {
    const connection = new DatabaseSync(location(options), { readOnly: true, timeout: BUSY_TIMEOUT_MS });
    try {
      connection.exec('PRAGMA temp_store = MEMORY');
      connection.exec('BEGIN');
      // The first read fixes what is seen from now on.
      requireSchema(Number(connection.prepare('PRAGMA user_version').get()?.user_version ?? 0), options);
      return new Snapshot(options.path, connection);
    } catch (error) {
      connection.close();
      throw error;
    }
  } catch (error) {
    throw asDatabaseError(error);
  }
}

function location({ path, immutable = false }: SnapshotOptions): string | URL {
  if (!immutable) return path;
  const url = pathToFileURL(path);
  url.searchParams.set('immutable', '1');
  return url;
}

function requireSchema(version: number, { migrations }: SnapshotOptions): void {
  if (migrations === undefined || version === migrations.length) return;
  if (version > migrations.length) {
    throw new DatabaseError('newer-schema', 'the database was written by a newer program; install that one');
  }
  throw new DatabaseError(
    'io',
    'the database was written by an older program; start the node once with this one',
  );
}

class Snapshot extends SqliteDatabase {
  readonly #reader: DatabaseSync;

  constructor(path: string, reader: DatabaseSync) {
    super(path, reader);
    this.#reader = reader;
  }

  override transaction<T>(_work: () => T): T {
    assert.fail('a snapshot is only read');
  }

  override checkpoint(): void {
    assert.fail('a snapshot is only read');
  }

  override backup(toPath: string): Promise<void> {
    return copyDatabase(this.#reader, toPath);
  }
}
