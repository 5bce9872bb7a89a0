import type { Blind } from '../blind-index/blind-key.ts';

/**
 * What a search comes to when every value is blinded: sets of row ids, combined. A store executes it without knowing what
 * is searched for.
 */
export type Plan =
  /** Rows under any of the keys. */
  | { readonly kind: 'keys'; readonly keys: readonly Blind[]; readonly custody: 'resource' | 'audit' }
  /** Rows with a span that passes the test. */
  | {
      readonly kind: 'span';
      readonly key: Blind;
      readonly test: SpanTest;
      readonly custody: 'resource' | 'audit';
    }
  /** Exactly these rows. */
  | { readonly kind: 'rows'; readonly rids: readonly number[] }
  /** Rows in every plan. At least one is no `not`. */
  | { readonly kind: 'and'; readonly plans: readonly Plan[] }
  | { readonly kind: 'or'; readonly plans: readonly Plan[] }
  /** Rows that are not in the plan; only inside `and`. */
  | { readonly kind: 'not'; readonly plan: Plan };

/** Bounds on a span's two ends, inclusive, and on its value, exclusive; an absent bound is none. */
export interface SpanTest {
  readonly lowAtLeast?: number;
  readonly lowAtMost?: number;
  readonly highAtLeast?: number;
  readonly highAtMost?: number;
  readonly valueAbove?: number;
  readonly valueBelow?: number;
}

/** Order by the values of spans in the clear; rows without one come last. */
export interface SpanOrder {
  readonly key: Blind;
  readonly descending: boolean;
  readonly custody: 'resource' | 'audit';
}

/** Where a page begins: after this row. */
export interface Position {
  readonly rid: number;
  /** The row's sort values, null where it has none; empty without an order. */
  readonly values: readonly (number | null)[];
}

/** One page of a search. Without an order: newest row first. */
export interface PlanPage {
  readonly plan: Plan;
  readonly order: readonly SpanOrder[];
  readonly after?: Position;
  /** At most this many rows. */
  readonly limit: number;
}

/** Rows in order, with their sort values. */
export interface FoundRow extends Position {}
