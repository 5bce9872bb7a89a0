import { fromBase64, ProofError } from '../../proof/index.ts';
import { reject } from '../error.ts';

/** What kind of value a field takes, for people and for the test that walks every contract. The set is closed. */
export type FieldDescription =
  | {
      readonly kind:
        | 'id'
        | 'commitment'
        | 'key'
        | 'signature'
        | 'organisation'
        | 'time'
        | 'address'
        | 'origin';
    }
  | { readonly kind: 'count'; readonly max: number }
  | { readonly kind: 'one-of'; readonly values: readonly string[] }
  | { readonly kind: 'registry-id'; readonly pattern: string; readonly maxLength: number }
  | { readonly kind: 'list'; readonly of: FieldDescription; readonly max: number }
  | { readonly kind: 'object'; readonly fields: { readonly [name: string]: FieldDescription } }
  | { readonly kind: 'optional'; readonly of: FieldDescription };

/** One field of a transaction's arguments. Only the kit makes fields: a contract cannot invent a kind that takes free text. */
export interface Field<T> {
  readonly description: FieldDescription;
  /** The value, when it has the field's form exactly. Throws `LedgerError` `rejected` `malformed`, naming the path, never the value. */
  parse(value: unknown, path: string): T;
}

/** The value that a field parses to. */
export type ValueOf<F> = F extends Field<infer T> ? T : never;

const made = new WeakSet<object>();

/** Whether the kit made this field. */
export function isField(candidate: unknown): candidate is Field<unknown> {
  return typeof candidate === 'object' && candidate !== null && made.has(candidate);
}

/** Makes a field; for the files of the kit only. */
export function makeField<T>(
  description: FieldDescription,
  parse: (value: unknown, path: string) => T,
): Field<T> {
  const field = Object.freeze({ description: Object.freeze(description), parse });
  made.add(field);
  return field;
}

/** Refuses a value that does not have its field's form. */
export function malformed(path: string, expected: string): never {
  reject('malformed', `${path} must be ${expected}`);
}

/** The string at `path` when the pattern matches it. */
export function matching(value: unknown, path: string, pattern: RegExp, expected: string): string {
  if (typeof value !== 'string' || !pattern.test(value)) malformed(path, expected);
  return value;
}

/** Canonical base64 of exactly `sizeBytes` bytes at `path`. */
export function base64Of(value: unknown, path: string, sizeBytes: number): string {
  const expected = `base64 of ${sizeBytes} bytes`;
  if (typeof value !== 'string' || value.length !== 4 * Math.ceil(sizeBytes / 3)) malformed(path, expected);
  try {
    if (fromBase64(value).length === sizeBytes) return value;
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
  }
  malformed(path, expected);
}
