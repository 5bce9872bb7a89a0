import { type Judged, note, type Reach, reachOf, type Shown } from '../access.ts';
import { bundleText } from '../bundle/bundle-text.ts';
import { commitRequest } from '../commit.ts';
import type { Answer, Context } from '../context.ts';
import { etagOf } from '../entity-tag.ts';
import { FhirError } from '../errors.ts';
import { versionJudge } from '../older-version.ts';
import type { Query } from '../query.ts';
import { Releases } from '../release.ts';
import { nextLink } from '../search/paging.ts';
import { type PermittedRows, walkPermitted } from '../search/permitted-walk.ts';

const DEFAULT_COUNT = 50; // versions are small and histories are read for review
const MAX_COUNT = 1_000; // one answer stays in the low megabytes
const WHOLE = {};

/** Which history: of one resource, or of a type. */
export interface HistoryScope {
  readonly type: string;
  readonly id?: string;
}

interface HistoryParameters {
  readonly count: number;
  readonly since: string | undefined;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/** An instant in UTC with milliseconds; undefined for what is none (FHIR R4 §datatypes instant). */
export function instantOf(text: string): string | undefined {
  const time = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/** `_count` and `_since`; anything else is refused (FHIR R4 §http-history). */
function historyParameters(query: Query): HistoryParameters {
  let count = DEFAULT_COUNT;
  let since: string | undefined;
  for (const [name, value] of query) {
    if (name === '_count' && /^\d{1,9}$/.test(value)) count = Math.min(MAX_COUNT, Number(value));
    else if (name === '_since' && instantOf(value) !== undefined) since = instantOf(value);
    else if (name !== '_format' && name !== '_pretty') {
      throw new FhirError('search-unsupported', `History cannot answer this parameter or its value.`, {
        expression: name.slice(0, 100),
      });
    }
  }
  return { count, since };
}

/** Ids of the server's own making: a client that chose one made the resource by PUT. */
const SERVER_ID = /^[0-9a-f]{32}$/;

/** What was done and with which status (FHIR R4 §http-history). The vault keeps versions, not requests: it follows from them. */
function request(shown: Shown, revived: boolean): string {
  const { type, id, version, lastUpdated } = shown;
  const isPost = version === 1 && SERVER_ID.test(id) && shown.text !== undefined;
  const method = shown.text === undefined ? 'DELETE' : isPost ? 'POST' : 'PUT';
  const status = shown.text === undefined ? '204' : version === 1 || revived ? '201' : '200';
  const url = isPost ? type : `${type}/${id}`;
  const response = { status, etag: etagOf(version), lastModified: lastUpdated };
  return `"request":${JSON.stringify({ method, url })},"response":${JSON.stringify(response)}`;
}

function permittedVersions(
  context: Context,
  reach: Reach,
  scope: HistoryScope,
  { count, since }: HistoryParameters,
  from: string | undefined,
): Promise<PermittedRows<Judged>> {
  const { vault } = context.services;
  const fetch = async (cursor: string | undefined, limit: number) => {
    const { versions, next } = await vault.history({ ...scope, since, cursor, limit });
    return { rows: versions, next };
  };
  const keep = versionJudge(context, reach);
  return walkPermitted({ fetch, keep }, count, from);
}

/** FHIR R4 §http-history, newest first. A resource that may not be seen has no history: `not-found`. */
export async function history(
  context: Context,
  scope: HistoryScope,
  query: Query,
  cursor?: string,
): Promise<Answer> {
  const { type, id } = scope;
  // SMART App Launch 2.2: an instance's history is read, a type's is searched.
  const reach = reachOf(context.principal, type, id === undefined ? 's' : 'r');
  const parameters = historyParameters(query);
  const page = await permittedVersions(context, reach, scope, parameters, cursor);
  const isWhole = cursor === undefined && parameters.since === undefined && parameters.count > 0;
  if (id !== undefined && page.kept.length === 0 && isWhole)
    throw new FhirError('not-found', 'There is no such resource, or you may not see it.');
  const releases = new Releases(context);
  for (const [at, judged] of page.kept.entries()) {
    note(context, judged);
    const { shown } = judged;
    // Of one resource the next entry is the version before.
    const revived = id !== undefined && page.kept[at + 1]?.shown.deleted === true;
    releases.add(shown, WHOLE, { extra: request(shown, revived) });
  }
  const { entries, events } = releases;
  const path = id === undefined ? type : `${type}/${id}`;
  const links = [
    { relation: 'self' as const, url: `${context.services.baseUrl}/${path}/_history` },
    ...nextLink(context, { kind: 'history', type, id, query }, page.next),
  ];
  if (events.length > 0) await commitRequest(context, 200, { events });
  return {
    status: 200,
    body: bundleText({ type: 'history', links, security: releases.security }, entries),
    headers: {},
    labels: releases.labels,
  };
}
