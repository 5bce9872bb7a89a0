import type { JsonObject } from '../resource.ts';
import { isElement, type Mutable } from './element.ts';

/** FHIR R4 narrative-status `empty`, with the words of its definition: a section may have nothing but a narrative (cmp-1). */
const NO_NARRATIVE = {
  status: 'empty',
  div: '<div xmlns="http://www.w3.org/1999/xhtml">No human-readable text provided in this case.</div>',
};

/**
 * Takes every narrative out, those of resources inside and of their sections (`Composition.section.text`) as well: it may say in
 * words what was left out. A `text` that is an object is a Narrative wherever R4 has one; all others are strings.
 */
export function withoutNarratives(value: unknown): void {
  if (Array.isArray(value)) for (const each of value) withoutNarratives(each);
  if (!isElement(value)) return;
  if (typeof value.resourceType === 'string') delete (value as Mutable).text;
  else if (isElement(value.text)) (value as Mutable).text = { ...NO_NARRATIVE };
  for (const each of Object.values(value)) withoutNarratives(each);
}

/** Takes out the contained resources that nothing refers to any more: they were part of what was left out (FHIR R4 dom-3). */
export function withoutOrphans(resource: Mutable): void {
  const { contained } = resource;
  if (!Array.isArray(contained)) return;
  const named = new Set<string>();
  collectStrings(resource, named);
  const left = contained.filter((each: JsonObject) => named.has(`#${String(each.id)}`) || refersBack(each));
  if (left.length === 0) delete resource.contained;
  else resource.contained = left;
  if (left.length > 0 && left.length < contained.length) withoutOrphans(resource);
}

/** A contained resource may stand there because it speaks of the one that contains it (`#`). */
function refersBack(contained: JsonObject): boolean {
  const named = new Set<string>();
  collectStrings(contained, named);
  return named.has('#');
}

function collectStrings(value: unknown, into: Set<string>): void {
  if (typeof value === 'string') into.add(value);
  else if (Array.isArray(value)) for (const each of value) collectStrings(each, into);
  else if (isElement(value)) for (const each of Object.values(value)) collectStrings(each, into);
}
