import { setImmediate as nextTurn } from 'node:timers/promises';

/** Rows that one page may look at: past it the page ends early and says where to go on. */
const MAX_SCANNED = 100_000; // about two seconds of decisions, others being served in between
/** Rows read at a time once some were not permitted. */
const MAX_CHUNK = 1_000; // a few milliseconds between two turns of the event loop

/** Rows of the vault, in order. */
export interface Rows<Row> {
  readonly rows: readonly Row[];
  /** Where the next rows begin; undefined at the end. */
  readonly next: string | undefined;
}

/** How a walk reads and what it keeps. */
export interface Walk<Row, Kept> {
  /** At most `limit` rows from a place on. */
  readonly fetch: (cursor: string | undefined, limit: number) => Promise<Rows<Row>>;
  /** What is shown of a row; undefined when the decision denies it. Notes nothing: a row may be looked at twice. */
  readonly keep: (row: Row) => Promise<Kept | undefined>;
}

/** One page of what is permitted. */
export interface PermittedRows<Kept> {
  readonly kept: readonly Kept[];
  /** Where the next page starts; undefined at the end. */
  readonly next: string | undefined;
}

/**
 * Walks rows and keeps up to `count` that are permitted. A page is full, or it is the last one: whether rows were left out does
 * not show, unless more than 100,000 in a row were, where a page ends early.
 */
export async function walkPermitted<Row, Kept>(
  walk: Walk<Row, Kept>,
  count: number,
  from: string | undefined,
): Promise<PermittedRows<Kept>> {
  const kept: Kept[] = [];
  let cursor = from;
  let limit = count;
  for (let scanned = 0; kept.length < count && scanned < MAX_SCANNED; ) {
    const page = await walk.fetch(cursor, limit);
    scanned += page.rows.length;
    const full = await keepFrom(walk, page.rows, kept, count);
    // Beyond the row that filled the page others may follow that are shown on the next one.
    const cut = full !== undefined && full < page.rows.length - 1;
    cursor = cut ? (await walk.fetch(cursor, full + 1)).next : page.next;
    if (cursor === undefined) break;
    limit = Math.min(MAX_CHUNK, limit * 2);
    if (kept.length < count) await nextTurn();
  }
  return { kept, next: cursor };
}

/** Keeps until the page is full; returns the index of the row that filled it. */
async function keepFrom<Row, Kept>(
  { keep }: Walk<Row, Kept>,
  rows: readonly Row[],
  kept: Kept[],
  count: number,
): Promise<number | undefined> {
  for (const [at, row] of rows.entries()) {
    const found = await keep(row);
    if (found !== undefined && kept.push(found) === count) return at;
  }
  return undefined;
}
