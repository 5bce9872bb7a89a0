import type { StoredVersion } from '../../vault/index.ts';
import { disclose, type Reach, reachOf } from '../access.ts';
import { type BundleEntry, bundleText } from '../bundle/searchset.ts';
import type { Answer, Context } from '../context.ts';
import { FhirError } from '../errors.ts';
import { readPermitted } from '../interactions/read.ts';
import type { Operation, OperationCall } from '../operation.ts';
import { pageUrl } from '../search/paging.ts';

const DEFAULT_COUNT = 500; // one screen of a timeline without a second request
const MAX_COUNT = 1_000; // one answer stays in the low megabytes
const MAX_SCANNED = 5_000; // rows looked at for one page

/** A page of one patient's compartment. */
export interface CompartmentPage {
  readonly versions: readonly StoredVersion[];
  readonly next: string | undefined;
}

function reader(context: Context, type: string): Reach | undefined {
  try {
    return reachOf(context.principal, type, 'r');
  } catch (error) {
    if (error instanceof FhirError) return undefined;
    throw error;
  }
}

/** The permitted resources of a patient's compartment, each after its own decision; what is not permitted leaves no gap. */
export async function compartmentPage(
  context: Context,
  patient: string,
  options: { count: number; types?: readonly string[]; since?: string; cursor?: string },
): Promise<CompartmentPage> {
  const versions: StoredVersion[] = [];
  const reaches = new Map<string, Reach | undefined>();
  let { cursor } = options;
  let scanned = 0;
  while (versions.length < options.count && scanned < MAX_SCANNED) {
    const page = await context.services.vault.compartment({
      patient,
      cursor,
      limit: options.count - versions.length,
    });
    scanned += page.hits.length;
    for (const hit of page.hits) {
      if (options.types !== undefined && !options.types.includes(hit.type)) continue;
      if (!reaches.has(hit.type)) reaches.set(hit.type, reader(context, hit.type));
      const reach = reaches.get(hit.type);
      const stored = reach === undefined ? undefined : await context.services.vault.read(hit.type, hit.id);
      if (reach === undefined || stored?.text === undefined) continue;
      if (options.since !== undefined && stored.lastUpdated < options.since) continue;
      if (disclose(context, reach, stored)) versions.push(stored);
    }
    cursor = page.next;
    if (cursor === undefined) break;
  }
  return { versions, next: cursor };
}

interface Parameters {
  count: number;
  types?: readonly string[];
  since?: string;
  cursor?: string;
}

function parameters(call: OperationCall): Parameters {
  const result: Parameters = { count: DEFAULT_COUNT };
  for (const [name, value] of call.query) {
    if (name === '_count' && /^[1-9]\d{0,3}$/.test(value)) result.count = Math.min(MAX_COUNT, Number(value));
    else if (name === '_type') result.types = value.split(',');
    else if (name === '_since' && !Number.isNaN(Date.parse(value)))
      result.since = new Date(value).toISOString();
    else if (name === '_cursor') result.cursor = value;
    else if (name !== '_format')
      throw new FhirError('search-unsupported', `$everything cannot answer ${name}.`, { expression: name });
  }
  return result;
}

async function everything(context: Context, call: OperationCall): Promise<Answer> {
  const { id } = call;
  if (id === undefined) throw new FhirError('unknown-operation', '$everything is offered for one Patient.');
  await readPermitted(context, 'Patient', id);
  const asked = parameters(call);
  const page = await compartmentPage(context, id, asked);
  const { baseUrl } = context.services;
  const entries: BundleEntry[] = page.versions.flatMap((stored) =>
    stored.text === undefined
      ? []
      : [
          {
            fullUrl: `${baseUrl}/${stored.type}/${stored.id}`,
            resource: stored.text,
            mode: 'match' as const,
          },
        ],
  );
  const links = [{ relation: 'self', url: `${baseUrl}/Patient/${id}/$everything` }];
  if (page.next !== undefined) {
    const query = call.query.filter(([name]) => name !== '_cursor');
    links.push({
      relation: 'next',
      url: pageUrl(context, { kind: 'everything', type: 'Patient', id, query, cursor: page.next }),
    });
  }
  return { status: 200, body: bundleText({ type: 'searchset', links }, entries), headers: {} };
}

/** `Patient/$everything` (FHIR R4 §patient-operation-everything), paged. */
export const everythingOperation: Operation = {
  name: 'everything',
  levels: ['instance'],
  types: ['Patient'],
  affectsState: false,
  definition: 'http://hl7.org/fhir/OperationDefinition/Patient-everything',
  perform: everything,
};
