import { purposeCodes, purposeIsA } from '../identity/index.ts';
import { BREAK_GLASS } from './emergency.ts';

/** Head of the branch: naming it means any purpose. */
const ANY_PURPOSE = 'PurposeOfUse';

/**
 * The purposes that a named one covers: itself and everything below it in v3-ActReason 2018-08-12, the version of
 * FHIR R4 (`HRESCH` covers `CLINTRCHPC`, `TREAT` covers `CLINTRL`), `BTG` only when named itself, since breaking the
 * glass is a right of its own, no kind of treatment that a treatment consent gives. Empty for a code outside the branch.
 */
export function purposesCovered(code: string): readonly string[] {
  return purposeCodes.filter(
    (candidate) =>
      candidate === code ||
      (candidate !== BREAK_GLASS && (code === ANY_PURPOSE || purposeIsA(candidate, code))),
  );
}

/** A set of purposes, those of PurposeOfUse as bits, so that a decision tests it in one step. */
export interface PurposeSet {
  readonly low: number;
  readonly high: number;
  /** Every purpose is in it, of whatever code system. */
  readonly any: boolean;
  /** Purposes of other code systems, as `system|code`; nothing is above or below them. */
  readonly others: readonly string[];
}

const NO_OTHERS: readonly string[] = [];

/** Every purpose, where a provision sets no condition. */
export const ALL_PURPOSES: PurposeSet = { low: ~0, high: ~0, any: true, others: NO_OTHERS };

/** One bit for each of the codes; 64 bits hold the branch's 60 with room for what a later version adds. */
const bits = new Map<string, PurposeSet>(
  purposeCodes.map((code, index) => [
    code,
    {
      low: index < 32 ? 1 << index : 0,
      high: index < 32 ? 0 : 1 << (index - 32),
      any: false,
      others: NO_OTHERS,
    },
  ]),
);

/** The set of these: codes of PurposeOfUse, and `system|code` of other systems. */
export function purposeSet(purposes: Iterable<string>): PurposeSet {
  let low = 0;
  let high = 0;
  const others: string[] = [];
  for (const purpose of purposes) {
    const bit = bits.get(purpose);
    low |= bit?.low ?? 0;
    high |= bit?.high ?? 0;
    if (bit === undefined && purpose.includes('|')) others.push(purpose);
  }
  return { low, high, any: false, others };
}

/** The set of one purpose; undefined for what is neither a code of the branch nor `system|code`. */
export function purposeBit(purpose: string): PurposeSet | undefined {
  const bit = bits.get(purpose);
  if (bit !== undefined || !purpose.includes('|')) return bit;
  return { low: 0, high: 0, any: false, others: [purpose] };
}

/** Whether a set has the one purpose in it that is asked under. */
export function covers(set: PurposeSet, asked: PurposeSet): boolean {
  if (((set.low & asked.low) | (set.high & asked.high)) !== 0) return true;
  const [other] = asked.others;
  return other !== undefined && (set.any || set.others.includes(other));
}

/** Everything in either set. */
export function union(a: PurposeSet, b: PurposeSet): PurposeSet {
  const others =
    a.others.length + b.others.length === 0 ? NO_OTHERS : [...new Set([...a.others, ...b.others])];
  return { low: a.low | b.low, high: a.high | b.high, any: a.any || b.any, others };
}
