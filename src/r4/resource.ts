import { loadDefinitions } from './definitions/definitions.ts';

/** A FHIR resource as `JSON.parse` gives it: numbers have lost their digits, the canonical text beside it has them. */
export interface Resource {
  readonly resourceType: string;
  readonly id?: string;
  readonly meta?: ResourceMeta;
  readonly [element: string]: unknown;
}

/** The elements of `Resource.meta` that the product itself reads or sets. */
export interface ResourceMeta {
  readonly versionId?: string;
  readonly lastUpdated?: string;
  readonly source?: string;
  readonly profile?: readonly string[];
  readonly security?: readonly Coding[];
  readonly tag?: readonly Coding[];
}

/** R4 Coding. */
export interface Coding {
  readonly system?: string;
  readonly version?: string;
  readonly code?: string;
  readonly display?: string;
}

/** A JSON object whose members are not known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** True for a JSON object: not null, not an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

let types: readonly string[] | undefined;

/** The 146 concrete resource types of R4, sorted. */
export function resourceTypes(): readonly string[] {
  types ??= [...loadDefinitions().types.values()]
    .filter((type) => type.sort === 'resource' && !type.abstract)
    .map((type) => type.name)
    .sort();
  return types;
}

/** True when the name is a concrete R4 resource type; names are case-sensitive. */
export function isResourceType(name: string): boolean {
  const type = loadDefinitions().types.get(name);
  return type?.sort === 'resource' && !type.abstract;
}
