import assert from 'node:assert/strict';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { asDatabaseError } from './error.ts';

/** What may be bound to a statement. Integers above 2⁵³ are refused by `node:sqlite` on reading. */
export type Parameter = string | number | bigint | null | Uint8Array;

/** A prepared statement. Parameters are positional; anything but a `Parameter` is a broken invariant. Errors: `DatabaseError`. */
export interface Statement {
  /** Runs a statement that changes rows. */
  run(...parameters: Parameter[]): { changes: number; lastInsertRowid: number };
  /** The first row, or undefined when there is none. */
  get<T>(...parameters: Parameter[]): T | undefined;
  /** Every row; an empty array when there is none. */
  all<T>(...parameters: Parameter[]): T[];
  /** Rows one by one, from a statement of its own, so that the same SQL may run again while iterating. */
  iterate<T>(...parameters: Parameter[]): IterableIterator<T>;
}

/**
 * `node:sqlite` takes a Date, object, array or Map in first place as named parameters and stores NULL without a word:
 * everything that is not a primitive or bytes is stopped here.
 */
function assertParameters(parameters: readonly Parameter[]): void {
  for (const value of parameters) {
    const type = typeof value;
    const allowed =
      type === 'string' ||
      type === 'bigint' ||
      value === null ||
      value instanceof Uint8Array ||
      (type === 'number' && Number.isFinite(value));
    assert.ok(
      allowed,
      `a database parameter must be a string, finite number, bigint, null or bytes, not ${type}`,
    );
  }
}

/** Wraps a prepared statement of `database`. */
export function createStatement(database: DatabaseSync, sql: string, prepared: StatementSync): Statement {
  function guarded<T>(parameters: Parameter[], work: () => T): T {
    assertParameters(parameters);
    try {
      return work();
    } catch (error) {
      throw asDatabaseError(error);
    }
  }
  return {
    run: (...parameters) =>
      guarded(parameters, () => {
        const { changes, lastInsertRowid } = prepared.run(...parameters);
        return { changes: Number(changes), lastInsertRowid: Number(lastInsertRowid) };
      }),
    get: <T>(...parameters: Parameter[]) =>
      guarded(parameters, () => prepared.get(...parameters) as T | undefined),
    all: <T>(...parameters: Parameter[]) => guarded(parameters, () => prepared.all(...parameters) as T[]),
    iterate: <T>(...parameters: Parameter[]) => rows<T>(database, sql, parameters),
  };
}

function* rows<T>(
  database: DatabaseSync,
  sql: string,
  parameters: Parameter[],
): Generator<T, undefined, undefined> {
  assertParameters(parameters);
  try {
    for (const row of database.prepare(sql).iterate(...parameters)) yield row as T;
  } catch (error) {
    throw asDatabaseError(error);
  }
}
