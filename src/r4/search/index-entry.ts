/** What the index says of a resource for one search parameter. A resource has as many entries as it has values. */
export type IndexEntry =
  | TokenEntry
  | ReferenceEntry
  | StringEntry
  | DateEntry
  | NumberEntry
  | QuantityEntry
  | UriEntry
  | CompositeEntry;

/** A code in a system; also identifiers, booleans, contact points (R4 §3.1.1.5.9). */
export interface TokenEntry {
  readonly kind: 'token';
  readonly param: string;
  readonly system?: string;
  readonly code: string;
}

/** What a reference points at: a resource here, a URL, or an identifier; a reference can say two of these. */
export interface ReferenceEntry {
  readonly kind: 'reference';
  readonly param: string;
  readonly target: { readonly type?: string; readonly id?: string; readonly url?: string };
  readonly identifier?: { readonly system?: string; readonly value: string };
}

/** Text: `normalized` for the default match (starts with), `exact` for `:exact`. */
export interface StringEntry {
  readonly kind: 'string';
  readonly param: string;
  readonly normalized: string;
  readonly exact: string;
}

/** The time a value covers, both ends inclusive, milliseconds since 1970 UTC. */
export interface DateEntry {
  readonly kind: 'date';
  readonly param: string;
  readonly low: number;
  readonly high: number;
  /** A date of birth or death: stored hashed only. */
  readonly hidden?: true;
  /** As in the resource (`1970`, `1970-05`, `1970-05-01`), for hidden dates only. */
  readonly value?: string;
}

/** A number with the range that its written digits stand for. */
export interface NumberEntry {
  readonly kind: 'number';
  readonly param: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A quantity; without a value (a Range) `value` is the middle or the end that is there. */
export interface QuantityEntry {
  readonly kind: 'quantity';
  readonly param: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly system?: string;
  readonly code?: string;
  readonly unit?: string;
}

/** A URI, compared as it is. */
export interface UriEntry {
  readonly kind: 'uri';
  readonly param: string;
  readonly value: string;
}

/** One group of values that belong together, the entries of each component in order; none of the lists is empty. */
export interface CompositeEntry {
  readonly kind: 'composite';
  readonly param: string;
  readonly components: readonly (readonly IndexEntry[])[];
}
