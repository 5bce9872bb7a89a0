import { type BundleEntry, splitBundle } from '../../r4/index.ts';
import { FhirError } from '../errors.ts';
import { type Interaction, parseInteraction, parseQuery, pathSegments, type Query } from '../interaction.ts';
import { parsed } from '../prepared.ts';

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

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE']);

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** One entry as a request. Throws FhirError naming the entry. */
export function entryRequest(entry: BundleEntry, index: number): EntryRequest {
  const at = `Bundle.entry[${index}].request`;
  const method = text(entry.request?.method);
  const url = text(entry.request?.url);
  if (method === undefined || url === undefined) {
    throw new FhirError('invalid', 'Every entry needs request.method and request.url.', { expression: at });
  }
  if (!METHODS.has(method))
    throw new FhirError('invalid', 'This method is not supported.', { expression: `${at}.method` });
  const [path = '', criteria = ''] = url.split(/\?(.*)/s, 2);
  const query = parseQuery(criteria);
  if (method === 'DELETE' && criteria !== '') {
    throw new FhirError('method-not-allowed', 'Conditional delete is not supported.', {
      expression: `${at}.url`,
    });
  }
  return {
    index,
    fullUrl: entry.fullUrl,
    method,
    interaction: parseInteraction(method, pathSegments(path), query),
    query,
    criteria,
    ifMatch: text(entry.request?.ifMatch),
    ifNoneExist: text(entry.request?.ifNoneExist),
    ifNoneMatch: text(entry.request?.ifNoneMatch),
    body: entry.resourceText,
  };
}

/** Reads a Bundle that is to be executed (FHIR R4 §http-transaction). Throws FhirError naming the element at fault. */
export function bundleRequest(body: string): { type: 'transaction' | 'batch'; raw: BundleEntry[] } {
  const bundle = parsed(body);
  const type = bundle.resource.type;
  if (bundle.type !== 'Bundle' || (type !== 'transaction' && type !== 'batch')) {
    const message = 'Only transaction and batch Bundles are executed here; store others at /Bundle.';
    throw new FhirError('invalid', message, { expression: 'Bundle.type' });
  }
  const raw = splitBundle(bundle.text);
  if (raw.length > MAX_ENTRIES) {
    throw new FhirError('too-large', `A Bundle holds at most ${MAX_ENTRIES} entries.`, {
      expression: 'Bundle.entry',
    });
  }
  return { type, raw };
}
