import { targetTypeOf } from '../reference.ts';
import { isObject } from '../resource.ts';
import type { Environment } from './evaluation.ts';
import { type Item, typeNamed } from './item.ts';

/**
 * FHIRPath `resolve()` as far as it goes without fetching: a contained resource itself; for others an item that has the
 * type the reference names and no content. Nothing when the type cannot be told (`urn:uuid:…`).
 */
export function resolveReference(item: Item, { root }: Environment): readonly Item[] {
  const { value } = item;
  const reference = isObject(value) ? value.reference : value;
  if (typeof reference === 'string' && reference.startsWith('#')) {
    const contained = isObject(root.value) ? root.value.contained : undefined;
    const found = Array.isArray(contained)
      ? contained.find((resource) => isObject(resource) && resource.id === reference.slice(1))
      : undefined;
    return isObject(found) && typeof found.resourceType === 'string'
      ? [typed(found.resourceType, found)]
      : [];
  }
  const type = isObject(value) ? targetTypeOf(value) : undefined;
  return type === undefined ? [] : [typed(type, undefined)];
}

function typed(type: string, value: unknown): Item {
  return { value, type: typeNamed(type) };
}
