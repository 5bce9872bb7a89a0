import { parseReference } from '../reference.ts';
import { isResourceType } from '../resource.ts';
import { normalizeText } from '../search/normalize.ts';
import { numberRange } from '../search/number-range.ts';
import { soundex } from '../search/soundex.ts';
import { timeRange } from '../search/time-range.ts';
import { splitEscaped, unescapeValue } from './escape.ts';
import { badValue, unsupported } from './refusal.ts';
import type {
  DateValue,
  NumberValue,
  Prefix,
  QuantityValue,
  ReferenceValue,
  StringFilter,
  TokenValue,
} from './search.ts';

/** What the parser needs from outside: it has no clock and does not know its own address. */
export interface SearchContext {
  /** Milliseconds since 1970 UTC, for `ap` of dates; without it `ap` of a date is refused. */
  readonly now?: number;
  /** The FHIR base of this server, so that references by its absolute URLs are understood as relative. */
  readonly baseUrl?: string;
}

const PREFIX = /^(eq|ne|gt|lt|ge|le|sa|eb|ap)(?=[-+\d])/;
const ID = /^[A-Za-z0-9\-.]{1,64}$/;
/** R4 §3.1.1.5.3: "approximately" is within a tenth of the value, or of the time between it and now. */
const APPROXIMATE = 0.1;

/** `code`, `system|code`, `|code` or `system|` (R4 §3.1.1.5.9). */
export function parseToken(text: string): TokenValue {
  const parts = splitEscaped(text, '|').map(unescapeValue);
  const [first = '', second] = parts;
  if (parts.length > 2) throw badValue('a token is system|code');
  if (second === undefined) {
    if (first === '') throw badValue('a token is not empty');
    return { code: first };
  }
  if (first === '' && second === '') throw badValue('a token has a system or a code');
  return { system: first, ...(second === '' ? {} : { code: second }) };
}

/** `id`, `Type/id` or a URL. `types` are the types that an id alone can belong to. */
export function parseReferenceValue(
  text: string,
  types: readonly string[],
  context: SearchContext,
): ReferenceValue {
  const value = unescapeValue(text);
  const base = context.baseUrl === undefined ? undefined : `${context.baseUrl.replace(/\/$/, '')}/`;
  const local = base !== undefined && value.startsWith(base) ? value.slice(base.length) : value;
  if (ID.test(local)) return { by: 'id', types, id: local };
  const reference = parseReference(local);
  if (reference.kind === 'relative') {
    if (reference.version !== undefined)
      throw unsupported('a reference to one version cannot be searched for');
    if (types.length > 0 && !types.includes(reference.type))
      throw badValue(`it refers to ${types.join(' or ')}`);
    return { by: 'id', types: [reference.type], id: reference.id };
  }
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\S+$/.test(local)) return { by: 'url', url: local };
  throw badValue('a reference is an id, Type/id or an absolute URL');
}

/** Text, as the index compares it. */
export function parseString(text: string, param: string, exactly: boolean): StringFilter['values'][number] {
  const exact = unescapeValue(text);
  const normalized = param === 'phonetic' ? soundex(exact) : normalizeText(exact);
  if (exactly ? exact === '' : normalized === undefined || normalized === '')
    throw badValue('the text has no letters or digits to look for');
  return { normalized: normalized ?? '', exact };
}

/** A date with an optional prefix; less than a second's precision is a range (R4 §3.1.1.5.7). */
export function parseDate(text: string, context: SearchContext): DateValue {
  const { prefix, rest } = splitPrefix(unescapeValue(text));
  const range = timeRange(rest);
  if (range === undefined)
    throw badValue('a date is YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm[:ss[.sss]][zone]');
  if (prefix !== 'ap') return { prefix, ...range, text: rest };
  if (context.now === undefined) throw unsupported('the prefix ap of a date needs a clock');
  const gap = Math.abs(context.now - (range.low + range.high) / 2) * APPROXIMATE;
  return { prefix, low: Math.floor(range.low - gap), high: Math.ceil(range.high + gap), text: rest };
}

/** A number with an optional prefix. */
export function parseNumber(text: string): NumberValue {
  const { prefix, rest } = splitPrefix(unescapeValue(text));
  const range = numberRange(rest);
  if (range === undefined) throw badValue('a number is a decimal such as 5.4 or 1e3');
  if (prefix !== 'ap') return { prefix, ...range };
  const gap = Math.abs(range.value) * APPROXIMATE;
  return {
    prefix,
    value: range.value,
    low: Math.min(range.low, range.value - gap),
    high: Math.max(range.high, range.value + gap),
  };
}

/** `number`, `number|system|code` or `number||code` (R4 §3.1.1.5.11). */
export function parseQuantity(text: string): QuantityValue {
  const parts = splitEscaped(text, '|');
  const [number = '', system = '', code = ''] = parts;
  if (parts.length !== 1 && parts.length !== 3) throw badValue('a quantity is number or number|system|code');
  if (parts.length === 3 && code === '') throw badValue('a quantity with a system has a code');
  return {
    ...parseNumber(number),
    ...(system === '' ? {} : { system: unescapeValue(system) }),
    ...(code === '' ? {} : { code: unescapeValue(code) }),
  };
}

/** A URI, compared as it is. */
export function parseUri(text: string): string {
  const value = unescapeValue(text);
  if (value === '' || /\s/.test(value)) throw badValue('a URI is not empty and has no white space');
  return value;
}

/** `Type` as a modifier of a reference. Throws a refusal for what is no resource type or not permitted there. */
export function parseTargetType(name: string, targets: readonly string[]): string {
  if (!isResourceType(name)) throw unsupported(`:${name} is no modifier of a reference here`);
  if (targets.length > 0 && !targets.includes(name)) throw badValue(`it refers to ${targets.join(' or ')}`);
  return name;
}

function splitPrefix(text: string): { prefix: Prefix; rest: string } {
  const prefix = PREFIX.exec(text)?.[1] as Prefix | undefined;
  return prefix === undefined ? { prefix: 'eq', rest: text } : { prefix, rest: text.slice(2) };
}
