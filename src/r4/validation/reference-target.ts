import { containedIn, parseReference, targetTypeOf } from '../reference.ts';
import { isResourceType, type JsonObject } from '../resource.ts';

/**
 * True when a Reference can point at a type that its element permits. What cannot be told from the reference alone
 * (`urn:uuid:…`, other URIs, a missing contained resource) is not refused here.
 */
export function mayTarget(
  reference: JsonObject,
  targets: ReadonlySet<string> | undefined,
  root: JsonObject,
): boolean {
  const { reference: text, type } = reference;
  const stated = typeof type === 'string' && isResourceType(type) ? type : undefined;
  const actual =
    typeof text === 'string' ? (containedType(text, root) ?? targetTypeOf({ reference: text })) : undefined;
  if (stated !== undefined && actual !== undefined && stated !== actual) return false;
  const known = actual ?? stated;
  return known === undefined || targets === undefined || targets.has(known);
}

function containedType(text: string, root: JsonObject): string | undefined {
  if (!text.startsWith('#')) return undefined;
  const parsed = parseReference(text);
  if (parsed.kind !== 'contained') return undefined;
  if (parsed.id === '') return typeof root.resourceType === 'string' ? root.resourceType : undefined;
  const found = containedIn(root, parsed.id);
  return typeof found?.resourceType === 'string' ? found.resourceType : undefined;
}
