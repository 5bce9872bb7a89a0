import type { Database } from '../../../database/index.ts';
import type { Blind } from '../../blind-index/blind-key.ts';
import { inAuditCustody } from '../../numbering.ts';
import type { SpanTest } from '../plan.ts';
import type { SpanRow } from '../rows.ts';
import { MomentTable } from './moment-table.ts';
import { type RowValue, SpanTable } from './span-table.ts';

type Custody = 'resource' | 'audit';

/** All values in the clear: moments of audit custody apart, everything else row by row. */
export class SpanIndex {
  readonly #spans: SpanTable;
  readonly #moments: MomentTable;

  constructor(database: Database) {
    this.#spans = new SpanTable(database);
    this.#moments = new MomentTable(database);
  }

  /** Adds spans. */
  add(spans: readonly SpanRow[]): void {
    this.#moments.add(spans.filter(isAuditMoment));
    this.#spans.add(spans.filter((span) => !isAuditMoment(span)));
  }

  /** Removes spans; those that are not there are passed over. */
  remove(spans: readonly SpanRow[]): void {
    for (const span of spans) (isAuditMoment(span) ? this.#moments : this.#spans).remove(span);
  }

  /** Buckets that may hold a span which passes, descending from one; at least the first `limit` of them. */
  buckets(custody: Custody, key: Blind, test: SpanTest, bucket: number, limit: number): number[] {
    const spans = this.#spans.buckets(key, test, bucket, limit);
    if (custody === 'resource') return spans;
    const both = new Set([...spans, ...this.#moments.buckets(key, test, bucket, limit)]);
    return [...both].sort((a, b) => b - a).slice(0, limit);
  }

  /** Ascending offsets of a bucket's rows with a span that passes, each once. */
  within(custody: Custody, key: Blind, test: SpanTest, bucket: number): Uint16Array {
    const spans = this.#spans.within(key, test, bucket);
    const moments = custody === 'audit' ? this.#moments.within(key, test, bucket) : [];
    return Uint16Array.from(new Set([...spans, ...moments])).sort();
  }

  /** The values of rows, in no order; several for a row with several spans. */
  valuesOf(custody: Custody, key: Blind, rids: readonly number[]): RowValue[] {
    const spans = this.#spans.valuesOf(key, rids);
    return custody === 'audit' ? [...spans, ...this.#moments.valuesOf(key, rids)] : spans;
  }

  /** Rows with a span outside the bounds that searches go by. */
  hidden(): number[] {
    return [...this.#spans.hidden(), ...this.#moments.hidden()];
  }

  /** Every span. */
  *each(): Generator<SpanRow, undefined, undefined> {
    yield* this.#spans.each();
    yield* this.#moments.each();
  }
}

function isAuditMoment(span: SpanRow): boolean {
  return inAuditCustody(span.rid) && MomentTable.holds(span);
}
