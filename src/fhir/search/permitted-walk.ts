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
 * Walks rows and keeps up to `count` that are permitted. A page is full or the last one, and `next` is there only when a permitted
 * row follows: whether rows were left out does not show, unless more than 100,000 in a row were, where the walk ends early.
 */
export async function walkPermitted<Row, Kept>(
  { fetch, keep }: Walk<Row, Kept>,
  count: number,
  from: string | undefined,
): Promise<PermittedRows<Kept>> {
  const kept: Kept[] = [];
  if (count === 0) return { kept, next: from };
  let cursor = from;
  let limit = count;
  let end: string | undefined;
  for (let scanned = 0; scanned < MAX_SCANNED; ) {
    const page = await fetch(cursor, limit);
    scanned += page.rows.length;
    // Behind a full page one row is looked at first: mostly it is permitted, and more need not be opened.
    limit = Math.min(MAX_CHUNK, limit * 2);
    for (const [at, row] of page.rows.entries()) {
      const found = await keep(row);
      if (found === undefined) continue;
      if (kept.length === count) return { kept, next: end };
      if (kept.push(found) < count) continue;
      end = at === page.rows.length - 1 ? page.next : (await fetch(cursor, at + 1)).next;
      limit = 1;
    }
    cursor = page.next;
    if (cursor === undefined) return { kept, next: undefined };
    await nextTurn();
  }
  return { kept, next: end ?? cursor };
}
