import type { Item } from '../fhirpath/item.ts';
import { isObject, type JsonObject } from '../resource.ts';
import type { DateEntry } from './index-entry.ts';
import { EARLIEST_TIME, LATEST_TIME, type TimeRange, timeRange } from './time-range.ts';

/** The time an item covers (R4 §3.1.1.5.7): a Period without an end has not ended; a Timing covers all its events. */
export function dateEntries(param: string, hidden: boolean, { value, type }: Item): DateEntry[] {
  const range = rangeOf(value, type.name);
  if (range === undefined) return [];
  if (!hidden || typeof value !== 'string') return [{ kind: 'date', param, ...range }];
  // A time of day in a date of death is left out: the hash of a moment could be found by trying all of them.
  return [{ kind: 'date', param, ...range, hidden: true, value: value.slice(0, 10) }];
}

function rangeOf(value: unknown, type: string): TimeRange | undefined {
  if (typeof value === 'string') return timeRange(value);
  if (!isObject(value)) return undefined;
  if (type === 'Period') return periodRange(value);
  return type === 'Timing' ? timingRange(value) : undefined;
}

function periodRange({ start, end }: JsonObject): TimeRange | undefined {
  const from = typeof start === 'string' ? timeRange(start) : undefined;
  const to = typeof end === 'string' ? timeRange(end) : undefined;
  if (from === undefined && to === undefined) return undefined;
  return { low: from?.low ?? EARLIEST_TIME, high: to?.high ?? LATEST_TIME };
}

function timingRange({ event, repeat }: JsonObject): TimeRange | undefined {
  const ranges = (Array.isArray(event) ? event : [])
    .map((time) => (typeof time === 'string' ? timeRange(time) : undefined))
    .filter((range) => range !== undefined);
  const bounds =
    isObject(repeat) && isObject(repeat.boundsPeriod) ? periodRange(repeat.boundsPeriod) : undefined;
  if (bounds !== undefined) ranges.push(bounds);
  if (ranges.length === 0) return undefined;
  return {
    low: Math.min(...ranges.map(({ low }) => low)),
    high: Math.max(...ranges.map(({ high }) => high)),
  };
}
