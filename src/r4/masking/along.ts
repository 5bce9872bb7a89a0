import type { JsonObject } from '../resource.ts';
import { isElement, type Mutable } from './element.ts';

/** Takes every narrative out, those of resources inside as well: it may say in words what was left out. */
export function withoutNarratives(value: unknown): void {
  if (Array.isArray(value)) for (const each of value) withoutNarratives(each);
  if (!isElement(value)) return;
  if (typeof value.resourceType === 'string') delete (value as Mutable).text;
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
