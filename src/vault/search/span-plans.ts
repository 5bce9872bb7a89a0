import type { DateValue, NumberValue } from '../../r4/index.ts';
import type { Plan, SpanTest } from '../storage/plan.ts';

/** The lowest number there is stands for "no lower end", as in "< 5". */
const NO_END = Number.MAX_VALUE;

/** Whose spans are looked at. */
export type SpanKey = Pick<Extract<Plan, { kind: 'span' }>, 'key' | 'custody'>;

/** Times that R4 §3.1.1.5.3 counts as a match; whole milliseconds, both ends inclusive. */
export function datePlan(of: SpanKey, { prefix, low, high }: DateValue): Plan {
  const within: SpanTest = { lowAtLeast: low, highAtMost: high };
  const above: SpanTest = { highAtLeast: high + 1 };
  const below: SpanTest = { lowAtMost: low - 1 };
  const tests: Record<DateValue['prefix'], SpanTest[]> = {
    eq: [within],
    ne: [below, above],
    gt: [above],
    ge: [within, above],
    lt: [below],
    le: [within, below],
    sa: [{ lowAtLeast: high + 1 }],
    eb: [{ highAtMost: low - 1 }],
    ap: [{ lowAtMost: high, highAtLeast: low }],
  };
  return anyOf(of, tests[prefix]);
}

/** Numbers that match; precision counts for `eq`, `ne` and `ap` only (R4 §3.1.1.5.4). An open end lies beyond every number. */
export function numberPlan(of: SpanKey, { prefix, value, low, high }: NumberValue): Plan {
  const above: SpanTest[] = [{ valueAbove: value }, { highAtLeast: NO_END }];
  const below: SpanTest[] = [{ valueBelow: value }, { lowAtMost: -NO_END }];
  const within: SpanTest = { lowAtLeast: low, highAtMost: high };
  const tests: Record<NumberValue['prefix'], SpanTest[]> = {
    eq: [within],
    ne: [{ lowAtMost: beneath(low) }, { highAtLeast: beyond(high) }],
    gt: above,
    ge: [...above, { valueAbove: beneath(value) }],
    lt: below,
    le: [...below, { valueBelow: beyond(value) }],
    sa: [{ valueAbove: value, lowAtLeast: -NO_END / 2 }],
    eb: [{ valueBelow: value, highAtMost: NO_END / 2 }],
    ap: [{ lowAtMost: high, highAtLeast: low }],
  };
  return anyOf(of, tests[prefix]);
}

function anyOf(of: SpanKey, tests: readonly SpanTest[]): Plan {
  const plans = tests.map((test): Plan => ({ kind: 'span', test, ...of }));
  const [one] = plans;
  return plans.length === 1 && one !== undefined ? one : { kind: 'or', plans };
}

/** The next smaller double. */
function beneath(number: number): number {
  return -beyond(-number);
}

/** The next larger double. */
function beyond(number: number): number {
  if (number === 0) return Number.MIN_VALUE;
  const bits = new BigInt64Array(new Float64Array([number]).buffer);
  bits[0] = (bits[0] ?? 0n) + (number > 0 ? 1n : -1n);
  return new Float64Array(bits.buffer)[0] ?? number;
}
