import { containedIn, targetTypeOf } from '../reference.ts';
import { isObject } from '../resource.ts';
import type { Environment } from './evaluation.ts';
import { type Item, resourceItem, typeNamed } from './item.ts';

/**
 * FHIRPath `resolve()` as far as it goes without fetching: a contained resource itself; for others an item that has the
 * type the reference names and no content. Nothing when the type cannot be told (`urn:uuid:…`).
 */
export function resolveReference(item: Item, { root }: Environment): readonly Item[] {
  const { value } = item;
  const reference = isObject(value) ? value.reference : value;
  if (typeof reference === 'string' && reference.startsWith('#')) {
    const found = isObject(root.value) ? containedIn(root.value, reference.slice(1)) : undefined;
    return found === undefined ? [] : [resourceItem(found)];
  }
  const type = isObject(value) ? targetTypeOf(value) : undefined;
  return type === undefined ? [] : [{ value: undefined, type: typeNamed(type) }];
}
