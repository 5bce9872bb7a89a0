import { loadDefinitions } from '../definitions/definitions.ts';
import type { ElementSchema, TypeSchema } from '../definitions/schema.ts';
import { isObject, type JsonObject } from '../resource.ts';

/** A JSON object that is being changed. */
export type Mutable = Record<string, unknown>;

/** Not a number that keeps its digits, which is an object too. */
export const isElement = (value: unknown): value is JsonObject =>
  isObject(value) && Object.getPrototypeOf(value) === Object.prototype;

/** The type of an object: a resource says its own, anything else has that of the element it stands in. */
export function typeOf(object: JsonObject, element: ElementSchema | undefined): TypeSchema | undefined {
  return typeof object.resourceType === 'string'
    ? loadDefinitions().types.get(object.resourceType)
    : element?.type;
}

/** A step of a path such as `component[1]`; the index is absent where the element is no list. */
export function parseStep(step: string): { readonly name: string; readonly index: number | undefined } {
  const [, name = '', index] = /^([^[]+)(?:\[(\d+)\])?$/.exec(step) ?? [];
  return { name, index: index === undefined ? undefined : Number(index) };
}

/** What stands at a step of a path: the value, and beside that of a primitive the object with its extensions (FHIR R4 §json). */
export function standingAt(object: JsonObject, step: string): unknown[] {
  const { name, index } = parseStep(step);
  return [object[name], object[`_${name}`]]
    .map((value) => (index === undefined ? value : Array.isArray(value) ? value[index] : undefined))
    .filter((value) => value !== undefined && value !== null);
}

/** Whether something stands at the end of a path. */
export function leadsSomewhere(object: JsonObject, [step = '', ...rest]: readonly string[]): boolean {
  const standing = standingAt(object, step);
  if (rest.length === 0) return standing.length > 0;
  return standing.some((each) => isElement(each) && leadsSomewhere(each, rest));
}
