import type { Organisation } from '../../journeys/harness/organisation.ts';

/** What must not be found in the clear, and what it is. */
export interface Term {
  readonly text: string;
  readonly kind: 'name' | 'identifier' | 'birth date' | 'code' | 'contact' | 'text';
}

/** Shorter texts occur by chance in encrypted bytes and in program output. */
const SHORTEST = 6; // six random letters meet by chance once in 10¹⁰ bytes
const PAGE = 200; // resources a request

/** Words of FHIR itself and of coding systems that say nothing about anybody. */
const GENERAL = /^(https?:|urn:oid:|urn:ietf:|[A-Za-z]+$)/;

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

function* walk(value: Json, path: string): Generator<[path: string, text: string]> {
  if (typeof value === 'string') yield [path, value];
  else if (Array.isArray(value)) for (const member of value) yield* walk(member, path);
  else if (typeof value === 'object' && value !== null)
    for (const [name, member] of Object.entries(value)) yield* walk(member, `${path}.${name}`);
}

function kindOf(type: string, path: string): Term['kind'] | undefined {
  if (type === 'Patient') {
    if (/\.name\.(family|given|text)$/.test(path)) return 'name';
    if (/\.identifier\.value$/.test(path)) return 'identifier';
    if (/\.birthDate$/.test(path)) return 'birth date';
    if (/\.(telecom\.value|address\.(line|city|postalCode))$/.test(path)) return 'contact';
  }
  if (/\.(code|medicationCodeableConcept|vaccineCode|reasonCode)\.coding\.code$/.test(path)) return 'code';
  if (/\.(code|medicationCodeableConcept|vaccineCode|reasonCode)\.(coding\.display|text)$/.test(path))
    return 'text';
  if (/\.(valueString|note\.text|description|text\.div)$/.test(path)) return 'text';
  return undefined;
}

function usable({ text, kind }: Term): boolean {
  if (text.length < SHORTEST) return false;
  return kind === 'name' || kind === 'contact' || !GENERAL.test(text);
}

/** Everything in an organisation's records that says who somebody is or what they have, by its own FHIR interface. */
export async function termsOf(organisation: Organisation, types: readonly string[]): Promise<Term[]> {
  const found = new Map<string, Term>();
  for (const type of types) {
    for (const resource of await organisation.searchAll(`${type}?_count=${PAGE}`)) {
      for (const [path, text] of walk(resource as Json, '')) {
        const kind = kindOf(type, path);
        const term = kind === undefined ? undefined : { text, kind };
        if (term !== undefined && usable(term)) found.set(text, term);
      }
    }
  }
  return [...found.values()];
}
