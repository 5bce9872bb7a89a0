import type { Search } from '../../r4/index.ts';
import type { StoredVersion } from '../../vault/index.ts';
import { disclose, type Reach, wouldDisclose } from '../access.ts';
import type { Context } from '../context.ts';
import { FhirError } from '../errors.ts';

/** How many rows one page may look at: past it the page ends early and says where to go on. */
const MAX_SCANNED = 5_000; // about a tenth of a second of decisions
/** How many rows a total may look at. */
const MAX_COUNTED = 100_000; // about two seconds; past it the total is refused rather than guessed
const CHUNK = 500; // rows read at a time while counting, so that memory stays flat

/** One page of what the principal may see, in the order of the search. */
export interface PermittedPage {
  readonly versions: readonly StoredVersion[];
  /** Where the next page starts; undefined at the end. */
  readonly next: string | undefined;
}

/** Walks the hits of a search and keeps what the decision permits; each kept one is noted on the trail. */
export async function permittedPage(
  context: Context,
  reach: Reach,
  search: Search,
  count: number,
  from?: string,
): Promise<PermittedPage> {
  const { vault } = context.services;
  const versions: StoredVersion[] = [];
  let cursor = from;
  let scanned = 0;
  while (versions.length < count && scanned < MAX_SCANNED) {
    const page = await vault.search({
      search,
      limit: count - versions.length,
      cursor,
      patient: reach.patientOnly,
    });
    scanned += page.hits.length;
    for (const hit of page.hits) {
      const stored = await vault.read(hit.type, hit.id);
      if (stored?.text !== undefined && disclose(context, reach, stored)) versions.push(stored);
    }
    cursor = page.next;
    if (cursor === undefined) break;
  }
  return { versions, next: cursor };
}

/** How many hits the principal may see, exactly. Throws FhirError `too-costly` past the limit. */
export async function permittedTotal(context: Context, reach: Reach, search: Search): Promise<number> {
  const { vault } = context.services;
  let total = 0;
  let scanned = 0;
  let cursor: string | undefined;
  do {
    const page = await vault.search({ search, limit: CHUNK, cursor, patient: reach.patientOnly });
    scanned += page.hits.length;
    if (scanned > MAX_COUNTED)
      throw new FhirError('too-costly', 'Too many resources match to count them: narrow the search.');
    for (const hit of page.hits) {
      const stored = await vault.read(hit.type, hit.id);
      if (stored?.text !== undefined && wouldDisclose(context, reach, stored)) total += 1;
    }
    cursor = page.next;
  } while (cursor !== undefined);
  return total;
}
