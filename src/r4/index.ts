export { type BundleEntry, splitBundle } from './bundle.ts';
export { compartments } from './compartment.ts';
export { type DecisionFacts, decisionFacts } from './decision-facts.ts';
export { loadDefinitions } from './definitions/definitions.ts';
export { R4ParseError, type R4ParseErrorCode } from './errors.ts';
export type { LabelledPart } from './inline-label.ts';
export { maskedText } from './masking/masked-text.ts';
export { type ParsedResource, type ParseLimits, parseResource } from './parse.ts';
export { escapeValue } from './query/escape.ts';
export * from './query/limit.ts';
export { type ParsedSearch, parseSearch } from './query/parse-search.ts';
export type { SearchContext } from './query/parse-value.ts';
export type * from './query/search.ts';
export { parseReference, type ReferenceText } from './reference.ts';
export { REDACTED } from './release-tag.ts';
export { type Coding, isResourceType, type Resource, type ResourceMeta, resourceTypes } from './resource.ts';
export { type RewriteLink, rewriteReferences } from './rewrite.ts';
export { extractIndex, extractParameters, referencesOf } from './search/extract.ts';
export type * from './search/index-entry.ts';
export { matchesFilters } from './search/match.ts';
export { type NumberRange, numberRange } from './search/number-range.ts';
export {
  type SearchComponent,
  type SearchParameter,
  type SearchType,
  searchParameters,
  searchParametersFor,
} from './search/search-parameter.ts';
export { EARLIEST_TIME, LATEST_TIME, type TimeRange, timeRange } from './search/time-range.ts';
export { type ServerFields, stripServerFields, withServerFields } from './server-fields.ts';
export { elementsOf, type SummaryMode, summaryOf } from './subset.ts';
export type { Issue, IssueCode } from './validation/issue.ts';
export { validate } from './validation/validate.ts';
