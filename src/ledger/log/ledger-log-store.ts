import assert from 'node:assert/strict';
import { type Database, openDatabase } from '../../database/index.ts';
import { CompactRange, type Hash, leafHash, utf8 } from '../../proof/index.ts';

const MIGRATIONS = [
  `CREATE TABLE entry (height INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
   CREATE TABLE entry_transaction (id TEXT PRIMARY KEY, height INTEGER NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE node (
     level INTEGER NOT NULL, position INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (level, position)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE signed_checkpoint (
     one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, policy INTEGER NOT NULL, note TEXT NOT NULL
   ) STRICT;`,
];

/** A checkpoint that a quorum of members signed. */
export interface SignedSize {
  readonly size: number;
  /** The policy version whose members signed. */
  readonly policy: number;
  /** The signed note. */
  readonly note: string;
}

/**
 * Entries and tree nodes of one member's ledger log, in a file of its own. All of it follows from the blocks, so that a
 * power cut may lose the newest: they are appended again.
 */
export class LedgerLogStore {
  readonly #database: Database;
  readonly #range: CompactRange;

  /** Opens or makes the file. Throws `DatabaseError`. */
  constructor(path: string) {
    this.#database = openDatabase({ path, migrations: MIGRATIONS, synchronous: 'NORMAL' });
    const row = this.#database
      .prepare('SELECT max(height) AS height FROM entry')
      .get<{ height: number | null }>();
    const size = (row?.height ?? -1) + 1;
    const hashes: Hash[] = [];
    // The right edge: one complete subtree for each set bit of the size, largest first.
    for (let level = 52, begin = 0; level >= 0; level--) {
      if (Math.floor(size / 2 ** level) % 2 === 0) continue;
      hashes.push(this.nodeAt(level, begin / 2 ** level));
      begin += 2 ** level;
    }
    this.#range = new CompactRange(size, hashes);
  }

  /** Number of entries; the height of the next block. */
  get size(): number {
    return this.#range.size;
  }

  /** Appends the entry of the next block, with the ids of its transactions. */
  append(text: string, transactions: readonly string[]): void {
    const height = this.size;
    const range = this.#range.clone();
    const completed = range.append(leafHash(utf8(text)));
    this.#database.transaction(() => {
      this.#database.prepare('INSERT INTO entry (height, text) VALUES (?, ?)').run(height, text);
      const index = this.#database.prepare('INSERT INTO entry_transaction (id, height) VALUES (?, ?)');
      for (const id of transactions) index.run(id, height);
      const node = this.#database.prepare('INSERT INTO node (level, position, hash) VALUES (?, ?, ?)');
      for (const [level, hash] of completed.entries()) node.run(level, Math.floor(height / 2 ** level), hash);
    });
    this.#range.append(leafHash(utf8(text)));
  }

  /** The root that the log would have with these entries after its own. */
  rootWith(texts: readonly string[]): Hash {
    const range = this.#range.clone();
    for (const text of texts) range.append(leafHash(utf8(text)));
    return range.root();
  }

  /** At most `limit` entries from a height on, ascending. */
  entries(from: number, limit: number): string[] {
    return this.#database
      .prepare('SELECT text FROM entry WHERE height >= ? ORDER BY height LIMIT ?')
      .all<{ text: string }>(from, limit)
      .map(({ text }) => text);
  }

  /** The entry of a block; undefined when it is not there yet. */
  entry(height: number): string | undefined {
    return this.#database.prepare('SELECT text FROM entry WHERE height = ?').get<{ text: string }>(height)
      ?.text;
  }

  /** The height of a transaction's block; undefined when it is not there. */
  heightOf(transactionId: string): number | undefined {
    return this.#database
      .prepare('SELECT height FROM entry_transaction WHERE id = ?')
      .get<{ height: number }>(transactionId)?.height;
  }

  /** The hash of a complete subtree inside the tree. */
  nodeAt(level: number, position: number): Hash {
    const row = this.#database
      .prepare('SELECT hash FROM node WHERE level = ? AND position = ?')
      .get<{ hash: Uint8Array }>(level, position);
    assert.ok(row !== undefined, 'a complete subtree of the ledger log is stored');
    return row.hash;
  }

  /** The newest checkpoint with a quorum; undefined when there is none. */
  signed(): SignedSize | undefined {
    return this.#database.prepare('SELECT size, policy, note FROM signed_checkpoint').get<SignedSize>();
  }

  /** Keeps a checkpoint with a quorum in place of the one before. */
  keepSigned({ size, policy, note }: SignedSize): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO signed_checkpoint (one, size, policy, note) VALUES (1, ?, ?, ?)')
      .run(size, policy, note);
  }

  /** Closes the file. */
  close(): void {
    this.#database.close();
  }
}
