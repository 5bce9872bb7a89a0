import { VaultError } from '../../error.ts';
import type { FoundRow, Plan, PlanPage, SpanOrder } from '../plan.ts';
import { BUCKET_ROWS, bucketOf } from './bucket.ts';
import { type RowSource, sourceOf, type Tables } from './row-source.ts';

/** Rows that are sorted at most: about a tenth of a second; a search that matches more is asked to narrow itself. */
const MAX_SORTED_ROWS = 100_000;

/** One page of a plan's rows. Throws `VaultError` `too-costly` when more than 100,000 would have to be sorted. */
export function findRows(page: PlanPage, tables: Tables): FoundRow[] {
  const source = sourceOf(page.plan, tables);
  return page.order.length === 0 ? newestRows(source, page) : sortedRows(source, page, tables);
}

/** How many rows a plan has. */
export function countRows(plan: Plan, tables: Tables): number {
  let count = 0;
  for (const { offsets } of walk(sourceOf(plan, tables), Number.MAX_SAFE_INTEGER)) count += offsets.length;
  return count;
}

function* walk(
  source: RowSource,
  from: number,
): Generator<{ bucket: number; offsets: Uint16Array }, undefined, undefined> {
  for (let bucket = source.seek(from); bucket !== undefined; bucket = source.seek(bucket - 1)) {
    yield { bucket, offsets: source.rows(bucket) };
  }
}

function newestRows(source: RowSource, { after, limit }: PlanPage): FoundRow[] {
  const found: FoundRow[] = [];
  const below = after?.rid ?? Number.MAX_SAFE_INTEGER;
  for (const { bucket, offsets } of walk(source, bucketOf(below))) {
    for (let at = offsets.length - 1; at >= 0; at -= 1) {
      const rid = bucket * BUCKET_ROWS + (offsets[at] ?? 0);
      if (rid >= below) continue;
      found.push({ rid, values: [] });
      if (found.length === limit) return found;
    }
  }
  return found;
}

function sortedRows(source: RowSource, { order, after, limit }: PlanPage, tables: Tables): FoundRow[] {
  const rids: number[] = [];
  for (const { bucket, offsets } of walk(source, Number.MAX_SAFE_INTEGER)) {
    if (rids.length + offsets.length > MAX_SORTED_ROWS) {
      throw new VaultError('too-costly', 'The search matches too many resources to sort them: narrow it.');
    }
    for (const offset of offsets) rids.push(bucket * BUCKET_ROWS + offset);
  }
  const values = order.map((each) => sortValues(each, rids, tables));
  const rows = rids.map((rid) => ({ rid, values: values.map((of) => of.get(rid) ?? null) }));
  rows.sort((a, b) => compare(a, b, order));
  const first = after === undefined ? 0 : rows.findIndex((row) => compare(row, after, order) > 0);
  return first < 0 ? [] : rows.slice(first, first + limit);
}

/** Of several values the smallest counts when ascending, the largest when descending (R4 §3.1.1.5.1). */
function sortValues(
  { key, descending, custody }: SpanOrder,
  rids: readonly number[],
  tables: Tables,
): Map<number, number> {
  const values = new Map<number, number>();
  for (const { rid, value } of tables.spans.valuesOf(custody, key, rids)) {
    const known = values.get(rid);
    if (known === undefined || (descending ? value > known : value < known)) values.set(rid, value);
  }
  return values;
}

function compare(a: FoundRow, b: FoundRow, order: readonly SpanOrder[]): number {
  for (const [at, { descending }] of order.entries()) {
    const x = a.values[at] ?? null;
    const y = b.values[at] ?? null;
    if (x === y) continue;
    if (x === null) return 1;
    if (y === null) return -1;
    return (x < y ? -1 : 1) * (descending ? -1 : 1);
  }
  return b.rid - a.rid;
}
