import assert from 'node:assert/strict';
import { backup, DatabaseSync } from 'node:sqlite';
import { LRUCache } from 'lru-cache';
import { asDatabaseError, DatabaseError } from './error.ts';
import { migrate } from './migration.ts';
import { createStatement, type Statement } from './statement.ts';

/** How long a statement waits for another connection of the same process (a backup) before it is refused as `locked`. */
const BUSY_TIMEOUT_MS = 5_000;
/** Prepared statements kept: more than the fixed ones of all rooms; search builds its SQL, so the number must have an end. */
const MAX_STATEMENTS = 512;
/** The write-ahead log is cut back to this after a checkpoint, so that one large import does not hold the space for ever. */
const JOURNAL_LIMIT_BYTES = 64 * 1024 * 1024;
/** A backup is one step: a single read snapshot, so that writers neither wait nor make it start again. */
const BACKUP_PAGES_PER_STEP = 2_147_483_647;

/** How a database file is opened. */
export interface DatabaseOptions {
  /** The file; made when absent. `:memory:` for one that lives only as long as it is open. */
  readonly path: string;
  /** SQL scripts, oldest first; only ever appended to. */
  readonly migrations: readonly string[];
  /** `FULL` (default): a commit is on disk when `transaction` returns. `NORMAL`: after a power cut the newest may be lost. */
  readonly synchronous?: 'FULL' | 'NORMAL';
  /** Overwrites deleted content with zeros: for files that hold keys. */
  readonly secureDelete?: boolean;
  /** Keeps a copy of the old file before the schema changes; never for files that hold keys. */
  readonly onMigrate?: 'backup';
}

/** One SQLite file: WAL, foreign keys on. Every operational failure is a `DatabaseError`. */
export interface Database {
  /** The file, as given. */
  readonly path: string;
  /** A statement, cached by its text. */
  prepare(sql: string): Statement;
  /**
   * Runs `work` between BEGIN IMMEDIATE and COMMIT and returns its value; rolls back and rethrows when it throws.
   * Not re-entrant and synchronous: a nested call or a promise is a broken invariant.
   */
  transaction<T>(work: () => T): T;
  /** Whether a transaction is open. */
  readonly inTransaction: boolean;
  /** Runs SQL without parameters, several statements if need be. */
  exec(sql: string): void;
  /** Copies one committed snapshot to another file; writers go on meanwhile. */
  backup(toPath: string): Promise<void>;
  /** Moves the write-ahead log into the file and empties it. */
  checkpoint(): void;
  /** What SQLite's own check finds wrong with the file; empty when nothing. Reads every page. */
  problems(): string[];
  /** Closes the file; a second call does nothing. */
  close(): void;
}

/** Opens (or makes) a database and brings it to the newest schema. Throws `DatabaseError`. */
export function openDatabase(options: DatabaseOptions): Database {
  try {
    return new SqliteDatabase(options.path, connect(options));
  } catch (error) {
    throw asDatabaseError(error);
  }
}

/**
 * Another connection to a database that this process has open and has brought to its newest schema, for another thread.
 * Throws `DatabaseError`.
 */
export function openConnection(options: Omit<DatabaseOptions, 'migrations' | 'onMigrate'>): Database {
  try {
    return new SqliteDatabase(options.path, connect(options));
  } catch (error) {
    throw asDatabaseError(error);
  }
}

/** Copies what a connection sees to another file. Throws `DatabaseError`. */
export async function copyDatabase(reader: DatabaseSync, toPath: string): Promise<void> {
  try {
    await backup(reader, toPath, { rate: BACKUP_PAGES_PER_STEP });
  } catch (error) {
    throw asDatabaseError(error);
  }
}

function connect(
  options: Omit<DatabaseOptions, 'migrations'> & Partial<Pick<DatabaseOptions, 'migrations'>>,
): DatabaseSync {
  const connection = new DatabaseSync(options.path, {
    timeout: BUSY_TIMEOUT_MS,
    enableForeignKeyConstraints: true,
  });
  try {
    const mode = connection.prepare('PRAGMA journal_mode = WAL').get()?.journal_mode;
    assert.equal(mode, options.path === ':memory:' ? 'memory' : 'wal');
    connection.exec(`PRAGMA synchronous = ${options.synchronous ?? 'FULL'}`);
    connection.exec(`PRAGMA journal_size_limit = ${JOURNAL_LIMIT_BYTES}`);
    // Sorting must not spill what is being sorted into files outside the data folder.
    connection.exec('PRAGMA temp_store = MEMORY');
    if (options.secureDelete === true) connection.exec('PRAGMA secure_delete = ON');
    const { migrations } = options;
    if (migrations !== undefined)
      migrate(connection, options.path, migrations, options.onMigrate === 'backup');
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** A {@link Database} over a connection that is open already. */
export class SqliteDatabase implements Database {
  readonly path: string;
  readonly #connection: DatabaseSync;
  readonly #statements = new LRUCache<string, Statement>({ max: MAX_STATEMENTS });
  #open = true;

  constructor(path: string, connection: DatabaseSync) {
    this.path = path;
    this.#connection = connection;
  }

  prepare(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const prepared = this.#guarded(() => this.#connection.prepare(sql));
    const statement = createStatement(this.#connection, sql, prepared);
    this.#statements.set(sql, statement);
    return statement;
  }

  transaction<T>(work: () => T): T {
    assert.ok(!this.#connection.isTransaction, 'a database transaction must not contain another one');
    return this.#guarded(() => {
      this.#connection.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        assert.ok(!(result instanceof Promise), 'a database transaction must be synchronous');
        this.#connection.exec('COMMIT');
        return result;
      } catch (error) {
        // SQLite has already rolled back after some failures (no space, I/O): then there is nothing left to undo.
        if (this.#connection.isTransaction) this.#connection.exec('ROLLBACK');
        throw error;
      }
    });
  }

  get inTransaction(): boolean {
    return this.#connection.isTransaction;
  }

  exec(sql: string): void {
    this.#guarded(() => this.#connection.exec(sql));
  }

  async backup(toPath: string): Promise<void> {
    // Through a connection of its own: this one's uncommitted rows must not reach the copy.
    const reader = this.#guarded(
      () => new DatabaseSync(this.path, { timeout: BUSY_TIMEOUT_MS, readOnly: true }),
    );
    try {
      await copyDatabase(reader, toPath);
    } finally {
      reader.close();
    }
  }

  checkpoint(): void {
    const row = this.#guarded(() => this.#connection.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get());
    if (row?.busy === 1)
      throw new DatabaseError('locked', 'a reader keeps the write-ahead log open; try again');
  }

  problems(): string[] {
    try {
      const rows = this.#connection.prepare('PRAGMA integrity_check').all();
      return rows.map((row) => String(row.integrity_check)).filter((line) => line !== 'ok');
    } catch (error) {
      const known = asDatabaseError(error);
      if (known instanceof DatabaseError && known.code === 'corrupt') return [known.message];
      throw known;
    }
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#statements.clear();
    this.#guarded(() => this.#connection.close());
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw asDatabaseError(error);
    }
  }
}
