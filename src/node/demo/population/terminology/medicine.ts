import { rxnorm, type Term } from '../code-system.ts';

/** A medicine as it is usually prescribed. */
export interface Medicine {
  readonly code: Term;
  /** How the patient takes it, in words. */
  readonly instruction: string;
  /** What one dose is, such as one tablet. */
  readonly dose: readonly [value: number, unit: string];
  /** Doses a period, and the days of that period; as needed when there is no schedule. */
  readonly schedule?: readonly [times: number, days: number];
  /** How much is dispensed at once, in the dose's unit, and for how many days that is. */
  readonly supply: readonly [quantity: number, days: number];
}

type Times = 'once a day' | 'twice a day' | 'three times a day' | 'at bedtime';
const TIMES: Readonly<Record<Times, number>> = {
  'once a day': 1,
  'at bedtime': 1,
  'twice a day': 2,
  'three times a day': 3,
};

/** Returns a medicine swallowed on a schedule, dispensed for that many days at a time. */
export function oral(code: string, display: string, times: Times, days = 90, pieces = 1): Medicine {
  const unit = /capsule/i.test(display) ? 'capsule' : 'tablet';
  const perDay = TIMES[times];
  return {
    code: rxnorm(code, display),
    instruction: `Take ${pieces} ${unit}${pieces === 1 ? '' : 's'} by mouth ${times}`,
    dose: [pieces, unit],
    schedule: [perDay, 1],
    supply: [pieces * perDay * days, days],
  };
}

/** Returns a medicine that is given or used in another way than swallowed. */
export function other(
  code: string,
  display: string,
  instruction: string,
  dose: Medicine['dose'],
  supply: Medicine['supply'],
  schedule?: Medicine['schedule'],
): Medicine {
  const base = { code: rxnorm(code, display), instruction, dose, supply };
  return schedule === undefined ? base : { ...base, schedule };
}
