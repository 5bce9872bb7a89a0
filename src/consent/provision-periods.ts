import type { DecisionFacts } from '../r4/index.ts';
import { tookPlace } from './criteria.ts';
import type { Provision } from './provision.ts';

/** Numbers of one provision: from when and until when it counts, and the ends of its `dataPeriod`, NaN where it has none. */
const NUMBERS = 4;

/** The periods of many provisions, side by side: as objects they would lie all over the memory. */
export class ProvisionPeriods {
  readonly #periods: Float64Array;
  readonly #denies: Uint8Array;

  constructor(provisions: readonly Provision[]) {
    const periods = provisions.flatMap(({ criteria: { fromMs, untilMs, data } }) => [
      fromMs,
      untilMs,
      data?.startMs ?? Number.NaN,
      data?.endMs ?? Number.NaN,
    ]);
    this.#periods = Float64Array.from(periods);
    this.#denies = Uint8Array.from(provisions, ({ effect }) => Number(effect === 'deny'));
  }

  /** Whether a provision counts now, and data of this period is within its `dataPeriod`. */
  hold(at: number, nowMs: number, period: DecisionFacts['period']): boolean {
    const periods = this.#periods;
    const first = at * NUMBERS;
    if (nowMs < (periods[first] ?? 0) || nowMs >= (periods[first + 1] ?? 0)) return false;
    const startMs = periods[first + 2] ?? Number.NaN;
    if (Number.isNaN(startMs)) return true;
    const effect = this.#denies[at] === 1 ? 'deny' : 'permit';
    return tookPlace(startMs, periods[first + 3] ?? Number.NaN, effect, period);
  }
}
