import { isObject, type JsonObject, type Resource } from './resource.ts';

/** HL7 DS4P (hl7.fhir.uv.security-label-ds4p): a label on one element instead of the resource. */
const INLINE_LABEL =
  'http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label';

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
