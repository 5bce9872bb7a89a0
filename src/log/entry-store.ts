import assert from 'node:assert/strict';
import type { Database } from '../database/index.ts';
import { concat } from '../proof/index.ts';
import { ENTRY_BYTES, packEntries, unpackEntries } from './entry-bundle.ts';
import { TILE_WIDTH } from './tile-path.ts';

/**
 * The entries of one log, in bundles of 256 as they are served. Everything is read from the database each time: what a
 * rolled-back transaction appended was never there, and the next index has no gap.
 */
export class EntryStore {
  readonly #database: Database;
  readonly #tree: number;

  /** The entries of the tree with this number (`log_trees`). */
  constructor(database: Database, tree: number) {
    this.#database = database;
    this.#tree = tree;
  }

  /** Number of entries: the index that the next one gets. */
  size(): number {
    const last = this.#database
      .prepare(
        'SELECT bundle, length(entries) AS bytes FROM log_bundles WHERE tree = ? ORDER BY bundle DESC LIMIT 1',
      )
      .get<{ bundle: number; bytes: number }>(this.#tree);
    return last === undefined ? 0 : last.bundle * TILE_WIDTH + last.bytes / ENTRY_BYTES;
  }

  /** Appends entries of 32 bytes and returns the index of the first. Runs inside an open transaction. */
  append(entries: readonly Uint8Array[]): number {
    assert.ok(this.#database.inTransaction, 'entries are appended inside a transaction');
    for (const entry of entries) assert.equal(entry.length, ENTRY_BYTES, 'an entry has 32 bytes');
    const first = this.size();
    for (let done = 0; done < entries.length; ) {
      const bundle = Math.floor((first + done) / TILE_WIDTH);
      const room = TILE_WIDTH - ((first + done) % TILE_WIDTH);
      const added = packEntries(entries.slice(done, done + room));
      this.#write(bundle, room === TILE_WIDTH ? added : concat(this.#read(bundle), added));
      done += room;
    }
    return first;
  }

  /** Drops every entry from `size` on. Runs inside an open transaction; only recovery does it, to entries nobody signed. */
  truncate(size: number): void {
    assert.ok(this.#database.inTransaction && size <= this.size());
    const bundle = Math.floor(size / TILE_WIDTH);
    const kept = this.#read(bundle).slice(0, (size % TILE_WIDTH) * ENTRY_BYTES);
    this.#database.prepare('DELETE FROM log_bundles WHERE tree = ? AND bundle >= ?').run(this.#tree, bundle);
    if (kept.length > 0) this.#write(bundle, kept);
  }

  /** Entries `from` up to but without `beyond`; fewer when there are not that many. */
  range(from: number, beyond: number): Uint8Array[] {
    const rows = this.#database
      .prepare(
        'SELECT bundle, entries FROM log_bundles WHERE tree = ? AND bundle >= ? AND bundle <= ? ORDER BY bundle',
      )
      .all<{ bundle: number; entries: Uint8Array }>(
        this.#tree,
        Math.floor(from / TILE_WIDTH),
        Math.floor((beyond - 1) / TILE_WIDTH),
      );
    return rows.flatMap(({ bundle, entries }) => {
      const start = bundle * TILE_WIDTH;
      return unpackEntries(entries).slice(Math.max(0, from - start), Math.max(0, beyond - start));
    });
  }

  /** The entry at an index; undefined when there is none. */
  at(leaf: number): Uint8Array | undefined {
    return this.range(leaf, leaf + 1)[0];
  }

  /** The packed entries of a bundle, at most 256; empty when there are none. */
  bundle(index: number): Uint8Array {
    return this.#read(index);
  }

  #read(bundle: number): Uint8Array {
    const row = this.#database
      .prepare('SELECT entries FROM log_bundles WHERE tree = ? AND bundle = ?')
      .get<{ entries: Uint8Array }>(this.#tree, bundle);
    return row?.entries ?? new Uint8Array(0);
  }

  #write(bundle: number, entries: Uint8Array): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO log_bundles (tree, bundle, entries) VALUES (?, ?, ?)')
      .run(this.#tree, bundle, entries);
  }
}
