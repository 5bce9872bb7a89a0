import type { DateValue, Filter, IndexEntry, NumberValue, TokenValue } from '../../r4/index.ts';
import type { PlainFilter } from './filter-plan.ts';

/**
 * Whether index entries of a resource meet a filter: the check on decrypted content where the blind index says too much,
 * and what the tests hold the index against. `id` is the resource's logical id.
 */
export function entriesMatch(filter: PlainFilter, entries: readonly IndexEntry[], id: string): boolean {
  const mine = entries.filter((entry) => entry.param === filter.param);
  if (filter.kind === 'missing') return (mine.length === 0) === filter.missing;
  if (filter.kind === 'token' && filter.param === '_id') {
    return filter.values.some(({ code }) => code === id) !== filter.not;
  }
  const found = mine.some((entry) => entryMatches(filter, entry));
  return filter.kind === 'token' && filter.not ? !found : found;
}

function entryMatches(filter: Exclude<PlainFilter, { kind: 'missing' }>, entry: IndexEntry): boolean {
  switch (filter.kind) {
    case 'token':
      return entry.kind === 'token' && filter.values.some((value) => tokenMatches(value, entry));
    case 'reference':
      return entry.kind === 'reference' && filter.values.some((value) => referenceMatches(value, entry));
    case 'string':
      return (
        entry.kind === 'string' &&
        filter.values.some(({ normalized, exact }) =>
          filter.exactly ? entry.exact === exact : entry.normalized.startsWith(normalized),
        )
      );
    case 'uri':
      return entry.kind === 'uri' && filter.values.includes(entry.value);
    case 'date':
      return entry.kind === 'date' && filter.values.some((value) => dateMatches(value, entry));
    case 'number':
      return entry.kind === 'number' && filter.values.some((value) => numberMatches(value, entry));
    case 'quantity':
      return (
        entry.kind === 'quantity' &&
        filter.values.some((value) => unitMatches(value, entry) && numberMatches(value, entry))
      );
    case 'composite':
      return (
        entry.kind === 'composite' && filter.values.some((parts) => compositeMatches(parts, entry.components))
      );
  }
}

function compositeMatches(parts: readonly Filter[], components: readonly (readonly IndexEntry[])[]): boolean {
  return parts.every((part, at) => {
    if (part.kind === 'chain' || part.kind === 'has' || part.kind === 'missing') return false;
    return (components[at] ?? []).some((entry) => entryMatches(part, entry));
  });
}

function tokenMatches(asked: TokenValue, { system, code }: { system?: string; code: string }): boolean {
  if (asked.system === undefined) return asked.code === code;
  if (asked.system !== (system ?? '')) return false;
  return asked.code === undefined || asked.code === code;
}

function referenceMatches(
  asked: Extract<Filter, { kind: 'reference' }>['values'][number],
  { target, identifier }: Extract<IndexEntry, { kind: 'reference' }>,
): boolean {
  if (asked.by === 'url') return target.url === asked.url;
  if (asked.by === 'id') {
    return target.id === asked.id && (asked.types.length === 0 || asked.types.includes(target.type ?? ''));
  }
  return identifier !== undefined && tokenMatches(asked.token, { ...identifier, code: identifier.value });
}

function unitMatches(
  asked: { system?: string; code?: string },
  { system, code, unit }: Extract<IndexEntry, { kind: 'quantity' }>,
): boolean {
  if (asked.code === undefined) return true;
  if (asked.system === undefined) return asked.code === code || asked.code === unit;
  return asked.system === system && asked.code === code;
}

/** R4 §3.1.1.5.3; ends inclusive. */
function dateMatches(asked: DateValue, { low, high }: { low: number; high: number }): boolean {
  const within = low >= asked.low && high <= asked.high;
  switch (asked.prefix) {
    case 'eq':
      return within;
    case 'ne':
      return !within;
    case 'gt':
      return high > asked.high;
    case 'ge':
      return within || high > asked.high;
    case 'lt':
      return low < asked.low;
    case 'le':
      return within || low < asked.low;
    case 'sa':
      return low > asked.high;
    case 'eb':
      return high < asked.low;
    case 'ap':
      return low <= asked.high && high >= asked.low;
  }
}

/** R4 §3.1.1.5.4; an open end of the stored range lies beyond every number. */
function numberMatches(
  asked: NumberValue,
  { low, high, value }: { low: number; high: number; value: number },
): boolean {
  const within = low >= asked.low && high <= asked.high;
  const openAbove = high === Number.POSITIVE_INFINITY;
  const openBelow = low === Number.NEGATIVE_INFINITY;
  switch (asked.prefix) {
    case 'eq':
      return within;
    case 'ne':
      return !within;
    case 'gt':
      return value > asked.value || openAbove;
    case 'ge':
      return value >= asked.value || openAbove;
    case 'lt':
      return value < asked.value || openBelow;
    case 'le':
      return value <= asked.value || openBelow;
    case 'sa':
      return value > asked.value && !openBelow;
    case 'eb':
      return value < asked.value && !openAbove;
    case 'ap':
      return low <= asked.high && high >= asked.low;
  }
}
