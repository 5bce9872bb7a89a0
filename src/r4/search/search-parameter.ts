import type { CondensedSearchParameter } from '../definitions/condensed.ts';
import { loadDefinitions } from '../definitions/definitions.ts';
import { referenceTypes } from './reference-types.ts';

/** How a search parameter is matched (R4 §3.1.1.5.4–13). */
export type SearchType =
  | 'token'
  | 'reference'
  | 'string'
  | 'date'
  | 'number'
  | 'quantity'
  | 'uri'
  | 'composite';

/** A search parameter of one resource type, as this server indexes it. */
export interface SearchParameter {
  readonly name: string;
  readonly url: string;
  readonly type: SearchType;
  /** FHIRPath, only the terms that begin at this resource type. */
  readonly expression: string;
  readonly description: string;
  /** Resource types a reference may name; empty when any. */
  readonly targets: readonly string[];
  /** Parts of a composite, in the order of its values. */
  readonly components: readonly SearchComponent[];
  readonly multipleOr: boolean;
  /** True for dates of birth and death: the index holds them as hashes only, so they cannot be sorted by. */
  readonly hidden: boolean;
}

/** A part of a composite: its path below the composite's, and how its values are matched. */
export interface SearchComponent {
  readonly name: string;
  readonly type: SearchType;
  readonly expression: string;
}

const HIDDEN = new Set(['birthdate', 'death-date']);
const TYPES: ReadonlySet<string> = new Set([
  'token',
  'reference',
  'string',
  'date',
  'number',
  'quantity',
  'uri',
  'composite',
]);
/** Parameters of every resource that name something else than an element: the index cannot answer them. */
const NOT_INDEXED = new Set(['_text', '_content', '_query', '_filter']);

/**
 * AuditEvent's purpose of use: R4 has no parameter for it (R5 searches it as `AuditEvent.authorization`), and who asked for what
 * purpose is the first thing that an audit is asked (45 CFR 164.312(b)).
 */
const AUDIT_PURPOSE: SearchParameter = {
  name: 'purpose',
  url: 'urn:holdfast:search-parameter:AuditEvent-purpose',
  type: 'token',
  expression: 'AuditEvent.purposeOfEvent',
  description: 'Purpose of use of the event',
  targets: [],
  components: [],
  multipleOr: true,
  hidden: false,
};

const byType = new Map<string, ReadonlyMap<string, SearchParameter>>();

/**
 * The search parameters of a resource type by name, those of every resource (`_id`, `_lastUpdated`, `_profile`,
 * `_security`, `_source`, `_tag`) among them. Empty for a name that is no resource type.
 */
export function searchParameters(type: string): ReadonlyMap<string, SearchParameter> {
  let parameters = byType.get(type);
  if (parameters === undefined) {
    parameters = new Map(parametersOf(type).map((parameter) => [parameter.name, parameter]));
    byType.set(type, parameters);
  }
  return parameters;
}

/** The search parameters of a resource type in the order of their names, for a CapabilityStatement. */
export function searchParametersFor(type: string): readonly SearchParameter[] {
  return [...searchParameters(type).values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function parametersOf(type: string): SearchParameter[] {
  const schema = loadDefinitions().types.get(type);
  if (schema?.sort !== 'resource' || schema.abstract) return [];
  const bases = [type];
  for (let base = schema.base; base !== undefined; base = base.base) bases.push(base.name);
  const own = type === 'AuditEvent' ? [AUDIT_PURPOSE] : [];
  const standard = loadDefinitions().searchParameters.flatMap((condensed) => {
    const base = bases.find((name) => Object.hasOwn(condensed.expressions, name));
    if (base === undefined || NOT_INDEXED.has(condensed.code) || !TYPES.has(condensed.type)) return [];
    return [toParameter(condensed, base)];
  });
  return [...standard, ...own];
}

function toParameter(condensed: CondensedSearchParameter, base: string): SearchParameter {
  const expression = condensed.expressions[base] ?? '';
  return {
    name: condensed.code,
    url: condensed.url,
    type: condensed.type as SearchType,
    expression,
    description: condensed.descriptions[base] ?? '',
    targets: condensed.type === 'reference' ? referenceTypes(expression, condensed.targets ?? []) : [],
    components: (condensed.components ?? []).map(({ definition, expression }) => {
      const part = loadDefinitions().searchParameters.find(({ url }) => url === definition);
      if (part === undefined) throw new Error(`The R4 definitions lack ${definition}.`);
      return { name: part.code, type: part.type as SearchType, expression };
    }),
    multipleOr: condensed.multipleOr ?? true,
    hidden: HIDDEN.has(condensed.code),
  };
}
