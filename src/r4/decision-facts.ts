import { compartments } from './compartment.ts';
import type { TypeSchema } from './definitions/schema.ts';
import { resourceItem } from './fhirpath/item.ts';
import { hasInlineLabel, type LabelledPart, labelledParts } from './inline-label.ts';
import { parseReference } from './reference.ts';
import { isObject, type JsonObject, type Resource } from './resource.ts';
import { extractParameters } from './search/extract.ts';

/** What a consent decision needs to know of a resource; codes are written `system|code`. */
export interface DecisionFacts {
  readonly type: string;
  /** Logical id; absent where the resource has none yet. */
  readonly id?: string;
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
  /** Local resources that it refers to, at any depth, as `Encounter/12`; absent where that was not looked at. */
  readonly references?: readonly string[];
  /** Those among them that wrote, asserted, recorded, performed or ordered it. */
  readonly authors?: readonly string[];
  /** Elements with labels of their own (HL7 DS4P inline labels); absent when there is none. */
  readonly parts?: readonly LabelledPart[];
  /** Labels that rules gave it, kept beside the version and never in its meta, with the version of the rules. */
  readonly computed?: { readonly rules: string; readonly labels: readonly string[] };
}

const RESOURCE_TYPES = 'http://hl7.org/fhir/resource-types';
const PROFILES = 'urn:ietf:rfc:3986';

/** Search parameters that tell when something took place, the most telling first. */
const TIMES =
  'date onset-date effective effective-time occurrence event-date period started collected performed whenhandedover whenprepared sent identified datetime datewritten recorded recorded-date authoredon authored authored-on created issued start-date'.split(
    ' ',
  );

/**
 * Elements that say whose words or acts a resource is: what R4 maps to FiveWs `author`, `source` and `actor`. Those below them
 * count as well (`Procedure.performer.actor`, `Provenance.agent.who`).
 */
const AUTHORING: ReadonlySet<string> = new Set([
  'agent',
  'asserter',
  'author',
  'enterer',
  'informationSource',
  'performer',
  'recorder',
  'requester',
  'sender',
]);

/** What one walk through a resource gathers. */
interface Gathered {
  readonly codes: Set<string>;
  readonly labels: Set<string>;
  readonly references: Set<string>;
  readonly authors: Set<string>;
  hasInlineLabels: boolean;
}

/** The facts of a valid resource. */
export function decisionFacts(resource: Resource): DecisionFacts {
  const { resourceType: type, meta, id } = resource;
  const found: Gathered = {
    codes: new Set(),
    labels: new Set(),
    references: new Set(),
    authors: new Set(),
    hasInlineLabels: false,
  };
  const { value, type: schema } = resourceItem(resource);
  collect(value as JsonObject, schema, false, found);
  const profiles = (meta?.profile ?? []).map((profile) => `${PROFILES}|${profile}`);
  const period = periodOf(resource);
  const parts = found.hasInlineLabels ? labelledParts(resource) : [];
  return {
    type,
    ...(id === undefined ? {} : { id }),
    classes: [`${RESOURCE_TYPES}|${type}`, ...profiles, ...codingsIn(resource.class)],
    categories: codingsIn(resource.category),
    codes: [...found.codes],
    labels: [...found.labels],
    ...(period === undefined ? {} : { period }),
    patients: compartments(resource).patients,
    references: [...found.references],
    authors: [...found.authors],
    ...(parts.length === 0 ? {} : { parts }),
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
function collect(object: JsonObject, type: TypeSchema, authoring: boolean, found: Gathered): void {
  if (hasInlineLabel(object)) found.hasInlineLabels = true;
  for (const name in object) {
    // Beside a primitive `x` stands `_x` with its extensions, which may hold anything (FHIR R4 §json).
    const element = type.elements.get(name.startsWith('_') ? name.slice(1) : name);
    if (element === undefined) continue;
    const value = object[name];
    for (const each of Array.isArray(value) ? value : [value]) {
      if (!isObject(each)) continue;
      const isAuthor = authoring || AUTHORING.has(name);
      if (element.type.name === 'Meta') addAll(found.labels, codingsIn(each.security));
      else if (element.type.name === 'Resource') collect(each, resourceItem(each).type, false, found);
      else {
        if (element.type.name === 'Coding') addAll(found.codes, codingsIn(each));
        if (element.type.name === 'Reference') addReference(each, isAuthor, found);
        collect(each, element.type, isAuthor, found);
      }
    }
  }
}

function addReference({ reference }: JsonObject, isAuthor: boolean, found: Gathered): void {
  const parsed = typeof reference === 'string' ? parseReference(reference) : undefined;
  if (parsed?.kind !== 'relative') return;
  const target = `${parsed.type}/${parsed.id}`;
  found.references.add(target);
  if (isAuthor) found.authors.add(target);
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
