import type { Database, Statement } from '../../../database/index.ts';
import { type Blind, blindBytes, blindOf } from '../../blind-index/blind-key.ts';
import type { SpanTest } from '../plan.ts';
import type { SpanRow } from '../rows.ts';
import { BUCKET_ROWS, bucketOf } from './bucket.ts';

/** Bounds that pass every span: its ends are finite, and so are a statement's parameters. */
const LOWEST = -Number.MAX_VALUE;
const HIGHEST = Number.MAX_VALUE;

/** A row's value to sort by. */
export interface RowValue {
  readonly rid: number;
  readonly value: number;
}

/** Some span's low end is within a bound only if its zone's is, and so for the high end: zones to look at. */
export function zoneBounds(test: SpanTest): { low: number; high: number } {
  return {
    low: Math.min(test.lowAtMost ?? HIGHEST, test.highAtMost ?? HIGHEST, test.valueBelow ?? HIGHEST),
    high: Math.max(test.highAtLeast ?? LOWEST, test.lowAtLeast ?? LOWEST, test.valueAbove ?? LOWEST),
  };
}

/** Values in the clear by row id, with the bounds of each bucket beside them. */
export class SpanTable {
  readonly #database: Database;
  readonly #insert: Statement;
  readonly #widen: Statement;
  readonly #delete: Statement;
  readonly #zones: Statement;
  readonly #within: Statement;
  readonly #of: Statement;

  constructor(database: Database) {
    this.#database = database;
    this.#insert = database.prepare('INSERT OR IGNORE INTO vault_spans VALUES (?, ?, ?, ?, ?)');
    this.#widen = database.prepare(
      `INSERT INTO vault_zones VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT DO UPDATE SET low = min(low, ?3), high = max(high, ?4) WHERE low > ?3 OR high < ?4`,
    );
    this.#delete = database.prepare(
      'DELETE FROM vault_spans WHERE key = ? AND rid = ? AND low = ? AND high = ? AND value = ?',
    );
    this.#zones = database.prepare(
      'SELECT bucket FROM vault_zones WHERE key = ? AND bucket <= ? AND low <= ? AND high >= ? ORDER BY bucket DESC LIMIT ?',
    );
    this.#within = database.prepare(
      `SELECT rid FROM vault_spans WHERE key = ? AND rid >= ? AND rid < ?
       AND low >= ? AND low <= ? AND high >= ? AND high <= ? AND value > ? AND value < ?`,
    );
    this.#of = database.prepare(
      'SELECT rid, value FROM vault_spans WHERE key = ? AND rid IN (SELECT value FROM json_each(?))',
    );
  }

  /** Adds spans, and widens the bounds of their buckets: once for each bucket. */
  add(spans: readonly SpanRow[]): void {
    const zones = new Map<Blind, Map<number, { low: number; high: number }>>();
    for (const { key, rid, low, high, value } of spans) {
      this.#insert.run(blindBytes(key), rid, low, high, value);
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
      for (const [bucket, { low, high }] of buckets) this.#widen.run(blindBytes(key), bucket, low, high);
    }
  }

  /** Removes a span; one that is not there is passed over. */
  remove({ key, rid, low, high, value }: SpanRow): void {
    this.#delete.run(blindBytes(key), rid, low, high, value);
  }

  /** Buckets that may hold a span which passes, from one downwards. */
  buckets(key: Blind, test: SpanTest, bucket: number, limit: number): number[] {
    const { low, high } = zoneBounds(test);
    return this.#zones
      .all<{ bucket: number }>(blindBytes(key), bucket, low, high, limit)
      .map((row) => row.bucket);
  }

  /** Offsets of a bucket's rows with a span that passes, ascending; one row may come several times. */
  within(key: Blind, test: SpanTest, bucket: number): number[] {
    const first = bucket * BUCKET_ROWS;
    const rows = this.#within.all<{ rid: number }>(
      blindBytes(key),
      first,
      first + BUCKET_ROWS,
      test.lowAtLeast ?? LOWEST,
      test.lowAtMost ?? HIGHEST,
      test.highAtLeast ?? LOWEST,
      test.highAtMost ?? HIGHEST,
      test.valueAbove ?? LOWEST,
      test.valueBelow ?? HIGHEST,
    );
    return rows.map(({ rid }) => rid - first);
  }

  /** The values of rows, in no order; several for a row with several spans. */
  valuesOf(key: Blind, rids: readonly number[]): RowValue[] {
    return this.#of.all(blindBytes(key), JSON.stringify(rids));
  }

  /** Rows with a span outside the bounds of its bucket. */
  hidden(): number[] {
    const rows = this.#database
      .prepare(
        `SELECT DISTINCT s.rid FROM vault_spans s
         LEFT JOIN vault_zones z ON z.key = s.key AND z.bucket = s.rid / ${BUCKET_ROWS}
         WHERE z.bucket IS NULL OR s.low < z.low OR s.high > z.high`,
      )
      .all<{ rid: number }>();
    return rows.map(({ rid }) => rid);
  }

  /** Every span. */
  *each(): Generator<SpanRow, undefined, undefined> {
    const rows = this.#database
      .prepare('SELECT key, rid, low, high, value FROM vault_spans')
      .iterate<Omit<SpanRow, 'key'> & { key: Uint8Array }>();
    for (const row of rows) yield { ...row, key: blindOf(row.key) };
  }
}
