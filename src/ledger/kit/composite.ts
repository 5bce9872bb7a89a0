import assert from 'node:assert/strict';
import { type Field, type FieldDescription, isField, makeField, malformed, type ValueOf } from './field.ts';

/** The fields of an object, by name. */
export type Fields = { readonly [name: string]: Field<unknown> };

type OptionalNames<F extends Fields> = {
  [N in keyof F]: undefined extends ValueOf<F[N]> ? N : never;
}[keyof F];

/** The object that fields parse to; an `optional` field may be missing and is never undefined. */
export type ArgsOf<F extends Fields> = {
  readonly [N in Exclude<keyof F, OptionalNames<F>>]: ValueOf<F[N]>;
} & {
  readonly [N in OptionalNames<F>]?: Exclude<ValueOf<F[N]>, undefined>;
};

const FIELD_NAME = /^[a-z][A-Za-z0-9]{0,31}$/;
/** Most entries of any list: whole networks of members, and nothing that could carry a document. */
const MAX_LIST = 1_024;

/** A list of at most `max` values; `min` is 0 when left out. */
export function list<T>(of: Field<T>, { max, min = 0 }: { max: number; min?: number }): Field<readonly T[]> {
  assert.ok(isField(of) && of.description.kind !== 'optional' && max <= MAX_LIST && min >= 0 && min <= max);
  return makeField({ kind: 'list', of: of.description, max }, (value, path) => {
    if (!Array.isArray(value) || value.length < min || value.length > max) {
      malformed(path, `a list of ${min} to ${max} values`);
    }
    return value.map((element, index) => of.parse(element, `${path}[${index}]`));
  });
}

/** A field that may be missing; only as a direct member of an object. */
export function optional<T>(of: Field<T>): Field<T | undefined> {
  assert.ok(isField(of) && of.description.kind !== 'optional');
  return makeField({ kind: 'optional', of: of.description }, (value, path) =>
    value === undefined ? undefined : of.parse(value, path),
  );
}

/** An object with exactly these fields: another member is refused, since nobody would have looked at it. */
export function object<F extends Fields>(fields: F): Field<ArgsOf<F>> {
  const entries = Object.entries(fields);
  for (const [name, field] of entries)
    assert.ok(FIELD_NAME.test(name) && isField(field), `${name} is not a field of the kit`);
  const descriptions: Record<string, FieldDescription> = Object.fromEntries(
    entries.map(([name, field]) => [name, field.description]),
  );
  return makeField({ kind: 'object', fields: descriptions }, (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) malformed(path, 'an object');
    for (const name of Object.keys(value)) {
      // The unknown name stays out of the message: it could carry what must not be repeated.
      if (!Object.hasOwn(fields, name))
        malformed(path, `an object of ${entries.map(([known]) => known).join(', ')} alone`);
    }
    const parsed: Record<string, unknown> = {};
    for (const [name, field] of entries) {
      const member = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
      const result = field.parse(member, `${path}.${name}`);
      if (result !== undefined) parsed[name] = result;
    }
    return parsed as ArgsOf<F>;
  });
}
