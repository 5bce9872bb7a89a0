import { loadDefinitions } from '../definitions/definitions.ts';
import type { TypeSchema } from '../definitions/schema.ts';
import { isObject, type JsonObject } from '../resource.ts';
import { SYNTAX } from './binding-syntax.ts';

/** Whether a code of a system is in a value set; without a system, whether the code is in any of its systems. */
type Contains = (code: string, system: string | undefined) => boolean;

const valueSets = new Map<string, Contains>();

/** True when the value of an element meets its required binding (R4 §4.1.5.1). Other types than those with codes do. */
export function meetsBinding(value: unknown, type: TypeSchema, valueSet: string): boolean {
  const contains = valueSetNamed(valueSet);
  switch (type.name) {
    case 'CodeableConcept':
      return isObject(value) && hasCodingIn(value, contains);
    case 'Coding':
      return isObject(value) && isCodingIn(value, contains);
    case 'Quantity':
      return isObject(value) && (value.code === undefined || isCodingIn(value, contains));
    default:
      return typeof value !== 'string' || contains(value, undefined);
  }
}

/** One coding from the value set is enough; text alone is not. */
function hasCodingIn(concept: JsonObject, contains: Contains): boolean {
  const { coding } = concept;
  return Array.isArray(coding) && coding.some((each) => isObject(each) && isCodingIn(each, contains));
}

/** The system must be said: a code alone means nothing outside an element of type code. */
function isCodingIn({ system, code }: JsonObject, contains: Contains): boolean {
  return typeof system === 'string' && typeof code === 'string' && contains(code, system);
}

function valueSetNamed(url: string): Contains {
  let contains = valueSets.get(url);
  if (contains === undefined) {
    contains = makeValueSet(url);
    valueSets.set(url, contains);
  }
  return contains;
}

function makeValueSet(url: string): Contains {
  const valueSet = loadDefinitions().valueSets.get(url);
  if (valueSet === undefined) throw new Error(`The R4 definitions lack the value set ${url}.`);
  const systems = new Map(
    Object.entries(valueSet.systems).map(([system, codes]) => [system, new Set(codes)]),
  );
  const all = new Set([...systems.values()].flatMap((codes) => [...codes]));
  const open = new Map((valueSet.open ?? []).map((system) => [system, SYNTAX.get(system) ?? (() => true)]));
  return (code, system) => {
    if (system === undefined) return all.has(code) || open.values().some((isCode) => isCode(code));
    return systems.get(system)?.has(code) === true || (open.get(system) ?? open.get('*'))?.(code) === true;
  };
}
