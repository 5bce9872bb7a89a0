/** Pieces of a posting, or buckets of spans, that are read at first: a page of results often needs few, a count all. */
const FIRST = 16;

/**
 * The most that is read at once. In audit custody each may lie leaves away, which a page that is full by then need not have
 * read.
 */
export const MOST_AHEAD = { resource: 256, audit: 16 } as const;

/**
 * How many to read from `bucket` down, after `before` of which the lowest was `last`; undefined before anything was read. More each time
 * while every one is asked for; one where another source says which, as the next may lie far below.
 */
export function nextAhead(before: number, most: number, last: number | undefined, bucket: number): number {
  if (last === undefined) return FIRST;
  return bucket === last - 1 ? Math.min(most, before * 4) : 1;
}
