import type { Database, Statement } from '../../../database/index.ts';
import { BLIND_BYTES, type Blind, blindBytes } from '../../blind-index/blind-key.ts';
import { VaultError } from '../../error.ts';
import type { Posting } from '../rows.ts';
import { BUCKET_ROWS, bucketOf } from './bucket.ts';
import type { PostingPiece } from './posting-table.ts';

/**
 * Postings of audit custody. Entries come in order, each with a few values that never come again and many that all share:
 * a row for each value would be a page of the file for each. Instead the values of a bucket stand one after another in
 * sixteen leaves, told apart by their first four bits, and each commit appends to these. A search looks at one leaf of
 * each bucket, from the newest on: about 4 µs each, 40 ms for a value that ten million entries hold nowhere else.
 */
const PARTITION_BITS = 4;
/** Leaves read by one statement at most: about 10 kB each, read ahead of a page that may be full before. */
const MAX_LEAVES = 16; // a statement costs as much as reading two
/** Leaves of one partition are numbered by bucket, below this. */
const BUCKETS = 2 ** 40;
/** A length with this bit counts runs (first offset, number), otherwise offsets. */
const RUNS = 0x8000;
const WORD_BYTES = 2; // an offset within 65,536 leaves
const HEAD_BYTES = BLIND_BYTES + WORD_BYTES;

/** A value's offsets in a bucket, as words to write. */
interface Encoded {
  readonly key: Blind;
  readonly length: number;
  readonly words: readonly number[];
}

/** Blind values and the rows they are found by, in audit custody. */
export class AuditPostingTable {
  readonly #append: Statement;
  readonly #read: Statement;
  readonly #replace: Statement;
  readonly #descend: Statement;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
    this.#append = database.prepare(
      'INSERT INTO vault_leaves VALUES (?1, ?2) ON CONFLICT DO UPDATE SET postings = CAST(postings || ?2 AS BLOB)',
    );
    this.#read = database.prepare('SELECT postings FROM vault_leaves WHERE leaf = ?');
    this.#replace = database.prepare('UPDATE vault_leaves SET postings = ?2 WHERE leaf = ?1');
    this.#descend = database.prepare(
      'SELECT leaf, postings FROM vault_leaves WHERE leaf <= ? AND leaf >= ? ORDER BY leaf DESC LIMIT ?',
    );
  }

  /** Adds rows. */
  add(postings: readonly Posting[]): void {
    const leaves = new Map<number, Encoded[]>();
    for (const { key, rids } of postings) {
      for (let from = 0; from < rids.length; ) {
        const bucket = bucketOf(rids[from] ?? 0);
        let to = from + 1;
        while (to < rids.length && bucketOf(rids[to] ?? 0) === bucket) to += 1;
        const leaf = leafOf(key, bucket);
        const encoded = encode(
          key,
          rids.slice(from, to).map((rid) => rid % BUCKET_ROWS),
        );
        const known = leaves.get(leaf);
        if (known === undefined) leaves.set(leaf, [encoded]);
        else known.push(encoded);
        from = to;
      }
    }
    for (const [leaf, encoded] of leaves) this.#append.run(leaf, write(encoded));
  }

  /** Removes rows; those that are not there are passed over. */
  remove({ key, rids }: Posting): void {
    for (const rid of rids) {
      const leaf = leafOf(key, bucketOf(rid));
      const row = this.#read.get<{ postings: Uint8Array }>(leaf);
      if (row === undefined) continue;
      const kept = [...records(row.postings)].map((record) => {
        const offsets = record.offsets();
        if (record.key !== key) return encode(record.key, offsets);
        return encode(
          key,
          offsets.filter((offset) => offset !== rid % BUCKET_ROWS),
        );
      });
      this.#replace.run(leaf, write(kept.filter(({ length }) => length > 0)));
    }
  }

  /** At most `limit` pieces of a posting from a bucket downwards. */
  descend(key: Blind, bucket: number, limit: number): PostingPiece[] {
    const lowest = leafOf(key, 0);
    const bytes = blindBytes(key);
    const pieces: PostingPiece[] = [];
    let next = lowest + Math.min(bucket, BUCKETS - 1);
    // Whoever wants one piece most often finds it in the first leaf; what is rare is looked for in ever larger steps.
    for (
      let step = Math.min(limit, MAX_LEAVES);
      pieces.length < limit;
      step = Math.min(2 * step, MAX_LEAVES)
    ) {
      const rows = this.#descend.all<{ leaf: number; postings: Uint8Array }>(next, lowest, step);
      for (const { leaf, postings } of rows) {
        const offsets = offsetsIn(postings, bytes);
        if (offsets.length > 0 && pieces.length < limit) pieces.push({ bucket: leaf - lowest, offsets });
        next = leaf - 1;
      }
      if (rows.length < step) break;
    }
    return pieces;
  }

  /** Every posting, piece by piece. */
  *each(): Generator<Posting, undefined, undefined> {
    const rows = this.#database
      .prepare('SELECT leaf, postings FROM vault_leaves')
      .iterate<{ leaf: number; postings: Uint8Array }>();
    for (const { leaf, postings } of rows) {
      const first = (leaf % BUCKETS) * BUCKET_ROWS;
      for (const { key, offsets } of records(postings))
        yield { key, rids: offsets().map((offset) => first + offset) };
    }
  }
}

