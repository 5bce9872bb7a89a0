/** A search that was understood whole (R4 §3.1.1): every part of it can be answered from the index. */
export interface Search {
  readonly type: string;
  /** All must match. */
  readonly filters: readonly Filter[];
  readonly includes: readonly Include[];
  readonly revIncludes: readonly Include[];
  readonly sort: readonly SortKey[];
  /** Entries a page; undefined leaves it to the server, 0 asks for the total only. */
  readonly count?: number;
  readonly total?: 'none' | 'estimate' | 'accurate';
  readonly summary?: 'true' | 'false' | 'text' | 'data' | 'count';
  readonly elements?: readonly string[];
  readonly format?: string;
}

/** One parameter of a search. Of its `values` one must match. */
export type Filter =
  | TokenFilter
  | ReferenceFilter
  | StringFilter
  | DateFilter
  | NumberFilter
  | QuantityFilter
  | UriFilter
  | CompositeFilter
  | MissingFilter
  | ChainFilter
  | HasFilter;

/** Codes. With `not`, resources that have none of the values match, those without any value too (R4 §3.1.1.5.5). */
export interface TokenFilter {
  readonly kind: 'token';
  readonly param: string;
  readonly not: boolean;
  readonly values: readonly TokenValue[];
}

/** `code` (of whatever system), `system|code`, `|code` (system '': none), `system|` (any code of it). */
export interface TokenValue {
  readonly system?: string;
  readonly code?: string;
}

/** References, by target or (`:identifier`) by the identifier they carry. */
export interface ReferenceFilter {
  readonly kind: 'reference';
  readonly param: string;
  readonly values: readonly ReferenceValue[];
}

/** A target. `types` are those an id alone can belong to; empty when any. */
export type ReferenceValue =
  | { readonly by: 'id'; readonly types: readonly string[]; readonly id: string }
  | { readonly by: 'url'; readonly url: string }
  | { readonly by: 'identifier'; readonly token: TokenValue };

/** Text: starts with `normalized`, or equals `exact` when `exactly`. */
export interface StringFilter {
  readonly kind: 'string';
  readonly param: string;
  readonly exactly: boolean;
  readonly values: readonly { readonly normalized: string; readonly exact: string }[];
}

/** R4 §3.1.1.5.3. */
export type Prefix = 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb' | 'ap';

/** Times; both ends of a value inclusive, milliseconds since 1970 UTC. `ap` is already widened to its range. */
export interface DateFilter {
  readonly kind: 'date';
  readonly param: string;
  /** The index has hashes of year, month and day only: `text` is for those. */
  readonly hidden: boolean;
  readonly values: readonly DateValue[];
}

/** A time as asked for. */
export interface DateValue {
  readonly prefix: Prefix;
  readonly low: number;
  readonly high: number;
  /** As written, without the prefix. */
  readonly text: string;
}

/** Numbers; `low` inclusive, `high` exclusive, from the digits written. `ap` is already widened to its range. */
export interface NumberFilter {
  readonly kind: 'number';
  readonly param: string;
  readonly values: readonly NumberValue[];
}

/** A number as asked for. */
export interface NumberValue {
  readonly prefix: Prefix;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Quantities; without `code` any unit, with `code` and no `system` the code or the unit as text. */
export interface QuantityFilter {
  readonly kind: 'quantity';
  readonly param: string;
  readonly values: readonly QuantityValue[];
}

/** A quantity as asked for. */
export interface QuantityValue extends NumberValue {
  readonly system?: string;
  readonly code?: string;
}

/** URIs, equal as they are. */
export interface UriFilter {
  readonly kind: 'uri';
  readonly param: string;
  readonly values: readonly string[];
}

/** Values that must be met by one group of the resource, component by component. */
export interface CompositeFilter {
  readonly kind: 'composite';
  readonly param: string;
  /** Each with a filter of one value for each component. */
  readonly values: readonly (readonly Filter[])[];
}

/** `:missing`. */
export interface MissingFilter {
  readonly kind: 'missing';
  readonly param: string;
  readonly missing: boolean;
}

/** `subject:Patient.name=…`: the reference leads to a resource of one of these types that matches. */
export interface ChainFilter {
  readonly kind: 'chain';
  readonly param: string;
  readonly targets: readonly { readonly type: string; readonly filter: Filter }[];
}

/** `_has:Observation:patient:code=…`: a resource of `type` refers here by `reference` and matches. */
export interface HasFilter {
  readonly kind: 'has';
  readonly type: string;
  readonly reference: string;
  readonly filter: Filter;
}

/** `_include=Observation:subject:Patient`. */
export interface Include {
  readonly type: string;
  readonly param: string;
  readonly target?: string;
}

/** `_sort=-date`. */
export interface SortKey {
  readonly param: string;
  readonly descending: boolean;
}

/** Why a parameter was refused. Names the parameter and never its value, which may be personal. */
export interface SearchIssue {
  /** R4 IssueType. */
  readonly code: 'not-supported' | 'value' | 'too-costly';
  readonly parameter: string;
  readonly message: string;
}
