import { compartments } from './compartment.ts';
import type { TypeSchema } from './definitions/schema.ts';
import { resourceItem } from './fhirpath/item.ts';
import { isObject, type JsonObject, type Resource } from './resource.ts';
import { extractParameters } from './search/extract.ts';

/** What a consent decision needs to know of a resource; codes are written `system|code`. */
export interface DecisionFacts {
  readonly type: string;
  /** For `provision.class`: the resource type, its profiles, the class of an Encounter. */
  readonly classes: readonly string[];
  /** Codings of `category`. */
  readonly categories: readonly string[];
  /** For `provision.code`, which speaks of a code "found in an instance": every coding outside meta, at any depth. */
  readonly codes: readonly string[];
  /** Security labels, of resources inside as well. */
  readonly labels: readonly string[];
  /** For `provision.dataPeriod`: when what the resource tells took place; undefined when it does not say. */
  readonly period?: { readonly startMs: number; readonly endMs: number };
  /** Logical ids of the patients in whose compartments it is. */
  readonly patients: readonly string[];
}

const RESOURCE_TYPES = 'http://hl7.org/fhir/resource-types';
const PROFILES = 'urn:ietf:rfc:3986';

/** Search parameters that tell when something took place, the most telling first. */
const TIMES =
  'date onset-date effective effective-time occurrence event-date period started collected performed whenhandedover whenprepared sent identified datetime datewritten recorded recorded-date authoredon authored authored-on created issued start-date'.split(
    ' ',
  );

/** The facts of a valid resource. */
export function decisionFacts(resource: Resource): DecisionFacts {
  const { resourceType: type, meta } = resource;
  const codes = new Set<string>();
  const labels = new Set<string>();
  const { value, type: schema } = resourceItem(resource);
  collect(value as JsonObject, schema, codes, labels);
  const profiles = (meta?.profile ?? []).map((profile) => `${PROFILES}|${profile}`);
  const period = periodOf(resource);
  return {
    type,
    classes: [`${RESOURCE_TYPES}|${type}`, ...profiles, ...codingsIn(resource.class)],
    categories: codingsIn(resource.category),
    codes: [...codes],
    labels: [...labels],
    ...(period === undefined ? {} : { period }),
    patients: compartments(resource).patients,
  };
}

function periodOf(resource: Resource): DecisionFacts['period'] {
  for (const name of TIMES) {
    const ranges = extractParameters(resource, [name]).filter((entry) => entry.kind === 'date');
    if (ranges.length === 0) continue;
    return {
      startMs: Math.min(...ranges.map(({ low }) => low)),
      endMs: Math.max(...ranges.map(({ high }) => high)),
    };
  }
  return undefined;
}

/** Walks along the types, because a Quantity has a system and a code too. */
function collect(object: JsonObject, type: TypeSchema, codes: Set<string>, labels: Set<string>): void {
  for (const name in object) {
    const element = type.elements.get(name);
    if (element === undefined || element.type.sort === 'primitive') continue;
    const value = object[name];
    for (const each of Array.isArray(value) ? value : [value]) {
      if (!isObject(each)) continue;
      if (element.type.name === 'Meta') addAll(labels, codingsIn(each.security));
      else if (element.type.name === 'Coding') addAll(codes, codingsIn(each));
      else if (element.type.name === 'Resource') {
        const inner = resourceItem(each);
        collect(each, inner.type, codes, labels);
      } else collect(each, element.type, codes, labels);
    }
  }
}

function addAll(set: Set<string>, values: readonly string[]): void {
  for (const value of values) set.add(value);
}

/** The codings of a Coding, a CodeableConcept, a code, or a list of these. */
function codingsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(codingsIn);
  if (typeof value === 'string') return [`|${value}`];
  if (!isObject(value)) return [];
  if (Array.isArray(value.coding)) return value.coding.flatMap(codingsIn);
  const { system, code } = value;
  return typeof code === 'string' ? [`${typeof system === 'string' ? system : ''}|${code}`] : [];
}
