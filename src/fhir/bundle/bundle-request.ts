import { type BundleEntry, splitBundle } from '../../r4/index.ts';
import { FhirError } from '../errors.ts';
import { type Interaction, parseInteraction, pathSegments } from '../interaction.ts';
import type { Prepared } from '../prepared.ts';
import { parseQuery, type Query } from '../query.ts';

/** Entries of one Bundle; a Synthea patient has up to a few thousand. */
const MAX_ENTRIES = 20_000; // keeps one commit below a few seconds

/** One entry of a transaction or batch, parsed. */
export interface EntryRequest {
  readonly index: number;
  readonly fullUrl: string | undefined;
  readonly method: string;
  readonly interaction: Interaction;
  readonly query: Query;
  /** The query text, for conditional interactions. */
  readonly criteria: string;
  readonly ifMatch: string | undefined;
  readonly ifNoneExist: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly body: string | undefined;
}

/** A Bundle that is to be executed. */
export interface BundleRequest {
  readonly type: 'transaction' | 'batch';
  readonly entries: readonly BundleEntry[];
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE']);

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** The part of a URL below this server's base; a relative one stands as it is. */
function belowBase(url: string, baseUrl: string): string {
  return url.startsWith(`${baseUrl}/`) ? url.slice(baseUrl.length) : url;
}

/** One entry as a request. Throws FhirError naming the part at fault. */
export function entryRequest(entry: BundleEntry, index: number, baseUrl: string): EntryRequest {
  const method = text(entry.request?.method);
  const url = text(entry.request?.url);
  if (method === undefined || url === undefined)
    throw new FhirError('invalid', 'Every entry needs request.method and request.url.', {
      expression: 'request',
    });
  if (!METHODS.has(method))
    throw new FhirError('invalid', 'This method is not supported.', { expression: 'request.method' });
  const [path = '', criteria = ''] = belowBase(url, baseUrl).split(/\?(.*)/s, 2);
  if (method === 'DELETE' && criteria !== '')
    throw new FhirError('method-not-allowed', 'Conditional delete is not supported.', {
      expression: 'request.url',
    });
  const query = parseQuery(criteria);
  const interaction = parseInteraction(method, pathSegments(path), query);
  if (interaction.kind === 'bundle' || interaction.kind === 'page')
    throw new FhirError('invalid', 'An entry cannot hold another Bundle or a page.', {
      expression: 'request.url',
    });
  return {
    index,
    fullUrl: entry.fullUrl,
    method,
    interaction,
    query,
    criteria,
    ifMatch: text(entry.request?.ifMatch),
    ifNoneExist: text(entry.request?.ifNoneExist),
    ifNoneMatch: text(entry.request?.ifNoneMatch),
    body: entry.resourceText,
  };
}

/** Reads a Bundle that is to be executed (FHIR R4 §http-transaction). Throws FhirError naming the element at fault. */
export function bundleRequest({ type: resourceType, resource, text: canonical }: Prepared): BundleRequest {
  const { type, entry } = resource;
  if (resourceType !== 'Bundle' || (type !== 'transaction' && type !== 'batch')) {
    const message = 'Only transaction and batch Bundles are executed here; store others at /Bundle.';
    throw new FhirError('invalid', message, { expression: 'Bundle.type' });
  }
  if (entry !== undefined && !Array.isArray(entry))
    throw new FhirError('invalid', 'Bundle.entry is a list.', { expression: 'Bundle.entry' });
  const entries = splitBundle(canonical);
  if (entries.length > MAX_ENTRIES)
    throw new FhirError('too-large', `A Bundle holds at most ${MAX_ENTRIES} entries.`, {
      expression: 'Bundle.entry',
    });
  return { type, entries };
}
