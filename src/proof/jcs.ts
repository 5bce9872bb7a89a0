import { utf8 } from './bytes.ts';
import { ProofError } from './errors.ts';

/**
 * Deepest nesting of arrays and objects taken: deeper than any FHIR resource needs (the official examples
 * stay below 30), shallow enough that recursion never meets the end of the stack.
 */
export const MAX_JSON_DEPTH = 128;

/**
 * RFC 8785 text of a value: members sorted by UTF-16 code units, ECMAScript numbers, no white space.
 * A `JSON.rawJSON` number keeps its digits. Throws `malformed` for what JSON cannot carry (undefined, NaN, infinities,
 * bigint, functions, class instances, lone surrogates) and `too-large` beyond {@link MAX_JSON_DEPTH}.
 */
export function canonicalize(value: unknown): string {
  return write(value, 0);
}

/** UTF-8 of {@link canonicalize}: the bytes that are hashed or signed. */
export function canonicalBytes(value: unknown): Uint8Array {
  return utf8(canonicalize(value));
}

function write(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return writeString(value);
    case 'number':
      if (!Number.isFinite(value)) throw new ProofError('malformed', 'NaN and infinities have no JSON form.');
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      return value === null ? 'null' : writeContainer(value, depth + 1);
    default:
      throw new ProofError('malformed', `A value of type ${typeof value} has no JSON form.`);
  }
}

/** A JSON string literal in RFC 8785 §3.2.2.2 form. Throws `malformed` on a lone surrogate. */
export function writeString(text: string): string {
  if (!text.isWellFormed()) throw new ProofError('malformed', 'A string holds a lone surrogate.');
  return JSON.stringify(text);
}

function writeContainer(value: object, depth: number): string {
  if (depth > MAX_JSON_DEPTH)
    throw new ProofError('too-large', `JSON is nested deeper than ${MAX_JSON_DEPTH} levels.`);
  if (Array.isArray(value)) {
    let out = '[';
    for (let i = 0; i < value.length; i++) out += (i === 0 ? '' : ',') + write(value[i], depth);
    return `${out}]`;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new ProofError('malformed', 'Only plain objects and arrays have a canonical form.');
  }
  if (isRawNumber(value)) return value.rawJSON;
  let out = '{';
  for (const [name, member] of Object.entries(value).sort(byCodeUnits)) {
    out += `${(out.length === 1 ? '' : ',') + writeString(name)}:${write(member, depth)}`;
  }
  return `${out}}`;
}

/** RFC 8785 §3.2.3: names are compared as arrays of UTF-16 code units, which is what `<` does. */
function byCodeUnits(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}

const rawJson = JSON as unknown as { isRawJSON?: (value: unknown) => boolean };

function isRawNumber(value: object): value is { rawJSON: string } {
  return rawJson.isRawJSON?.(value) === true && /^-?\d/.test((value as { rawJSON: string }).rawJSON);
}
