import type { Search } from '../../r4/index.ts';
import type { EventWrite, StoredVersion } from '../../vault/index.ts';
import { type Reach, reachOf } from '../access.ts';
import { type BundleEntry, bundleText } from '../bundle/searchset.ts';
import type { Answer, Context } from '../context.ts';
import type { Query } from '../interaction.ts';
import { criteria } from '../search/criteria.ts';
import { included } from '../search/includes.ts';
import { pageUrl } from '../search/paging.ts';
import { release } from '../search/partial.ts';
import { permittedPage, permittedTotal } from '../search/permitted-hits.ts';

/** Page size when `_count` is not given. */
const DEFAULT_COUNT = 20; // what the portal shows at once

function selfLink(context: Context, type: string, query: Query): string {
  const text = new URLSearchParams(query.map(([name, value]) => [name, value])).toString();
  return `${context.services.baseUrl}/${type}${text === '' ? '' : `?${text}`}`;
}

interface Found {
  readonly entries: BundleEntry[];
  readonly events: EventWrite[];
}

function entriesOf(
  context: Context,
  search: Search,
  versions: readonly StoredVersion[],
  mode: 'match' | 'include',
  found: Found,
): void {
  for (const stored of versions) {
    if (stored.text === undefined) continue;
    const fullUrl = `${context.services.baseUrl}/${stored.type}/${stored.id}`;
    const { text, event } = release(context, search, { ...stored, text: stored.text });
    if (event === undefined) {
      found.entries.push({ fullUrl, resource: text, mode });
      continue;
    }
    found.events.push(event);
    const url = `${fullUrl}/_history/${stored.version}/$receipt?disclosure=${event.id}`;
    const attachment = { url, contentType: 'application/vnd.holdfast.receipt+json' };
    const extension = JSON.stringify([{ url: 'urn:holdfast:receipt', valueAttachment: attachment }]);
    found.entries.push({ fullUrl, resource: text, mode, extra: `"extension":${extension}` });
  }
}

async function countOnly(context: Context, reach: Reach, search: Search, self: string): Promise<Answer> {
  const total = await permittedTotal(context, reach, search);
  const body = bundleText({ type: 'searchset', total, links: [{ relation: 'self', url: self }] }, []);
  return { status: 200, body, headers: {} };
}

/**
 * FHIR R4 §search: one page of a searchset. Totals, includes and pages go through the same decision as a read;
 * a page that shows nothing looks the same whether nothing matches or nothing is permitted.
 */
export async function search(context: Context, type: string, query: Query, cursor?: string): Promise<Answer> {
  context.trail.action = 'E';
  context.trail.subtype = 'search-type';
  context.trail.searched = query.map(([name]) => name);
  const reach = reachOf(context.principal, type, 's');
  const asked = criteria(context, type, query);
  const self = selfLink(context, type, query);
  if (asked.summary === 'count' || asked.count === 0) return countOnly(context, reach, asked, self);
  const page = await permittedPage(context, reach, asked, asked.count ?? DEFAULT_COUNT, cursor);
  const total =
    asked.total === 'accurate' || asked.total === 'estimate'
      ? await permittedTotal(context, reach, asked)
      : undefined;
  const found: Found = { entries: [], events: [] };
  entriesOf(context, asked, page.versions, 'match', found);
  if (asked.includes.length + asked.revIncludes.length > 0) {
    entriesOf(context, asked, await included(context, page.versions, asked), 'include', found);
  }
  const links = [{ relation: 'self', url: self }];
  if (page.next !== undefined) {
    links.push({
      relation: 'next',
      url: pageUrl(context, { kind: 'search', type, id: undefined, query, cursor: page.next }),
    });
  }
  if (found.events.length > 0) await commitDisclosures(context, found.events);
  return {
    status: 200,
    body: bundleText({ type: 'searchset', ...(total === undefined ? {} : { total }), links }, found.entries),
    headers: {},
  };
}

/** Partial releases are logged in the same commit as the request's own entry. */
async function commitDisclosures(context: Context, events: readonly EventWrite[]): Promise<void> {
  await context.services.vault.commit({ events, audits: [context.audit(200)] });
  context.trail.committed = true;
}
