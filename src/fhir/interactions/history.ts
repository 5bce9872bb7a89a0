import type { StoredVersion } from '../../vault/index.ts';
import { disclose, type Reach, reachOf } from '../access.ts';
import { type BundleEntry, bundleText } from '../bundle/searchset.ts';
import { type Answer, type Context, etagOf } from '../context.ts';
import { FhirError } from '../errors.ts';
import type { Query } from '../interaction.ts';
import { pageUrl } from '../search/paging.ts';

const DEFAULT_COUNT = 50; // versions are small and histories are read for review
const MAX_COUNT = 1_000; // one answer stays in the low megabytes
const MAX_SCANNED = 5_000; // rows looked at for one page; past it the page ends early

/** Which history: of one resource, or of a type. */
export interface HistoryScope {
  readonly type: string;
  readonly id?: string;
}

interface HistoryParameters {
  readonly count: number;
  readonly since: string | undefined;
}

/** `_count` and `_since`; anything else is refused (FHIR R4 §http-history). */
function historyParameters(query: Query): HistoryParameters {
  let count = DEFAULT_COUNT;
  let since: string | undefined;
  for (const [name, value] of query) {
    if (name === '_count' && /^\d{1,4}$/.test(value)) count = Math.min(MAX_COUNT, Number(value));
    else if (name === '_since' && /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value)))
      since = new Date(value).toISOString();
    else if (name !== '_format' && name !== '_pretty') {
      throw new FhirError('search-unsupported', `History cannot answer ${name}.`, { expression: name });
    }
  }
  return { count, since };
}

function entryOf(baseUrl: string, stored: StoredVersion): BundleEntry {
  const path = `${stored.type}/${stored.id}`;
  const gone = stored.text === undefined;
  const method = gone ? 'DELETE' : stored.version === 1 && !('clientId' in stored) ? 'POST' : 'PUT';
  const request = { method, url: method === 'POST' ? stored.type : path };
  const status = gone ? '204' : stored.version === 1 ? '201' : '200';
  const response = { status, etag: etagOf(stored.version), lastModified: stored.lastUpdated };
  return {
    fullUrl: `${baseUrl}/${path}`,
    ...(stored.text === undefined ? {} : { resource: stored.text }),
    extra: `"request":${JSON.stringify(request)},"response":${JSON.stringify(response)}`,
  };
}

async function permittedVersions(
  context: Context,
  reach: Reach,
  scope: HistoryScope,
  parameters: HistoryParameters,
  from?: string,
) {
  const versions: StoredVersion[] = [];
  let cursor = from;
  let scanned = 0;
  while (versions.length < parameters.count && scanned < MAX_SCANNED) {
    const { since } = parameters;
    const page = await context.services.vault.history({
      ...scope,
      since,
      cursor,
      limit: parameters.count - versions.length,
    });
    scanned += page.versions.length;
    versions.push(
      ...page.versions.filter((stored) => stored.erased !== true && disclose(context, reach, stored)),
    );
    cursor = page.next;
    if (cursor === undefined) break;
  }
  return { versions, next: cursor };
}

/** FHIR R4 §http-history, newest first. A resource that may not be seen has no history: `not-found`. */
export async function history(
  context: Context,
  scope: HistoryScope,
  query: Query,
  cursor?: string,
): Promise<Answer> {
  context.trail.action = 'R';
  context.trail.subtype = scope.id === undefined ? 'history-type' : 'history-instance';
  const reach = reachOf(context.principal, scope.type, 'r');
  const parameters = historyParameters(query);
  const page = await permittedVersions(context, reach, scope, parameters, cursor);
  if (
    scope.id !== undefined &&
    page.versions.length === 0 &&
    cursor === undefined &&
    parameters.since === undefined &&
    parameters.count > 0
  ) {
    throw new FhirError('not-found', 'There is no such resource, or you may not see it.');
  }
  const { baseUrl } = context.services;
  const path = scope.id === undefined ? scope.type : `${scope.type}/${scope.id}`;
  const links = [{ relation: 'self', url: `${baseUrl}/${path}/_history` }];
  if (page.next !== undefined) {
    links.push({
      relation: 'next',
      url: pageUrl(context, { kind: 'history', type: scope.type, id: scope.id, query, cursor: page.next }),
    });
  }
  const entries = page.versions.map((stored) => entryOf(baseUrl, stored));
  return { status: 200, body: bundleText({ type: 'history', links }, entries), headers: {} };
}
