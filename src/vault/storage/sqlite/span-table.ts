import type { Database, Statement } from '../../../database/index.ts';
import type { SpanTest } from '../plan.ts';
import type { SpanRow } from '../rows.ts';
import { BUCKET_ROWS, bucketOf } from './bucket.ts';

/** Bounds that pass every span: its ends are finite, and so are a statement's parameters. */
const LOWEST = -Number.MAX_VALUE;
const HIGHEST = Number.MAX_VALUE;

/** Values in the clear by row id, with the bounds of each bucket beside them. */
export class SpanTable {
  readonly #insert: Statement;
  readonly #widen: Statement;
  readonly #delete: Statement;
  readonly #zones: Statement;
  readonly #within: Statement;
  readonly #of: Statement;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
    this.#insert = database.prepare('INSERT OR IGNORE INTO vault_spans VALUES (?, ?, ?, ?, ?)');
    this.#widen = database.prepare(
      `INSERT INTO vault_zones VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT DO UPDATE SET low = min(low, ?3), high = max(high, ?4) WHERE low > ?3 OR high < ?4`,
    );
    this.#delete = database.prepare('DELETE FROM vault_spans WHERE key = ? AND rid = ? AND low = ? AND high = ? AND value = ?');
    this.#zones = database.prepare(
      'SELECT bucket FROM vault_zones WHERE key = ? AND bucket <= ? AND low <= ? AND high >= ? ORDER BY bucket DESC LIMIT ?',
    );
    this.#within = database.prepare(
      `SELECT rid FROM vault_spans WHERE key = ? AND rid >= ? AND rid < ?
       AND low >= ? AND low <= ? AND high >= ? AND high <= ? AND value > ? AND value < ?`,
    );
    this.#of = database.prepare(
      `SELECT rid, value FROM vault_spans
       WHERE key = ? AND rid IN (SELECT value FROM json_each(?))`,
    );
  }

  /** Adds spans, and widens the bounds of their buckets: once for each bucket. */
  add(spans: readonly SpanRow[]): void {
    const zones = new Map<Uint8Array, Map<number, { low: number; high: number }>>();
    for (const { key, rid, low, high, value } of spans) {
      this.#insert.run(key, rid, low, high, value);
      const buckets = zones.get(key) ?? new Map<number, { low: number; high: number }>();
      if (buckets.size === 0) zones.set(key, buckets);
      const zone = buckets.get(bucketOf(rid));
      if (zone === undefined) buckets.set(bucketOf(rid), { low, high });
      else {
        zone.low = Math.min(zone.low, low);
        zone.high = Math.max(zone.high, high);
      }
    }
    for (const [key, buckets] of zones) {
      for (const [bucket, { low, high }] of buckets) this.#widen.run(key, bucket, low, high);
    }
  }

  /** Removes a span; one that is not there is passed over. */
  remove({ key, rid, low, high, value }: SpanRow): void {
    this.#delete.run(key, rid, low, high, value);
  }

  /** Buckets that may hold a span which passes, from one downwards. */
  buckets(key: Uint8Array, test: SpanTest, bucket: number, limit: number): number[] {
    // Some span's low end is within a bound only if the zone's is, and so for the high end.
    const low = Math.min(test.lowAtMost ?? HIGHEST, test.highAtMost ?? HIGHEST, test.valueBelow ?? HIGHEST);
    const high = Math.max(test.highAtLeast ?? LOWEST, test.lowAtLeast ?? LOWEST, test.valueAbove ?? LOWEST);
    const rows = this.#zones.all<{ bucket: number }>(key, bucket, low, high, limit);
    return rows.map((row) => row.bucket);
  }

  /** Ascending offsets of a bucket's rows with a span that passes. */
  within(key: Uint8Array, test: SpanTest, bucket: number): Uint16Array {
    const first = bucket * BUCKET_ROWS;
    const rows = this.#within.all<{ rid: number }>(
      key,
      first,
      first + BUCKET_ROWS,
      test.lowAtLeast ?? LOWEST,
      test.lowAtMost ?? HIGHEST,
      test.highAtLeast ?? LOWEST,
      test.highAtMost ?? HIGHEST,
      test.valueAbove ?? LOWEST,
      test.valueBelow ?? HIGHEST,
    );
    const offsets = new Uint16Array(rows.length);
    let size = 0;
    for (const { rid } of rows) {
      if (size > 0 && offsets[size - 1] === rid - first) continue;
      offsets[size] = rid - first;
      size += 1;
    }
    return offsets.subarray(0, size);
  }

  /** The values of rows, in no order; several for a row with several spans. */
  valuesOf(key: Uint8Array, rids: readonly number[]): { rid: number; value: number }[] {
    return this.#of.all(key, JSON.stringify(rids));
  }

  /** Every span. */
  each(): IterableIterator<SpanRow> {
    return this.#database.prepare('SELECT key, rid, low, high, value FROM vault_spans').iterate<SpanRow>();
  }
}
