import type { Database, Statement } from '../../../database/index.ts';
import { type Blind, blindBytes, blindOf } from '../../blind-index/blind-key.ts';
import type { SpanTest } from '../plan.ts';
import type { SpanRow } from '../rows.ts';
import { BUCKET_ROWS, bucketOf } from './bucket.ts';
import { type RowValue, zoneBounds } from './span-table.ts';

/** Rows whose moments are kept together: a chunk stays within one page of the file, which each commit writes again. */
const CHUNK_ROWS = 256;
const CHUNKS_PER_BUCKET = BUCKET_ROWS / CHUNK_ROWS;
const OFFSET_BYTES = 2; // place of a row within its bucket
const MOMENT_BYTES = OFFSET_BYTES + 8;

interface StoredChunk {
  readonly chunk: number;
  readonly moments: Uint8Array;
}

interface Moment {
  readonly rid: number;
  readonly time: number;
}

/**
 * Moments of rows in audit custody: times without extent, ten bytes each, side by side. Almost every time of an AuditEvent
 * is one, and they come in order.
 */
export class MomentTable {
  readonly #database: Database;
  readonly #append: Statement;
  readonly #read: Statement;
  readonly #replace: Statement;
  readonly #delete: Statement;
  readonly #chunks: Statement;
  readonly #range: Statement;

