import type { QuantityEntry, ReferenceEntry, StringEntry, TokenEntry, TokenValue } from '../../r4/index.ts';
import type { Blind } from './blind-key.ts';

/**
 * A value is indexed under each form that a search can ask for it in. A form is text; what is stored is its HMAC. Lengths
 * stand before what may hold any character, so that two values never share a form.
 */

/** String prefixes are indexed up to this many characters; a longer search is checked on the decrypted content. */
export const MAX_PREFIX_CHARACTERS = 24;

/** Form of "has any value". */
export const PRESENT = '?';

/** Form of "has a code without a system". Together with the code it finds `|code`, and a little more. */
export const NO_SYSTEM = 'n';

/** Forms that a token is found by. */
export function tokenForms({ system, code }: Pick<TokenEntry, 'system' | 'code'>): string[] {
  if (system === undefined) return [`c:${code}`, NO_SYSTEM];
  return [`c:${code}`, `s${system.length}:${system}${code}`, `S:${system}`];
}

/** The form of a token as it is asked for (R4 §3.1.1.5.9). `|code` needs {@link NO_SYSTEM} beside it. */
export function tokenForm({ system, code }: TokenValue): string {
  if (system === undefined || system === '') return `c:${code ?? ''}`;
  return code === undefined ? `S:${system}` : `s${system.length}:${system}${code}`;
}

/** Whether a token is asked for without a system, `|code`: the index finds too much. */
export function isWithoutSystem({ system }: TokenValue): boolean {
  return system === '';
}

/** The form of a reference to a resource here, by its blind name: a chain can then be followed without its logical id. */
export function resourceForm(name: Blind): string {
  return `r:${name}`;
}

/** The form of a reference by URL, and of a URI. */
export function urlForm(url: string): string {
  return `u:${url}`;
}

/** Forms of the identifier that a reference carries. */
export function identifierForms(identifier: NonNullable<ReferenceEntry['identifier']>): string[] {
  const { system, value } = identifier;
  return tokenForms({ code: value, ...(system === undefined ? {} : { system }) }).map((form) => `i${form}`);
}

/** Prefixes of a text and its exact form. */
export function stringForms({ normalized, exact }: Pick<StringEntry, 'normalized' | 'exact'>): string[] {
  const characters = [...normalized];
  const forms = [exactForm(exact)];
  const longest = Math.min(characters.length, MAX_PREFIX_CHARACTERS);
  for (let length = 1; length <= longest; length += 1)
    forms.push(`p:${characters.slice(0, length).join('')}`);
  return forms;
}

/** The form of a text as it is, for `:exact`. */
export function exactForm(exact: string): string {
  return `e:${exact}`;
}

/** The form of a prefix as it is asked for, and whether it says all: a longer prefix is cut. */
export function prefixForm(normalized: string): { form: string; whole: boolean } {
  const characters = [...normalized];
  const whole = characters.length <= MAX_PREFIX_CHARACTERS;
  return { form: `p:${whole ? normalized : characters.slice(0, MAX_PREFIX_CHARACTERS).join('')}`, whole };
}

/** Forms of a number or time without unit: there is one. */
export const PLAIN_SPAN = '=';

/** Forms under which a quantity's number is kept: any unit, its code or unit as text, its code in its system. */
export function unitForms({ system, code, unit }: Pick<QuantityEntry, 'system' | 'code' | 'unit'>): string[] {
  const texts = new Set([code, unit].filter((text) => text !== undefined));
  const forms = [PLAIN_SPAN, ...[...texts].map((text) => `=c:${text}`)];
  if (system !== undefined && code !== undefined) forms.push(`=s${system.length}:${system}${code}`);
  return forms;
}

/** The form of a unit as it is asked for (R4 §3.1.1.5.11). */
export function unitForm({ system, code }: { system?: string; code?: string }): string {
  if (code === undefined) return PLAIN_SPAN;
  return system === undefined ? `=c:${code}` : `=s${system.length}:${system}${code}`;
}
