import { LRUCache } from 'lru-cache';
import { type Database, openDatabase, openSnapshot } from '../../database/index.ts';
import type { StateReader } from '../kit/state-reader.ts';
import { decodeState, type StateEntry, type StateObject } from '../kit/state-value.ts';
import type { Write } from '../ledger.ts';
import { NO_BLOCK } from './block-text.ts';

const MIGRATIONS = [
  `CREATE TABLE block (
     height INTEGER PRIMARY KEY,
     hash TEXT NOT NULL,
     previous TEXT NOT NULL,
     transactions INTEGER NOT NULL,
     text TEXT NOT NULL
   ) STRICT;
   CREATE TABLE block_transaction (
     id TEXT PRIMARY KEY,
     height INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE state (
     contract TEXT NOT NULL,
     key TEXT NOT NULL,
     value TEXT NOT NULL,
     PRIMARY KEY (contract, key)
   ) STRICT, WITHOUT ROWID;`,
];

/** Parsed state values kept: members and contract versions are read by every transaction. At most about 50 MB. */
const MAX_CACHED_VALUES = 20_000;
/** A character after every character of a key, for the end of a prefix. */
const AFTER_ANY = '\u{7f}';

/** A block as it is stored. */
export interface StoredBlock {
  readonly height: number;
  readonly hash: string;
  readonly previous: string;
  readonly transactions: number;
  readonly text: string;
}

/** Blocks, their transactions' ids, and the state that follows from their writes, in one database file. */
export class BlockStore implements StateReader {
  readonly #database: Database;
  readonly #values = new LRUCache<string, StateObject>({ max: MAX_CACHED_VALUES });
  #head: { height: number; hash: string };

  /** Opens or makes the file, or looks at what is in it at this moment. Throws `DatabaseError`. */
  constructor(path: string, snapshot?: { readonly immutable: boolean }) {
    this.#database =
      snapshot === undefined
        ? openDatabase({ path, migrations: MIGRATIONS, synchronous: 'FULL', onMigrate: 'backup' })
        : openSnapshot({ path, migrations: MIGRATIONS, ...snapshot });
    const last = this.#database
      .prepare('SELECT height, hash FROM block ORDER BY height DESC LIMIT 1')
      .get<{ height: number; hash: string }>();
    this.#head =
      last === undefined ? { height: -1, hash: NO_BLOCK } : { height: last.height, hash: last.hash };
  }

  /** The newest block; height −1 and 64 zeros when there is none. */
  get head(): { readonly height: number; readonly hash: string } {
    return this.#head;
  }

  get(contract: string, key: string): StateObject | undefined {
    const name = `${contract}\n${key}`;
    const known = this.#values.get(name);
    if (known !== undefined) return known;
    const row = this.#database
      .prepare('SELECT value FROM state WHERE contract = ? AND key = ?')
      .get<{ value: string }>(contract, key);
    if (row === undefined) return undefined;
    const value = decodeState(row.value);
    this.#values.set(name, value);
    return value;
  }

  range(contract: string, prefix: string, after: string | undefined, limit: number): StateEntry[] {
    return this.#database
      .prepare(
        'SELECT key, value FROM state WHERE contract = ? AND key >= ? AND key > ? AND key < ? ORDER BY key LIMIT ?',
      )
      .all<{ key: string; value: string }>(contract, prefix, after ?? '', `${prefix}${AFTER_ANY}`, limit)
      .map(({ key, value }) => ({ key, value: decodeState(value) }));
  }

  /** Appends a block and applies its writes in one durable transaction. Throws `DatabaseError`; then nothing changed. */
  append(block: StoredBlock, ids: readonly string[], writes: readonly Write[]): void {
    this.#database.transaction(() => {
      this.#database
        .prepare('INSERT INTO block (height, hash, previous, transactions, text) VALUES (?, ?, ?, ?, ?)')
        .run(block.height, block.hash, block.previous, block.transactions, block.text);
      const index = this.#database.prepare('INSERT INTO block_transaction (id, height) VALUES (?, ?)');
      for (const id of ids) index.run(id, block.height);
      const put = this.#database.prepare(
        'INSERT OR REPLACE INTO state (contract, key, value) VALUES (?, ?, ?)',
      );
      for (const { contract, key, value } of writes) put.run(contract, key, value);
    });
    for (const { contract, key, value } of writes)
      this.#values.set(`${contract}\n${key}`, decodeState(value));
    this.#head = { height: block.height, hash: block.hash };
  }

  /** Where a transaction was committed; undefined when it was not. */
  find(transactionId: string): { height: number; hash: string } | undefined {
    return this.#database
      .prepare(
        'SELECT block.height, block.hash FROM block_transaction JOIN block USING (height) WHERE block_transaction.id = ?',
      )
      .get(transactionId);
  }

  /** At most `limit` blocks from a height on, ascending; empty when there is none yet. */
  blocks(fromHeight: number, limit: number): StoredBlock[] {
    return this.#database
      .prepare(
        'SELECT height, hash, previous, transactions, text FROM block WHERE height >= ? ORDER BY height LIMIT ?',
      )
      .all(fromHeight, limit);
  }

  /** The height from which on the blocks hold at least `transactions` of the newest transactions; 0 when there are fewer. */
  heightOfNewest(transactions: number): number {
    let seen = 0;
    const newestFirst = this.#database.prepare('SELECT height, transactions FROM block ORDER BY height DESC');
    for (const row of newestFirst.iterate<{ height: number; transactions: number }>()) {
      seen += row.transactions;
      if (seen >= transactions) return row.height;
    }
    return 0;
  }

  /** Every value of the state, as stored, ascending by the bytes of `contract/key`. */
  state(): IterableIterator<Write> {
    return this.#database
      .prepare("SELECT contract, key, value FROM state ORDER BY contract || '/' || key")
      .iterate<Write>();
  }

  /** How many transaction ids the index holds. */
  indexed(): number {
    return this.#database.prepare('SELECT count(*) AS n FROM block_transaction').get<{ n: number }>()?.n ?? 0;
  }

  /** Copies one committed snapshot to another file. Throws `DatabaseError`. */
  backup(toPath: string): Promise<void> {
    return this.#database.backup(toPath);
  }

  /** Closes the file. */
  close(): void {
    this.#database.close();
  }
}
