import { timeRange } from '../../r4/index.ts';
import { asElement } from '../element.ts';

/** When a membership or a right holds: from an instant on, before another, in milliseconds since 1970. */
export interface Interval {
  readonly fromMs: number;
  /** First millisecond at which it is over. */
  readonly untilMs: number;
}

/** All of time. */
export const ALWAYS: Interval = { fromMs: Number.NEGATIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY };
/** No time at all. */
export const NEVER: Interval = { fromMs: Number.POSITIVE_INFINITY, untilMs: Number.NEGATIVE_INFINITY };

/** A Period, its end with everything that its precision covers (FHIR R4 §Period); what cannot be read as one is never. */
export function intervalOf(period: unknown): Interval {
  if (period === undefined) return ALWAYS;
  const { start, end } = asElement(period) ?? { start: null, end: null };
  const from = edge(start, ALWAYS.fromMs, ({ low }) => low);
  const until = edge(end, ALWAYS.untilMs, ({ high }) => high + 1);
  return from === undefined || until === undefined ? NEVER : { fromMs: from, untilMs: until };
}

/** When two hold at once. */
export function both(a: Interval, b: Interval): Interval {
  return { fromMs: Math.max(a.fromMs, b.fromMs), untilMs: Math.min(a.untilMs, b.untilMs) };
}

/** Whether it holds at an instant. */
export function holds({ fromMs, untilMs }: Interval, nowMs: number): boolean {
  return nowMs >= fromMs && nowMs < untilMs;
}

function edge(
  text: unknown,
  open: number,
  pick: (range: { readonly low: number; readonly high: number }) => number,
): number | undefined {
  if (text === undefined) return open;
  const range = typeof text === 'string' ? timeRange(text) : undefined;
  return range === undefined ? undefined : pick(range);
}
