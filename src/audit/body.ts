import { isLogicalId } from '../identity/index.ts';
import { AuditError } from './errors.ts';

/** Characters of one text in a request: a letter of two pages. */
const MAX_TEXT = 8_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/** A body's members by name. */
export type Body = Readonly<Record<string, unknown>>;

/** A JSON object with no members but these. Throws AuditError `malformed`. */
export function objectIn(value: unknown, names: readonly string[]): Body {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new AuditError('malformed', 'The body must be one JSON object.');
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new AuditError('malformed', `There is no such member; take ${names.join(', ')}.`);
  return value as Body;
}

/** A text that must be there. Throws AuditError `malformed`, naming the member. */
export function textIn(body: Body, name: string, pattern?: RegExp): string {
  const value = optionalText(body, name);
  if (value === undefined || (pattern !== undefined && !pattern.test(value)))
    throw new AuditError('malformed', `"${name}" is missing or not of its form.`);
  return value;
}

/** A logical id that must be there. Throws AuditError `malformed`, naming the member. */
export function logicalIdIn(body: Body, name: string): string {
  const value = textIn(body, name);
  if (!isLogicalId(value)) throw new AuditError('malformed', `"${name}" is a logical id.`);
  return value;
}

/** A text that may be left out. Throws AuditError `malformed`. */
export function optionalText(body: Body, name: string): string | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  // Control characters have no place in what people read.
  if (typeof value !== 'string' || value.trim() === '' || value.length > MAX_TEXT || hasControls(value))
    throw new AuditError('malformed', `"${name}" is a text of at most ${MAX_TEXT} characters.`);
  return value;
}

/** One of a few words. Throws AuditError `malformed`, naming them. */
export function oneOf<T extends string>(body: Body, name: string, words: readonly T[]): T {
  const found = words.find((word) => word === body[name]);
  if (found === undefined) throw new AuditError('malformed', `"${name}" is one of ${words.join(', ')}.`);
  return found;
}

/** A day or a time of day. Throws AuditError `malformed`. */
export function dayOrTime(body: Body, name: string): Date {
  const value = textIn(body, name);
  const time = new Date(DAY.test(value) || TIME.test(value) ? value : Number.NaN);
  // 2026-02-30 becomes March in some readings: only a day that exists counts.
  const exists = !Number.isNaN(time.getTime()) && (!DAY.test(value) || time.toISOString().startsWith(value));
  if (!exists) throw new AuditError('malformed', `"${name}" is a day such as 2026-01-31, or a time.`);
  return time;
}

function hasControls(text: string): boolean {
  return [...text].some((character) => {
    const code = character.codePointAt(0) ?? 0;
    return (code < 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) || code === 0x7f;
  });
}
