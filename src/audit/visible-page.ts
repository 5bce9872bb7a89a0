import type { Hit, SearchPage } from '../vault/index.ts';

/** How a page is read and what of it is shown. */
export interface Visible<Kept> {
  readonly fetch: (cursor: string | undefined, limit: number) => Promise<SearchPage>;
  /** What is shown of a hit; undefined for what must not show. */
  readonly keep: (hit: Hit) => Promise<Kept | undefined>;
}

/** Hits that one page may look at: past it the page ends early and says where to go on. */
const MAX_SCANNED = 20_000; // two seconds of reading; so many hidden ones in a row are not met

/**
 * Up to `count` of what may be shown. A page is full or the last one, and `next` is there only when something more is shown
 * behind it: neither the length of a page nor the number of pages tells that something was left out.
 */
export async function visiblePage<Kept>(
  { fetch, keep }: Visible<Kept>,
  count: number,
  from: string | undefined,
): Promise<{ kept: readonly Kept[]; next: string | undefined }> {
  const kept: Kept[] = [];
  let cursor = from;
  let end: string | undefined;
  for (let scanned = 0; scanned < MAX_SCANNED; ) {
    const page = await fetch(cursor, count);
    scanned += page.hits.length;
    for (const [at, hit] of page.hits.entries()) {
      const shown = await keep(hit);
      if (shown === undefined) continue;
      // One more is there: the page ends before it.
      if (kept.length === count) return { kept, next: end };
      kept.push(shown);
      if (kept.length === count)
        end = at === page.hits.length - 1 ? page.next : (await fetch(cursor, at + 1)).next;
    }
    if (page.next === undefined) return { kept, next: undefined };
    cursor = page.next;
  }
  return { kept, next: end ?? cursor };
}
