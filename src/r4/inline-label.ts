import { canonicalize, parseJsonKeepingDigits } from '../proof/index.ts';
import { isObject, type JsonObject, type Resource } from './resource.ts';

/** HL7 DS4P (hl7.fhir.uv.security-label-ds4p): a label on one element instead of the resource. */
const INLINE_LABEL =
  'http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label';

/** What stands in the place of an element that was left out (FHIR R4 §extension-data-absent-reason: "masked"). */
const MASKED: JsonObject = {
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'masked' }],
};

/** FORMATS §2: a release that was redacted says so. */
const REDACTED = { code: 'REDACTED', system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue' };

/** Deepest element that is looked into: deeper than any that R4 defines. */
const MAX_DEPTH = 64; // bounds recursion

/** An element with labels of its own. */
export interface LabelledPart {
  /** FHIRPath such as `Observation.component[1]`. */
  readonly path: string;
  /** `system|code`. */
  readonly labels: readonly string[];
}

/** Whether an element carries an inline label. */
export function hasInlineLabel(value: unknown): boolean {
  return isObject(value) && labelsOn(value).length > 0;
}

function labelsOn({ extension }: JsonObject): string[] {
  if (!Array.isArray(extension)) return [];
  return extension.flatMap((each) => {
    if (!isObject(each) || each.url !== INLINE_LABEL || !isObject(each.valueCoding)) return [];
    const { system, code } = each.valueCoding;
    return typeof code === 'string' ? [`${typeof system === 'string' ? system : ''}|${code}`] : [];
  });
}

/** Every element of a resource with inline labels, outermost first; primitives by the name of their value. */
export function labelledParts(resource: Resource): LabelledPart[] {
  const parts: LabelledPart[] = [];
  visit(resource, resource.resourceType, 0, parts);
  return parts;
}

function visit(object: JsonObject, path: string, depth: number, parts: LabelledPart[]): void {
  if (depth > MAX_DEPTH) return;
  for (const name of Object.keys(object)) {
    const at = `${path}.${name.startsWith('_') ? name.slice(1) : name}`;
    const value = object[name];
    const items = Array.isArray(value)
      ? value.map((each, index) => [each, `${at}[${index}]`])
      : [[value, at]];
    for (const [each, where] of items as [unknown, string][]) {
      if (!isObject(each)) continue;
      const labels = labelsOn(each);
      if (labels.length > 0) parts.push({ path: where, labels });
      visit(each, where, depth + 1, parts);
    }
  }
}

/**
 * The canonical text without the elements at these paths, each masked, and tagged REDACTED; digits kept. A path that leads
 * nowhere is passed over: an outer one may have taken it along. The narrative goes too: it may say in words what was left out.
 */
export function withoutParts(text: string, paths: readonly string[]): string {
  const resource = parseJsonKeepingDigits(text) as Mutable;
  for (const path of paths) mask(resource, path.split('.').slice(1));
  const meta = isObject(resource.meta) ? resource.meta : {};
  const security = Array.isArray(meta.security) ? meta.security : [];
  delete resource.text;
  return canonicalize({ ...resource, meta: { ...meta, security: [...security, REDACTED] } });
}

type Mutable = Record<string, unknown>;

function mask(object: Mutable, [step = '', ...rest]: readonly string[]): void {
  const [, name = '', index] = /^([^[]+)(?:\[(\d+)\])?$/.exec(step) ?? [];
  const value = object[name];
  const inner = index === undefined ? value : Array.isArray(value) ? value[Number(index)] : undefined;
  if (rest.length > 0) {
    if (isObject(inner)) mask(inner as Mutable, rest);
    return;
  }
  if (value === undefined && object[`_${name}`] === undefined) return;
  if (index === undefined) maskMember(object, name, isObject(value));
  else maskItem(object, name, Number(index));
}

function maskMember(object: Mutable, name: string, isComplex: boolean): void {
  if (isComplex) object[name] = MASKED;
  else {
    delete object[name];
    object[`_${name}`] = MASKED;
  }
}

/** A primitive in a list leaves a null in its place (FHIR R4 §json: arrays of primitives). */
function maskItem(object: Mutable, name: string, index: number): void {
  const values = Array.isArray(object[name]) ? object[name] : [];
  if (isObject(values[index])) {
    values[index] = MASKED;
    return;
  }
  if (index < values.length) values[index] = null;
  const extras = Array.isArray(object[`_${name}`]) ? (object[`_${name}`] as unknown[]) : [];
  while (extras.length < Math.max(values.length, index + 1)) extras.push(null);
  extras[index] = MASKED;
  object[`_${name}`] = extras;
}
