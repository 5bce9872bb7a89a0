import { itemSpans, memberSpans } from './json/canonical-span.ts';

/** One entry of a Bundle, its resource still as text so that digits stay. */
export interface BundleEntry {
  readonly fullUrl?: string;
  /** `Bundle.entry.request`, as parsed. */
  readonly request?: Readonly<Record<string, unknown>>;
  /** Canonical text of `Bundle.entry.resource`. */
  readonly resourceText?: string;
}

/** The entries of a Bundle given as canonical text, in order; an empty list when it has none. */
export function splitBundle(text: string): BundleEntry[] {
  const entries = memberSpans(text, 0).find(({ name }) => name === 'entry');
  if (entries === undefined || text[entries.valueStart] !== '[') return [];
  return itemSpans(text, entries.valueStart).map(({ start }) => splitEntry(text, start));
}

function splitEntry(text: string, at: number): BundleEntry {
  const entry: { -readonly [K in keyof BundleEntry]: BundleEntry[K] } = {};
  if (text[at] !== '{') return entry;
  for (const { name, valueStart, end } of memberSpans(text, at)) {
    const value = text.slice(valueStart, end);
    if (name === 'resource') entry.resourceText = value;
    else if (name === 'fullUrl' && value.startsWith('"')) entry.fullUrl = JSON.parse(value);
    else if (name === 'request' && value.startsWith('{')) entry.request = JSON.parse(value);
  }
  return entry;
}
