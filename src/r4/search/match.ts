import type { DateValue, Filter, ReferenceValue, TokenValue } from '../query/search.ts';
import type { Resource } from '../resource.ts';
import { extractParameters } from './extract.ts';
import type { IndexEntry } from './index-entry.ts';

/**
 * Whether a valid resource matches every filter, decided from the resource alone by the same entries that the index holds of it.
 * A filter that takes more than the resource (a chain, `_has`) or has no rule here never matches: what cannot be decided is
 * not reached. `_id` and `_lastUpdated` are parameters like others.
 */
export function matchesFilters(resource: Resource, filters: readonly Filter[]): boolean {
  const names = filters.flatMap((filter) => ('param' in filter ? [filter.param] : []));
  const entries = extractParameters(resource, names);
  return filters.every((filter) => matches(filter, entries));
}

function matches(filter: Filter, entries: readonly IndexEntry[]): boolean {
  switch (filter.kind) {
    case 'token': {
      const found = entries.some(
        (entry) =>
          entry.kind === 'token' &&
          entry.param === filter.param &&
          filter.values.some((value) => isToken(value, entry.system, entry.code)),
      );
      return found !== filter.not;
    }
    case 'reference':
      return entries.some(
        (entry) =>
          entry.kind === 'reference' &&
          entry.param === filter.param &&
          filter.values.some((value) => isReference(value, entry)),
      );
    case 'string':
      return entries.some(
        (entry) =>
          entry.kind === 'string' &&
          entry.param === filter.param &&
          filter.values.some(({ normalized, exact }) =>
            filter.exactly ? entry.exact === exact : entry.normalized.startsWith(normalized),
          ),
      );
    case 'date':
      return entries.some(
        (entry) =>
          entry.kind === 'date' &&
          entry.param === filter.param &&
          filter.values.some((value) => isTime(value, entry.low, entry.high)),
      );
    case 'uri':
      return entries.some(
        (entry) =>
          entry.kind === 'uri' && entry.param === filter.param && filter.values.includes(entry.value),
      );
    default:
      return false;
  }
}

/** R4 §3.1.1.5.9: `system|code`, `code` of any system, `|code` without one, `system|` any code of it. */
function isToken({ system, code }: TokenValue, entrySystem: string | undefined, entryCode: string): boolean {
  if (code !== undefined && code !== entryCode) return false;
  return system === undefined || system === (entrySystem ?? '');
}

function isReference(
  value: ReferenceValue,
  { target, identifier }: Extract<IndexEntry, { kind: 'reference' }>,
): boolean {
  switch (value.by) {
    case 'id':
      return (
        target.id === value.id &&
        (value.types.length === 0 || (target.type !== undefined && value.types.includes(target.type)))
      );
    case 'url':
      return target.url === value.url;
    case 'identifier':
      return identifier !== undefined && isToken(value.token, identifier.system, identifier.value);
  }
}

/** R4 §3.1.1.5.3, on what the value and the resource's time cover, both ends inclusive. */
function isTime({ prefix, low, high }: DateValue, from: number, to: number): boolean {
  switch (prefix) {
    case 'eq':
      return low <= from && to <= high;
    case 'ne':
      return !(low <= from && to <= high);
    case 'gt':
      return to > high;
    case 'lt':
      return from < low;
    case 'ge':
      return to > high || (low <= from && to <= high);
    case 'le':
      return from < low || (low <= from && to <= high);
    case 'sa':
      return from > high;
    case 'eb':
      return to < low;
    case 'ap':
      return from <= high && to >= low;
  }
}