  constructor(database: Database) {
    this.#database = database;
    this.#append = database.prepare(
      `INSERT INTO vault_moments VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE
       SET low = min(low, ?3), high = max(high, ?4), moments = CAST(moments || ?5 AS BLOB)`,
    );
    this.#read = database.prepare('SELECT moments FROM vault_moments WHERE key = ? AND chunk = ?');
    this.#replace = database.prepare('UPDATE vault_moments SET moments = ?3 WHERE key = ?1 AND chunk = ?2');
    this.#delete = database.prepare('DELETE FROM vault_moments WHERE key = ? AND chunk = ?');
    this.#chunks = database.prepare(
      'SELECT chunk FROM vault_moments WHERE key = ? AND chunk < ? AND low <= ? AND high >= ? ORDER BY chunk DESC LIMIT ?',
    );
    this.#range = database.prepare(
      'SELECT chunk, moments FROM vault_moments WHERE key = ? AND chunk >= ? AND chunk < ?',
    );
  }

  /** Whether a span is kept here. */
  static holds({ low, high, value }: SpanRow): boolean {
    return low === high && low === value;
  }

  /** Adds moments. */
  add(spans: readonly SpanRow[]): void {
    const byKey = new Map<Blind, Map<number, Moment[]>>();
    for (const { key, rid, value } of spans) {
      const chunks = byKey.get(key) ?? new Map<number, Moment[]>();
      if (chunks.size === 0) byKey.set(key, chunks);
      const chunk = Math.floor(rid / CHUNK_ROWS);
      const moments = chunks.get(chunk);
      if (moments === undefined) chunks.set(chunk, [{ rid, time: value }]);
      else moments.push({ rid, time: value });
    }
    for (const [key, chunks] of byKey) {
      for (const [chunk, moments] of chunks) {
        const times = moments.map(({ time }) => time);
        this.#append.run(blindBytes(key), chunk, Math.min(...times), Math.max(...times), pack(moments));
      }
    }
  }

  /** Removes a moment; one that is not there is passed over. Bounds stay as they are. */
  remove({ key, rid, value }: SpanRow): void {
    const chunk = Math.floor(rid / CHUNK_ROWS);
    const row = this.#read.get<{ moments: Uint8Array }>(blindBytes(key), chunk);
    if (row === undefined) return;
    const kept = unpack(chunk, row.moments).filter((moment) => moment.rid !== rid || moment.time !== value);
    if (kept.length === 0) this.#delete.run(blindBytes(key), chunk);
    else this.#replace.run(blindBytes(key), chunk, pack(kept));
  }

  /** Buckets that may hold a moment which passes, from one downwards. */
  buckets(key: Blind, test: SpanTest, bucket: number, limit: number): number[] {
    const { low, high } = zoneBounds(test);
    const below = (bucket + 1) * CHUNKS_PER_BUCKET;
    const rows = this.#chunks.all<{ chunk: number }>(
      blindBytes(key),
      below,
      low,
      high,
      limit * CHUNKS_PER_BUCKET,
    );
    return [...new Set(rows.map(({ chunk }) => Math.floor(chunk / CHUNKS_PER_BUCKET)))].slice(0, limit);
  }

  /** Offsets of a bucket's rows with a moment that passes; in no order. */
  within(key: Blind, test: SpanTest, bucket: number): number[] {
    const first = bucket * CHUNKS_PER_BUCKET;
    const offsets: number[] = [];
    const end = first + CHUNKS_PER_BUCKET;
    for (const { chunk, moments } of this.#range.all<StoredChunk>(blindBytes(key), first, end)) {
      const offset = (chunk - first) * CHUNK_ROWS;
      const view = viewOf(moments);
      for (let at = 0; at + MOMENT_BYTES <= moments.length; at += MOMENT_BYTES) {
        if (passes(view.getFloat64(at + OFFSET_BYTES, true), test))
          offsets.push(offset + view.getUint16(at, true));
      }
    }
    return offsets;
  }

  /** The moments of rows, in no order. */
  valuesOf(key: Blind, rids: readonly number[]): RowValue[] {
    const wanted = new Set(rids);
    return [...new Set(rids.map(bucketOf))].flatMap((bucket) => {
      const first = bucket * CHUNKS_PER_BUCKET;
      return this.#momentsIn(key, first, first + CHUNKS_PER_BUCKET).flatMap(({ rid, time }) =>
        wanted.has(rid) ? [{ rid, value: time }] : [],
      );
    });
  }

  /** Rows with a moment outside the bounds of its chunk. */
  hidden(): number[] {
    const rows = this.#database
      .prepare('SELECT chunk, low, high, moments FROM vault_moments')
      .all<{ chunk: number; low: number; high: number; moments: Uint8Array }>();
    return rows.flatMap(({ chunk, low, high, moments }) =>
      unpack(chunk, moments).flatMap(({ rid, time }) => (time < low || time > high ? [rid] : [])),
    );
  }

  /** Every moment, as a span. */
  *each(): Generator<SpanRow, undefined, undefined> {
    const rows = this.#database
      .prepare('SELECT key, chunk, moments FROM vault_moments')
      .iterate<{ key: Uint8Array; chunk: number; moments: Uint8Array }>();
    for (const { key, chunk, moments } of rows) {
      for (const { rid, time } of unpack(chunk, moments))
        yield { key: blindOf(key), rid, low: time, high: time, value: time };
    }
  }

  #momentsIn(key: Blind, from: number, to: number): Moment[] {
    const rows = this.#range.all<StoredChunk>(blindBytes(key), from, to);
    return rows.flatMap(({ chunk, moments }) => unpack(chunk, moments));
  }
}

function passes(time: number, test: SpanTest): boolean {
  const atLeast = Math.max(test.lowAtLeast ?? time, test.highAtLeast ?? time);
  const atMost = Math.min(test.lowAtMost ?? time, test.highAtMost ?? time);
  const between = time > (test.valueAbove ?? -Infinity) && time < (test.valueBelow ?? Infinity);
  return time >= atLeast && time <= atMost && between;
}

function pack(moments: readonly Moment[]): Uint8Array {
  const bytes = new Uint8Array(moments.length * MOMENT_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [index, { rid, time }] of moments.entries()) {
    view.setUint16(index * MOMENT_BYTES, rid % CHUNK_ROWS, true);
    view.setFloat64(index * MOMENT_BYTES + OFFSET_BYTES, time, true);
  }
  return bytes;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function unpack(chunk: number, bytes: Uint8Array): Moment[] {
  const view = viewOf(bytes);
  const moments: Moment[] = [];
  for (let at = 0; at + MOMENT_BYTES <= bytes.length; at += MOMENT_BYTES) {
    const rid = chunk * CHUNK_ROWS + view.getUint16(at, true);
    moments.push({ rid, time: view.getFloat64(at + OFFSET_BYTES, true) });
  }
  return moments;
}
