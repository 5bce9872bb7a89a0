import type { Search } from '../../r4/index.ts';
import { reachOf } from '../access.ts';
import { bundleText } from '../bundle/bundle-text.ts';
import { commitRequest } from '../commit.ts';
import type { Answer, Context } from '../context.ts';
import { operationOutcome } from '../outcome.ts';
import { formatQuery, type Query, requireLinkable } from '../query.ts';
import { Releases } from '../release.ts';
import { criteria } from '../search/criteria.ts';
import { included } from '../search/includes.ts';
import { nextLink } from '../search/paging.ts';
import { PermittedSearch } from '../search/permitted-search.ts';

/** Page size when `_count` is not given. */
const DEFAULT_COUNT = 20; // what the portal shows at once

const MATCH = { mode: 'match' } as const;
const INCLUDE = { mode: 'include' } as const;
const WHOLE = {};

function selfUrl({ services }: Context, type: string, query: Query): string {
  const text = formatQuery(query);
  return `${services.baseUrl}/${type}${text === '' ? '' : `?${text}`}`;
}

const CUT = operationOutcome([
  {
    severity: 'warning',
    type: 'incomplete',
    code: 'includes-cut',
    message: 'More is included than one page holds: ask for fewer matches a page.',
  },
]);

async function addIncluded(
  context: Context,
  search: Search,
  matches: Parameters<typeof included>[1],
  releases: Releases,
): Promise<void> {
  if (search.includes.length + search.revIncludes.length === 0) return;
  const { versions, cut } = await included(context, matches, search);
  // _elements names elements of the type searched for; what is included stays whole (FHIR R4 §search elements).
  const subset = search.summary === undefined ? WHOLE : { summary: search.summary };
  for (const shown of versions) releases.add(shown, subset, INCLUDE);
  if (cut) releases.entries.push({ resource: CUT, mode: 'outcome' });
}

/**
 * FHIR R4 §search: one page of a searchset. Totals, includes, chains and pages go through the same decision as a read;
 * a page that shows nothing looks the same whether nothing matches or nothing is permitted.
 */
export async function search(context: Context, type: string, query: Query, cursor?: string): Promise<Answer> {
  const reach = reachOf(context.principal, type, 's');
  requireLinkable(query);
  const asked = criteria(context, type, query);
  context.trail.searched = query.map(([name, value]) => `${name}=${value}`);
  const permitted = new PermittedSearch(context, reach, asked);
  const self = { relation: 'self' as const, url: selfUrl(context, type, query) };
  if (asked.summary === 'count' || asked.count === 0) {
    const head = { type: 'searchset' as const, total: await permitted.total(), links: [self] };
    return { status: 200, body: bundleText(head, []), headers: {} };
  }
  const page = await permitted.page(asked.count ?? DEFAULT_COUNT, cursor);
  const counted = asked.total === 'accurate' || asked.total === 'estimate';
  const total = counted ? await permitted.total() : undefined;
  const releases = new Releases(context);
  for (const shown of page.versions) releases.add(shown, asked, MATCH);
  await addIncluded(context, asked, page.versions, releases);
  const { entries, events } = releases;
  const links = [self, ...nextLink(context, { kind: 'search', type, id: undefined, query }, page.next)];
  if (events.length > 0) await commitRequest(context, 200, { events });
  const { security } = releases;
  const head = { type: 'searchset' as const, links, security, ...(total === undefined ? {} : { total }) };
  return { status: 200, body: bundleText(head, entries), headers: {}, labels: releases.labels };
}
