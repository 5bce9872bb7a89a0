import assert from 'node:assert/strict';
import { canonicalize, MAX_JSON_DEPTH } from '../../proof/index.ts';

/** What state, arguments and events are made of: JSON whose numbers are integers up to 2⁵³ − 1. */
export type StateValue =
  | string
  | number
  | boolean
  | null
  | readonly StateValue[]
  | { readonly [name: string]: StateValue | undefined };

/**
 * A value in a contract's state, made of `StateValue`s throughout (`put` checks it); `v` is the version of its form, so that
 * a newer contract can read it.
 */
export interface StateObject {
  readonly v: number;
}

/** One entry of a contract's state. */
export interface StateEntry<T extends StateObject = StateObject> {
  readonly key: string;
  readonly value: T;
}

/** A state key: printable and ordered the same on every engine (bytes); never the kit's own, which begin with `~`. */
const KEY = /^[A-Za-z0-9][A-Za-z0-9/._:=-]{0,254}$/;
/** The largest value: a policy version of 128 members needs 60 kB; every endorsing peer holds a value in memory. */
const MAX_VALUE_BYTES = 256 * 1024;

/** A key that a contract may use; anything else is a broken invariant of that contract. */
export function assertKey(key: string): void {
  assert.ok(
    KEY.test(key),
    'a state key has 1 to 255 characters A-Z a-z 0-9 / . _ : = - and begins with a letter or digit',
  );
}

/**
 * The canonical text of a state value. A fraction, an unsafe integer, -0, a missing `v` or a value that is too large is a
 * broken invariant: two engines must never hold different bytes for one state.
 */
export function encodeState(value: StateObject): string {
  assert.ok(Number.isSafeInteger(value.v) && value.v >= 1, 'a state value carries its version in v');
  const text = encodeValue(value as StateObject & { readonly [name: string]: StateValue });
  assert.ok(text.length <= MAX_VALUE_BYTES, `a state value has at most ${MAX_VALUE_BYTES} bytes`);
  return text;
}

/** The canonical text of any value without fractions; members that are undefined are left out. */
export function encodeValue(value: StateValue): string {
  return canonicalize(integersOnly(value));
}

function integersOnly(value: StateValue, depth = 0): StateValue {
  assert.ok(depth <= MAX_JSON_DEPTH, `the ledger holds at most ${MAX_JSON_DEPTH} levels`);
  if (typeof value === 'number') {
    assert.ok(
      Number.isSafeInteger(value) && !Object.is(value, -0),
      'the ledger holds integers, no fractions',
    );
    return value;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((element: StateValue) => integersOnly(element, depth + 1));
  const members = Object.entries(value) as [string, StateValue | undefined][];
  const kept = members.flatMap(([name, member]) =>
    member === undefined ? [] : [[name, integersOnly(member, depth + 1)] as const],
  );
  return Object.fromEntries(kept);
}

/** The value of a canonical text from the state, frozen throughout: a contract changes state with `put` alone. */
export function decodeState(text: string): StateObject {
  return freeze(JSON.parse(text)) as StateObject;
}

/** Freezes a JSON value throughout and returns it. */
function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    for (const member of Object.values(value)) freeze(member);
    Object.freeze(value);
  }
  return value;
}
