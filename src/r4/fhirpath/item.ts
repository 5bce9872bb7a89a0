import { loadDefinitions } from '../definitions/definitions.ts';
import type { ElementSchema, TypeSchema } from '../definitions/schema.ts';
import { isObject, type JsonObject } from '../resource.ts';

/** A node of FHIRPath (a collection is an array of these). */
export interface Item {
  /** The JSON value; undefined for a primitive that has only extensions, and for the unknown target of a reference. */
  readonly value: unknown;
  readonly type: TypeSchema;
  /** The `_name` sibling of a primitive: its id and extensions. */
  readonly extra?: JsonObject | undefined;
  /** Canonical URL of the element's required value set: where a code without a system comes from. */
  readonly binding?: string | undefined;
}

/** The type with this name. Throws when R4 has none: expressions are published with the types. */
export function typeNamed(name: string): TypeSchema {
  const type = loadDefinitions().types.get(name);
  if (type === undefined) throw new Error(`No FHIR R4 type ${name}.`);
  return type;
}

/** The item of a resource; a type that R4 does not have is taken as Resource. */
export function resourceItem(resource: JsonObject): Item {
  const { resourceType } = resource;
  const type = typeof resourceType === 'string' ? loadDefinitions().types.get(resourceType) : undefined;
  return { value: resource, type: type?.sort === 'resource' ? type : typeNamed('Resource') };
}

/** The children with this FHIRPath name; `value` finds every `value[x]`. */
export function childrenNamed(item: Item, name: string): Item[] {
  const out: Item[] = [];
  const candidates = item.type.named.get(name);
  if (candidates !== undefined) for (const element of candidates) addChildren(item, element, out);
  return out;
}

/** All children, whatever their name. */
export function children(item: Item): Item[] {
  const out: Item[] = [];
  for (const element of item.type.elements.values()) addChildren(item, element, out);
  return out;
}

/** Children, their children, and so on. */
export function descendants(items: readonly Item[]): Item[] {
  const out: Item[] = [];
  let level = items.flatMap(children);
  while (level.length > 0) {
    out.push(...level);
    level = level.flatMap(children);
  }
  return out;
}

function addChildren(item: Item, element: ElementSchema, out: Item[]): void {
  const { key, type, binding } = element;
  const isPrimitive = item.type.sort === 'primitive';
  const object = isPrimitive ? item.extra : item.value;
  if (!isObject(object)) return;
  const value = object[key];
  const extra = type.sort === 'primitive' ? object[`_${key}`] : undefined;
  if (value === undefined && extra === undefined) return;
  if (!Array.isArray(value) && !Array.isArray(extra)) {
    addItem(value, extra, type, binding, out);
    return;
  }
  const values = Array.isArray(value) ? value : [];
  const extras = Array.isArray(extra) ? extra : [];
  const count = Math.max(values.length, extras.length);
  for (let i = 0; i < count; i++) addItem(values[i] ?? undefined, extras[i] ?? undefined, type, binding, out);
}

function addItem(
  value: unknown,
  extra: unknown,
  type: TypeSchema,
  binding: string | undefined,
  out: Item[],
): void {
  if (type.sort === 'primitive')
    out.push({ value, type, extra: isObject(extra) ? extra : undefined, binding });
  else if (isObject(value)) out.push(type.name === 'Resource' ? resourceItem(value) : { value, type });
}

const SYSTEM_TYPES: Readonly<Record<string, string>> = {
  Boolean: 'boolean',
  String: 'string',
  Integer: 'integer',
  Decimal: 'decimal',
  Date: 'date',
  DateTime: 'dateTime',
  Time: 'time',
};

/**
 * FHIRPath `is`, `as`, `ofType`. A data type is only itself: `as uri` is not meant to take a canonical, as R4 lists both side
 * by side. A resource is also a Resource, a SimpleQuantity also a Quantity. A System type (`Boolean`) means the FHIR primitive.
 */
export function isOfType({ type }: Item, name: string): boolean {
  const wanted = SYSTEM_TYPES[name] ?? name;
  if (type.name === wanted) return true;
  if (type.name === 'SimpleQuantity') return wanted === 'Quantity';
  if (type.sort !== 'resource') return false;
  for (let base = type.base; base !== undefined; base = base.base) if (base.name === wanted) return true;
  return false;
}
