/**
 * A value, or a promise of it: a store in the same process answers at once, one behind a network later. Callers await,
 * and pay a microtask at most.
 */
export type Awaitable<T> = T | Promise<T>;

/** Applies `next` as soon as the value is there: at once when it is no promise. */
export function after<T, R>(value: Awaitable<T>, next: (value: T) => Awaitable<R>): Awaitable<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** All values, in order, as soon as the last is there: at once when none is a promise. */
export function all<T>(values: readonly Awaitable<T>[]): Awaitable<T[]> {
  return values.some((value) => value instanceof Promise) ? Promise.all(values) : (values as T[]);
}
