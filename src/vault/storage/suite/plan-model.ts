import type { Plan } from '../plan.ts';
import type { SpanRow } from '../rows.ts';

/** Whether a row is in a plan, worked out on plain lists. */
export function holds(
  plan: Plan,
  rid: number,
  postings: ReadonlyMap<number, number[]>,
  spans: readonly SpanRow[],
): boolean {
  switch (plan.kind) {
    case 'keys':
      return plan.keys.some((key) => postings.get(key.charCodeAt(0))?.includes(rid));
    case 'rows':
      return plan.rids.includes(rid);
    case 'and':
      return plan.plans.every((each) => holds(each, rid, postings, spans));
    case 'or':
      return plan.plans.some((each) => holds(each, rid, postings, spans));
    case 'not':
      return !holds(plan.plan, rid, postings, spans);
    case 'span': {
      const { test: asked } = plan;
      return spans.some(
        (span) =>
          span.rid === rid &&
          span.low >= (asked.lowAtLeast ?? -Infinity) &&
          span.low <= (asked.lowAtMost ?? Infinity) &&
          span.high >= (asked.highAtLeast ?? -Infinity) &&
          span.high <= (asked.highAtMost ?? Infinity) &&
          span.value > (asked.valueAbove ?? -Infinity) &&
          span.value < (asked.valueBelow ?? Infinity),
      );
    }
  }
}
