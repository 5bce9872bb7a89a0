/** One entry of a searchset or history Bundle; `resource` is JSON text and goes out byte for byte. */
export interface BundleEntry {
  readonly fullUrl?: string;
  readonly resource?: string;
  readonly mode?: 'match' | 'include' | 'outcome';
  /** JSON text of further members, such as `"request":{…}`. */
  readonly extra?: string;
}

/** A Bundle's own members; absent ones are left out. */
export interface BundleHead {
  readonly type: 'searchset' | 'history' | 'transaction-response' | 'batch-response';
  readonly total?: number;
  /** The highest labels of what is in it: `meta.security`. */
  readonly security?: readonly object[];
  readonly links?: readonly { readonly relation: string; readonly url: string }[];
}

function entryText({ fullUrl, resource, mode, extra }: BundleEntry): string {
  let text = '';
  if (fullUrl !== undefined) text += `,"fullUrl":${JSON.stringify(fullUrl)}`;
  if (resource !== undefined) text += `,"resource":${resource}`;
  if (mode !== undefined) text += `,"search":{"mode":"${mode}"}`;
  if (extra !== undefined) text += `,${extra}`;
  return `{${text.slice(1)}}`;
}

/**
 * A Bundle as JSON text, joined from the texts of its resources: they are neither parsed nor written anew,
 * so decimals keep their digits. Empty arrays are left out, as FHIR R4 §json requires.
 */
export function bundleText(
  { type, total, links, security }: BundleHead,
  entries: readonly BundleEntry[],
): string {
  let text = `{"resourceType":"Bundle"`;
  if (security !== undefined && security.length > 0)
    text += `,"meta":{"security":${JSON.stringify(security)}}`;
  text += `,"type":"${type}"`;
  if (total !== undefined) text += `,"total":${total}`;
  if (links !== undefined && links.length > 0) text += `,"link":${JSON.stringify(links)}`;
  if (entries.length > 0) text += `,"entry":[${entries.map(entryText).join(',')}]`;
  return `${text}}`;
}
