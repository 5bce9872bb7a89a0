import type { TypeSchema } from '../definitions/schema.ts';
import { checkNarrative } from './narrative.ts';

/** Says what is wrong with the JSON value of a primitive, by rule name; undefined when nothing is. */
export type PrimitiveCheck = (value: unknown) => 'type' | 'empty' | 'too-long' | 'value' | undefined;

/** R4 datatypes.html, string: no more than 1 MB (1024 × 1024 characters). */
const MAX_STRING_LENGTH = 1024 * 1024;
/** R4 datatypes.html: integers are 32 bits, signed. */
const MAX_INTEGER = 2_147_483_647;

const LOWEST: Readonly<Record<string, number>> = {
  integer: -MAX_INTEGER - 1,
  positiveInt: 1,
  unsignedInt: 0,
};

const checks = new WeakMap<TypeSchema, PrimitiveCheck>();

/** The check for a primitive type, made once from its regular expression in the definitions. */
export function primitiveCheck(type: TypeSchema): PrimitiveCheck {
  let check = checks.get(type);
  if (check === undefined) {
    check = makeCheck(type);
    checks.set(type, check);
  }
  return check;
}

function makeCheck(type: TypeSchema): PrimitiveCheck {
  const lowest = LOWEST[type.name];
  if (lowest !== undefined) return (value) => checkInteger(value, lowest);
  switch (type.name) {
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? undefined : 'type');
    case 'decimal':
      return checkDecimal;
    case 'base64Binary':
      return textCheck(isBase64, false);
    case 'xhtml':
      return textCheck(checkNarrative, false);
    case 'string':
    case 'markdown':
      return textCheck(() => true, true);
    case 'date':
    case 'dateTime':
    case 'instant':
      return textCheck(dateMatcher(type.regex), false);
    default:
      return textCheck(matcher(type.regex), type.base?.name === 'string');
  }
}

function checkInteger(value: unknown, lowest: number): ReturnType<PrimitiveCheck> {
  if (typeof value !== 'number') return 'type';
  return Number.isInteger(value) && value >= lowest && value <= MAX_INTEGER ? undefined : 'value';
}

/** Every JSON number is a FHIR decimal in form; one beyond the range of a double could never be compared. */
function checkDecimal(value: unknown): ReturnType<PrimitiveCheck> {
  if (typeof value !== 'number') return 'type';
  return Number.isFinite(value) ? undefined : 'value';
}

function textCheck(isValid: (text: string) => boolean, isLimited: boolean): PrimitiveCheck {
  return (value) => {
    if (typeof value !== 'string') return 'type';
    if (value.length === 0) return 'empty';
    if (isLimited && value.length > MAX_STRING_LENGTH) return 'too-long';
    return CONTROL.test(value) || !isValid(value) ? 'value' : undefined;
  };
}

/** R4 datatypes.html, string: no code points below 32 except tab, line feed and carriage return. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f]/;

/**
 * The specification's expressions are in XML Schema's dialect, where `\s` is exactly space, tab and line ends. JavaScript's
 * takes the no-break space too, and so refuses codes that HL7 itself publishes (v2 table 0550).
 */
function matcher(regex: string | undefined): (text: string) => boolean {
  if (regex === undefined) return () => true;
  const dialect = regex
    .replaceAll('[^\\s]', '[^ \\t\\n\\r]')
    .replaceAll('\\S', '[^ \\t\\n\\r]')
    .replaceAll('\\s', '[ \\t\\n\\r]');
  const expression = new RegExp(`^(?:${dialect})$`, 'u');
  return (text) => expression.test(text);
}

function dateMatcher(regex: string | undefined): (text: string) => boolean {
  const matches = matcher(regex);
  return (text) => matches(text) && isCalendarDay(text);
}

/** Day 31 of a month with 30 passes the expression and is no day. */
function isCalendarDay(text: string): boolean {
  const day = Number(text.slice(8, 10));
  if (day <= 28) return true;
  const [year, month] = [Number(text.slice(0, 4)), Number(text.slice(5, 7))];
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** White space may stand between the digits (the expression of R4 has `\s*`); readers ignore it. */
function isBase64(text: string): boolean {
  const digits = text.replaceAll(/[ \t\n\r]+/g, '');
  return digits.length > 0 && digits.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(digits);
}
