import type { Item } from '../fhirpath/item.ts';
import { isObject, type JsonObject } from '../resource.ts';
import type { NumberEntry, QuantityEntry } from './index-entry.ts';
import { numberRange } from './number-range.ts';

const CURRENCIES = 'urn:iso:std:iso:4217';

/** The number of an item; both ends of a Range. */
export function numberEntries(param: string, { value }: Item): NumberEntry[] {
  if (typeof value === 'number') {
    const range = numberRange(String(value));
    return range === undefined ? [] : [{ kind: 'number', param, ...range }];
  }
  const ends = rangeOf(value);
  return ends === undefined
    ? []
    : [{ kind: 'number', param, value: ends.value, low: ends.low, high: ends.high }];
}

/** The quantity of an item (R4 §3.1.1.5.11): Quantity and its kinds, Money, Range, the limits of SampledData. */
export function quantityEntries(param: string, { value, type }: Item): QuantityEntry[] {
  if (!isObject(value)) return [];
  if (type.name === 'Range') {
    const ends = rangeOf(value);
    return ends === undefined ? [] : [{ kind: 'quantity', param, ...ends }];
  }
  if (type.name === 'SampledData') return sampledData(param, value);
  const range = typeof value.value === 'number' ? numberRange(String(value.value)) : undefined;
  if (range === undefined) return [];
  if (type.name === 'Money')
    return [{ kind: 'quantity', param, ...range, ...unitOf({ system: CURRENCIES, code: value.currency }) }];
  return [{ kind: 'quantity', param, ...compared(range, value.comparator), ...unitOf(value) }];
}

/** "< 5" is every number below 5. */
function compared({ value, low, high }: { value: number; low: number; high: number }, comparator: unknown) {
  if (comparator === '<' || comparator === '<=') return { value, low: Number.NEGATIVE_INFINITY, high: value };
  if (comparator === '>' || comparator === '>=') return { value, low: value, high: Number.POSITIVE_INFINITY };
  return { value, low, high };
}

function unitOf({
  system,
  code,
  unit,
}: JsonObject): Partial<Pick<QuantityEntry, 'system' | 'code' | 'unit'>> {
  return {
    ...(typeof system === 'string' ? { system } : {}),
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof unit === 'string' ? { unit } : {}),
  };
}

function rangeOf(value: unknown): Omit<QuantityEntry, 'kind' | 'param'> | undefined {
  if (!isObject(value)) return undefined;
  const [from, to] = [quantityIn(value.low), quantityIn(value.high)];
  const known = from ?? to;
  if (known === undefined) return undefined;
  const low = from === undefined ? Number.NEGATIVE_INFINITY : Number(from.value);
  const high = to === undefined ? Number.POSITIVE_INFINITY : Number(to.value);
  const middle = from === undefined ? high : to === undefined ? low : (low + high) / 2;
  return { value: middle, low, high, ...unitOf(known) };
}

function sampledData(param: string, { origin, lowerLimit, upperLimit }: JsonObject): QuantityEntry[] {
  if (!isObject(origin) || typeof lowerLimit !== 'number' || typeof upperLimit !== 'number') return [];
  const value = (lowerLimit + upperLimit) / 2;
  return [{ kind: 'quantity', param, value, low: lowerLimit, high: upperLimit, ...unitOf(origin) }];
}

function quantityIn(value: unknown): JsonObject | undefined {
  return isObject(value) && typeof value.value === 'number' ? value : undefined;
}
