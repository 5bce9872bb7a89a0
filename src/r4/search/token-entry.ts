import { loadDefinitions } from '../definitions/definitions.ts';
import type { Item } from '../fhirpath/item.ts';
import { isObject, type JsonObject } from '../resource.ts';
import type { TokenEntry } from './index-entry.ts';

const BOOLEANS = 'http://terminology.hl7.org/CodeSystem/special-values';

/** The tokens of an item (R4 §3.1.1.5.9). None for types that have no code. */
export function tokenEntries(param: string, { value, type, binding }: Item): TokenEntry[] {
  if (!isObject(value)) {
    if (typeof value === 'boolean') return token(param, BOOLEANS, String(value));
    if (typeof value !== 'string' && typeof value !== 'number') return [];
    return token(param, type.name === 'code' ? systemOf(binding, String(value)) : undefined, String(value));
  }
  switch (type.name) {
    case 'CodeableConcept':
      return codingsOf(value).flatMap((coding) => token(param, coding.system, coding.code));
    case 'Coding':
      return token(param, value.system, value.code);
    case 'Identifier':
      return token(param, value.system, value.value);
    case 'ContactPoint':
      return token(param, undefined, value.value);
    default:
      return [];
  }
}

function codingsOf({ coding }: JsonObject): JsonObject[] {
  return Array.isArray(coding) ? coding.filter(isObject) : [];
}

function token(param: string, system: unknown, code: unknown): TokenEntry[] {
  if (typeof code !== 'string' || code === '') return [];
  return [{ kind: 'token', param, ...(typeof system === 'string' && system !== '' ? { system } : {}), code }];
}

/** An element of type code has no system of its own: its value set says it (`gender=http://hl7.org/fhir/administrative-gender|male`). */
function systemOf(binding: string | undefined, code: string): string | undefined {
  const systems = binding === undefined ? undefined : loadDefinitions().valueSets.get(binding)?.systems;
  return Object.entries(systems ?? {}).find(([, codes]) => codes.includes(code))?.[0];
}
