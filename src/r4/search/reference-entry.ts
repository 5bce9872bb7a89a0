import type { Item } from '../fhirpath/item.ts';
import { parseReference } from '../reference.ts';
import { isObject, type JsonObject } from '../resource.ts';
import type { ReferenceEntry } from './index-entry.ts';

/**
 * What an item refers to. A canonical with a version is also found without it. None for a contained resource, which
 * cannot be searched for by itself, and for a reference that is neither resolved nor identified.
 */
export function referenceEntries(
  param: string,
  targets: readonly string[],
  { value, type }: Item,
): ReferenceEntry[] {
  if (typeof value === 'string')
    return canonicalTargets(value).map((url) => ({ kind: 'reference', param, target: { url } }));
  if (!isObject(value)) return [];
  if (type.sort === 'resource') {
    const { id } = value;
    if (typeof id !== 'string' || (targets.length > 0 && !targets.includes(type.name))) return [];
    return [{ kind: 'reference', param, target: { type: type.name, id } }];
  }
  if (type.name !== 'Reference') return [];
  const target = targetOf(value);
  const identifier = identifierOf(value);
  if (Object.keys(target).length === 0 && identifier === undefined) return [];
  return [{ kind: 'reference', param, target, ...(identifier === undefined ? {} : { identifier }) }];
}

function canonicalTargets(url: string): string[] {
  const cut = url.indexOf('|');
  return cut < 0 ? [url] : [url, url.slice(0, cut)];
}

function targetOf({ reference }: JsonObject): ReferenceEntry['target'] {
  if (typeof reference !== 'string') return {};
  const parsed = parseReference(reference);
  if (parsed.kind === 'relative') return { type: parsed.type, id: parsed.id };
  return parsed.kind === 'absolute' || parsed.kind === 'uri' ? { url: parsed.url } : {};
}

function identifierOf({ identifier }: JsonObject): ReferenceEntry['identifier'] {
  if (!isObject(identifier) || typeof identifier.value !== 'string') return undefined;
  const { system, value } = identifier;
  return { ...(typeof system === 'string' ? { system } : {}), value: value as string };
}
