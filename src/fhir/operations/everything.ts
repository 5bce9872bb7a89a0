import { isResourceType } from '../../r4/index.ts';
import type { Hit } from '../../vault/index.ts';
import { type Judged, judge, note, type Reach, reachWithin, type Shown } from '../access.ts';
import { bundleText } from '../bundle/bundle-text.ts';
import { commitRequest } from '../commit.ts';
import type { Answer, Context } from '../context.ts';
import { FhirError } from '../errors.ts';
import { instantOf } from '../interactions/history.ts';
import { readPermitted } from '../interactions/read.ts';
import type { Operation, OperationCall } from '../operation.ts';
import type { Query } from '../query.ts';
import { Releases } from '../release.ts';
import { nextLink } from '../search/paging.ts';
import { walkPermitted } from '../search/permitted-walk.ts';
import { simpleParameters } from './parameters.ts';

const DEFAULT_COUNT = 500; // one screen of a timeline without a second request
const MAX_COUNT = 1_000; // one answer stays in the low megabytes

/** A page of one patient's compartment. */
export interface CompartmentPage {
  readonly versions: readonly Shown[];
  readonly next: string | undefined;
}

/** Which part of a compartment is read. */
export interface CompartmentPart {
  readonly count: number;
  /** Only these resource types. */
  readonly types?: readonly string[];
  /** RFC 3339 UTC: only what was updated then or later. */
  readonly since?: string;
  readonly cursor?: string | undefined;
}

/** The permitted resources of a patient's compartment, each after its own decision; what is not permitted leaves no gap. */
export async function compartmentPage(
  context: Context,
  patient: string,
  { count, types, since, cursor }: CompartmentPart,
): Promise<CompartmentPage> {
  const { vault } = context.services;
  const reaches = new Map<string, Reach | undefined>();
  const reachTo = (type: string): Reach | undefined => {
    if (!reaches.has(type)) reaches.set(type, reachWithin(context.principal, type, 'r'));
    return reaches.get(type);
  };
  const fetch = async (from: string | undefined, limit: number) => {
    const { hits, next } = await vault.compartment({ patient, cursor: from, limit });
    return { rows: hits, next };
  };
  const keep = async ({ type, id }: Hit): Promise<Judged | undefined> => {
    const reach = types === undefined || types.includes(type) ? reachTo(type) : undefined;
    const stored = reach === undefined ? undefined : await vault.read(type, id);
    if (reach === undefined || stored?.text === undefined) return undefined;
    return since !== undefined && stored.lastUpdated < since ? undefined : judge(context, reach, stored);
  };
  const page = await walkPermitted({ fetch, keep }, count, cursor);
  for (const judged of page.kept) note(context, judged);
  return { versions: page.kept.map(({ shown }) => shown), next: page.next };
}

function partOf(query: Query): CompartmentPart {
  let count = DEFAULT_COUNT;
  let types: string[] | undefined;
  let since: string | undefined;
  for (const [name, value] of query) {
    if (name === '_count' && /^[1-9]\d{0,8}$/.test(value)) count = Math.min(MAX_COUNT, Number(value));
    else if (name === '_type' && value.split(',').every(isResourceType)) types = value.split(',');
    else if (name === '_since' && instantOf(value) !== undefined) since = instantOf(value);
    else if (name !== '_format' && name !== '_pretty')
      throw new FhirError('search-unsupported', '$everything cannot answer this parameter or its value.', {
        expression: name.slice(0, 100),
      });
  }
  return { count, ...(types === undefined ? {} : { types }), ...(since === undefined ? {} : { since }) };
}

/** One page of a patient's everything. Throws FhirError `not-found` for a patient who may not be seen. */
export async function everythingPage(
  context: Context,
  id: string,
  query: Query,
  cursor?: string,
): Promise<Answer> {
  await readPermitted(context, 'Patient', id);
  const page = await compartmentPage(context, id, { ...partOf(query), cursor });
  const releases = new Releases(context);
  for (const shown of page.versions) releases.add(shown, {}, { mode: 'match' });
  const links = [
    { relation: 'self' as const, url: `${context.services.baseUrl}/Patient/${id}/$everything` },
    ...nextLink(context, { kind: 'everything', type: 'Patient', id, query }, page.next),
  ];
  const { entries, events, security } = releases;
  if (events.length > 0) await commitRequest(context, 200, { events });
  const body = bundleText({ type: 'searchset', links, security }, entries);
  return { status: 200, body, headers: {}, labels: releases.labels };
}

async function everything(context: Context, call: OperationCall): Promise<Answer> {
  if (call.id === undefined)
    throw new FhirError('unknown-operation', '$everything is offered for one Patient.');
  return everythingPage(context, call.id, simpleParameters(call));
}

/** `Patient/$everything` (FHIR R4 §patient-operation-everything): the compartment of one patient, paged. */
export const everythingOperation: Operation = {
  name: 'everything',
  levels: ['instance'],
  types: ['Patient'],
  affectsState: false,
  definition: 'http://hl7.org/fhir/OperationDefinition/Patient-everything',
  perform: everything,
};
