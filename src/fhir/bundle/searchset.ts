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
  readonly links?: readonly { relation: string; url: string }[];
  /** JSON text of `meta`. */
  readonly meta?: string;
}

function entryText(entry: BundleEntry): string {
  const members: string[] = [];
  if (entry.fullUrl !== undefined) members.push(`"fullUrl":${JSON.stringify(entry.fullUrl)}`);
  if (entry.resource !== undefined) members.push(`"resource":${entry.resource}`);
  if (entry.mode !== undefined) members.push(`"search":{"mode":"${entry.mode}"}`);
  if (entry.extra !== undefined) members.push(entry.extra);
  return `{${members.join(',')}}`;
}

/**
 * A Bundle as JSON text, joined from the texts of its resources: they are neither parsed nor written anew,
 * so decimals keep their digits. Empty arrays are left out, as FHIR R4 §json requires.
 */
export function bundleText(head: BundleHead, entries: readonly BundleEntry[]): string {
  const members = [`"resourceType":"Bundle"`, `"type":"${head.type}"`];
  if (head.meta !== undefined) members.push(`"meta":${head.meta}`);
  if (head.total !== undefined) members.push(`"total":${head.total}`);
  if (head.links !== undefined && head.links.length > 0) members.push(`"link":${JSON.stringify(head.links)}`);
  if (entries.length > 0) members.push(`"entry":[${entries.map(entryText).join(',')}]`);
  return `{${members.join(',')}}`;
}
