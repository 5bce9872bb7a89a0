import type { Item } from './item.ts';

/** Less than zero, zero, more than zero; undefined when the two cannot be told apart or compared. */
export function compare(left: Item, right: Item): number | undefined {
  const [a, b] = [comparable(left), comparable(right)];
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a !== 'string' || typeof b !== 'string') return undefined;
  return isTemporal(left) && isTemporal(right) ? compareTimes(a, b) : a < b ? -1 : a > b ? 1 : 0;
}

/** FHIRPath `=` of two items: same value, object members in any order. */
export function equalItems(left: Item, right: Item): boolean {
  return equalValues(left.value, right.value);
}

/** A key under which equal items meet, for distinctness; O(size). */
export function identityOf(item: Item): string {
  return typeof item.value === 'object'
    ? JSON.stringify(sorted(item.value))
    : `${typeof item.value}:${item.value}`;
}

function comparable({ value, type }: Item): unknown {
  // Quantities are compared by value: R4's own rules (rng-2, rat-1) compare only quantities of one unit.
  return type.named.has('value') && typeof value === 'object' && value !== null && 'value' in value
    ? value.value
    : value;
}

function isTemporal({ type }: Item): boolean {
  return type.name === 'dateTime' || type.name === 'date' || type.name === 'instant';
}

/** Compares as far as both are precise: to which of two times a shorter one is earlier stays unknown. */
function compareTimes(a: string, b: string): number | undefined {
  if (a.length > 10 && b.length > 10) return Date.parse(a) - Date.parse(b);
  const length = Math.min(a.length, b.length, 10);
  const [shortA, shortB] = [a.slice(0, length), b.slice(0, length)];
  if (shortA === shortB) return a.length === b.length ? 0 : undefined;
  return shortA < shortB ? -1 : 1;
}

function equalValues(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
}
