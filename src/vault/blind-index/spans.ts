import type { IndexEntry } from '../../r4/index.ts';
import type { BlindNames } from './blind-names.ts';
import { compositeForms } from './composite-forms.ts';
import { PLAIN_SPAN, unitForms } from './forms.ts';
import type { Span } from './index-rows.ts';

/** The parameter that every version has. */
export const LAST_UPDATED = '_lastUpdated';
/** An unbounded end of a range, as a store can hold it. */
const UNBOUNDED = Number.MAX_VALUE;

/** A span with the form it stands under. */
export type FormedSpan = { readonly form: string } & Omit<Span, 'key'>;

const NONE: readonly FormedSpan[] = [];

/** What stays in the clear of an entry: times that are not of birth or death, numbers, quantities by unit. */
export function spansOf(entry: IndexEntry, names: BlindNames): readonly FormedSpan[] {
  switch (entry.kind) {
    case 'date':
      if (entry.hidden) return NONE;
      return [{ form: PLAIN_SPAN, low: entry.low, high: entry.high, value: entry.low }];
    case 'number':
      return [{ form: PLAIN_SPAN, low: entry.low, high: entry.high, value: entry.value }];
    case 'quantity': {
      const { low, high, value } = entry;
      return unitForms(entry).map((form) => ({ form, low, high, value }));
    }
    case 'composite':
      return compositeForms(entry, names).spans ?? NONE;
    default:
      return NONE;
  }
}

/** "< 5" has no lower end: a store holds the smallest number there is. */
export function finite(number: number): number {
  return Math.max(-UNBOUNDED, Math.min(UNBOUNDED, number));
}
