import { fromBase64 } from './bytes.ts';
import { ProofError } from './errors.ts';
import { HASH_BYTES } from './hash.ts';

/** A JSON object whose members are still unknown. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * A parsed JSON value as object with exactly the `required` and at most the `optional` members. Throws `malformed` otherwise: a
 * member that this version does not know could carry a meaning it would miss.
 */
export function objectOf(
  object: unknown,
  what: string,
  required: readonly string[],
  optional: readonly string[] = [],
): JsonObject {
  if (typeof object !== 'object' || object === null || Array.isArray(object))
    throw malformed(what, 'it is not an object');
  for (const name of required) {
    if (!Object.hasOwn(object, name)) throw malformed(what, `"${name}" is missing`);
  }
  for (const name of Object.keys(object)) {
    if (!required.includes(name) && !optional.includes(name))
      throw malformed(what, 'it has a member that is not in the format');
  }
  return object as JsonObject;
}

/** A string that the pattern matches. Throws `malformed`. */
export function textOf(value: unknown, what: string, pattern: RegExp): string {
  if (typeof value !== 'string' || !pattern.test(value) || !value.isWellFormed())
    throw malformed(what, 'a text has the wrong form');
  return value;
}

/** An integer from 0 to 2^53 − 1. Throws `malformed`. */
export function integerOf(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0 || Object.is(value, -0)) {
    throw malformed(what, 'a number is not an integer from 0 to 2^53 − 1');
  }
  return value;
}

/** Canonical base64 of 32 bytes, still as text. Throws `malformed`. */
export function base64Of32(value: unknown, what: string): string {
  if (typeof value !== 'string' || fromBase64(value).length !== HASH_BYTES)
    throw malformed(what, 'a value is not base64 of 32 bytes');
  return value;
}

/** The refusal of a value that is not in the format. Names the format, never the content. */
export function malformed(what: string, why: string): ProofError {
  return new ProofError('malformed', `Not a ${what}: ${why}.`);
}
