import assert from 'node:assert/strict';
import { base64Of, type Field, makeField, malformed, matching } from './field.ts';

const ID = /^[0-9a-f]{32}$/;
const ORGANISATION = /^[a-z][a-z0-9-]{1,31}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const CHOICE = /^[a-z0-9][a-z0-9-]{0,31}$/;
/** Enough for any enumeration of a contract; a longer list would begin to be a dictionary to write text with. */
const MAX_CHOICES = 64;
/** Longest public registry number, GS1 keys and trial registries included. */
const MAX_REGISTRY_ID_LENGTH = 50;

/** A random id: 32 lower-case hexadecimal digits. */
export function id(): Field<string> {
  return makeField({ kind: 'id' }, (value, path) =>
    matching(value, path, ID, 'an id of 32 hexadecimal digits'),
  );
}

/** A commitment or hash: base64 of 32 bytes. */
export function commitment(): Field<string> {
  return makeField({ kind: 'commitment' }, (value, path) => base64Of(value, path, 32));
}

/** A public key: base64 of the raw 32 bytes. */
export function key(): Field<string> {
  return makeField({ kind: 'key' }, (value, path) => base64Of(value, path, 32));
}

/** An Ed25519 signature: base64 of the raw 64 bytes. */
export function signature(): Field<string> {
  return makeField({ kind: 'signature' }, (value, path) => base64Of(value, path, 64));
}

/** An organisation's id, `[a-z][a-z0-9-]{1,31}`. */
export function organisation(): Field<string> {
  return makeField({ kind: 'organisation' }, (value, path) =>
    matching(value, path, ORGANISATION, 'an organisation id'),
  );
}

/** An instant: RFC 3339, UTC, milliseconds, `Z`; one that exists. */
export function time(): Field<string> {
  return makeField({ kind: 'time' }, parseTime);
}

/** The instant at `path`, as text. Throws as fields do. */
export function parseTime(value: unknown, path: string): string {
  const expected = 'a time such as 2026-01-31T12:00:00.000Z';
  const text = matching(value, path, TIME, expected);
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds) || new Date(milliseconds).toISOString() !== text) malformed(path, expected);
  return text;
}

/** An integer from 0 to `max` (2⁵³ − 1 when left out). */
export function count(max: number = Number.MAX_SAFE_INTEGER): Field<number> {
  assert.ok(Number.isSafeInteger(max) && max >= 0);
  return makeField({ kind: 'count', max }, (value, path) => {
    const isCount =
      typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0);
    if (!isCount || value > max) malformed(path, `an integer from 0 to ${max}`);
    return value;
  });
}

/** One of a few fixed words. */
export function oneOf<const T extends readonly string[]>(...values: T): Field<T[number]> {
  assert.ok(values.length > 0 && values.length <= MAX_CHOICES && values.every((value) => CHOICE.test(value)));
  return makeField({ kind: 'one-of', values }, (value, path) => {
    const found = values.find((candidate) => candidate === value);
    if (found === undefined) malformed(path, `one of ${values.join(', ')}`);
    return found;
  });
}

// A sequence of fixed characters, digits and upper-case classes, each with a fixed or bounded count: no dot, star, plus or
// alternation, so that a pattern cannot be widened into free text.
const PATTERN = /^\^((?:[A-Z0-9:/-]|\\\.|\\d|\[[A-Z0-9-]+\])(?:\{\d{1,2}(?:,\d{1,2})?\})?)+\$$/;
const ATOM = /(?:[A-Z0-9:/-]|\\\.|\\d|\[[A-Z0-9-]+\])(?:\{(\d{1,2})(?:,(\d{1,2}))?\})?/g;

/** A number of a public registry, such as `registryId(/^NCT\d{8}$/)`; the pattern is built from fixed characters, `\d`, upper-case classes and counts. */
export function registryId(pattern: RegExp): Field<string> {
  assert.ok(
    PATTERN.test(pattern.source) && pattern.flags === '',
    'a registry pattern is built from fixed characters and counts',
  );
  const atoms = [...pattern.source.slice(1, -1).matchAll(ATOM)];
  const maxLength = atoms.reduce((sum, [, least, most]) => sum + Number(most ?? least ?? 1), 0);
  assert.ok(
    maxLength <= MAX_REGISTRY_ID_LENGTH,
    `a registry number has at most ${MAX_REGISTRY_ID_LENGTH} characters`,
  );
  return makeField({ kind: 'registry-id', pattern: pattern.source, maxLength }, (value, path) =>
    matching(value, path, pattern, `a number of the form ${pattern.source}`),
  );
}
