import type { ElementSchema } from '../definitions/schema.ts';
import type { JsonObject } from '../resource.ts';
import { typeOf } from './element.ts';

/** What stands in the place of an element that was left out (FHIR R4 §extension-data-absent-reason: "masked"). */
export const masked = (): JsonObject => ({
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'masked' }],
});

/**
 * What stands in the place of an object: masked, with what must be there inside it masked as well, since a component has a code
 * and a participant an actor. A contained resource stays one of its type under its id: what refers to it must find it (R4 ref-1).
 */
export function placeHolder(value: JsonObject, element: ElementSchema | undefined): JsonObject {
  const type = typeOf(value, element);
  const inside = (type?.mandatory ?? []).flatMap(({ keys }): [string, unknown][] => {
    const key = keys.find((each) => value[each] !== undefined || value[`_${each}`] !== undefined) ?? keys[0];
    const member = key === undefined ? undefined : type?.elements.get(key);
    if (key === undefined || member === undefined) return [];
    const isPrimitive = member.type.sort === 'primitive';
    const held = isPrimitive ? masked() : placeHolder({}, member);
    return [[isPrimitive ? `_${key}` : key, member.array ? [held] : held]];
  });
  const { resourceType, id } = value;
  const own = typeof resourceType === 'string' ? { resourceType, id } : {};
  return { ...own, ...masked(), ...Object.fromEntries(inside) };
}