function leafOf(key: Blind, bucket: number): number {
  return (key.charCodeAt(0) >> (8 - PARTITION_BITS)) * BUCKETS + bucket;
}

/** Neighbours are written as runs where that is shorter: most values of a commit are those of all its entries. */
function encode(key: Blind, offsets: readonly number[]): Encoded {
  const runs: number[] = [];
  for (const offset of offsets) {
    const [first, count] = [runs.at(-2) ?? 0, runs.at(-1) ?? 0];
    if (runs.length > 0 && offset === first + count) runs[runs.length - 1] = count + 1;
    else runs.push(offset, 1);
    if (runs.length >= offsets.length) return { key, length: offsets.length, words: offsets };
  }
  return runs.length === 0
    ? { key, length: 0, words: [] }
    : { key, length: RUNS | (runs.length / 2), words: runs };
}

function write(encoded: readonly Encoded[]): Buffer {
  let size = 0;
  for (const { words } of encoded) size += HEAD_BYTES + words.length * WORD_BYTES;
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const { key, length, words } of encoded) {
    at += bytes.write(key, at, 'latin1');
    at = bytes.writeUInt16LE(length, at);
    for (const word of words) at = bytes.writeUInt16LE(word, at);
  }
  return bytes;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Ascending offsets of a value, each once. Most leaves do not hold it, which is told at once; in others only lengths are read until
 * the last place where its bytes stand, which may also be part of something else.
 */
function offsetsIn(postings: Uint8Array, key: Buffer): Uint16Array {
  const bytes = bufferOf(postings);
  const offsets: number[] = [];
  let found = bytes.indexOf(key);
  for (let at = 0; found >= at; ) {
    if (found === at) for (const offset of offsetsAt(bytes, at)) offsets.push(offset);
    at = endOf(bytes, at);
    if (found < at) found = bytes.indexOf(key, at);
  }
  const isAscending = offsets.every((offset, at) => at === 0 || offset > (offsets[at - 1] ?? 0));
  return isAscending ? Uint16Array.from(offsets) : Uint16Array.from(new Set(offsets)).sort();
}

/** One value in a leaf; its offsets are decoded when asked for. */
interface LeafRecord {
  readonly key: Blind;
  readonly offsets: () => number[];
}

/** The values of a leaf in the order in which they were appended. Throws `VaultError` `damaged` for one that is cut. */
function* records(postings: Uint8Array): Generator<LeafRecord, undefined, undefined> {
  const bytes = bufferOf(postings);
  for (let at = 0; at < bytes.length; ) {
    const begin = at;
    at = endOf(bytes, at);
    const key = bytes.toString('latin1', begin, begin + BLIND_BYTES) as Blind;
    yield { key, offsets: () => offsetsAt(bytes, begin) };
  }
}

/** Where a value's record ends. Throws `VaultError` `damaged` for one that is cut. */
function endOf(bytes: Buffer, at: number): number {
  const wordsAt = at + HEAD_BYTES;
  const length = wordsAt <= bytes.length ? bytes.readUInt16LE(at + BLIND_BYTES) : 0;
  const words = (length & RUNS) === 0 ? length : 2 * (length & ~RUNS);
  const end = wordsAt + words * WORD_BYTES;
  if (length === 0 || end > bytes.length) {
    throw new VaultError('damaged', 'A leaf of the index was cut or changed; run "holdfast fsck".');
  }
  return end;
}

function offsetsAt(bytes: Buffer, at: number): number[] {
  const length = bytes.readUInt16LE(at + BLIND_BYTES);
  const word = (index: number) => bytes.readUInt16LE(at + HEAD_BYTES + index * WORD_BYTES);
  if ((length & RUNS) === 0) return Array.from({ length }, (_, index) => word(index));
  const offsets: number[] = [];
  for (let run = 0; run < (length & ~RUNS); run += 1) {
    const first = word(2 * run);
    const last = Math.min(first + word(2 * run + 1), BUCKET_ROWS);
    for (let offset = first; offset < last; offset += 1) offsets.push(offset);
  }
  return offsets;
}
