import { purposeCodes, purposeIsA } from '../identity/index.ts';
import { BREAK_GLASS } from './emergency.ts';

/** Head of the branch: naming it means any purpose. */
const ANY_PURPOSE = 'PurposeOfUse';

/** Treatment, payment and health care operations, for which HIPAA asks for no authorisation: 45 CFR 164.506(c). */
export const TREATMENT_PAYMENT_OPERATIONS: readonly string[] = ['TREAT', 'HPAYMT', 'HOPERAT'];

/** Purposes under HOPERAT in the code system that 45 CFR 164.501 does not count among health care operations. */
export const NOT_OPERATIONS: readonly string[] = ['DONAT', 'GOV', 'HDECD', 'HLEGAL', 'MILCDM'];

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

/** Places of purposes: one for each bit of a set, and one for all purposes of other code systems together. */
export const PURPOSE_PLACES = 65;
const OTHER_SYSTEMS = PURPOSE_PLACES - 1;

/** The place of one purpose. */
export function placeOf({ low, high }: PurposeSet): number {
  if (low !== 0) return 31 - Math.clz32(low);
  return high !== 0 ? 63 - Math.clz32(high) : OTHER_SYSTEMS;
}

/** Every place. */
const ALL_PLACES: readonly number[] = Array.from({ length: PURPOSE_PLACES }, (_, place) => place);

/** The places of what a set covers, or may cover. */
export function placesOf({ low, high, any, others }: PurposeSet): readonly number[] {
  if (any && low === ~0 && high === ~0) return ALL_PLACES;
  const places: number[] = any || others.length > 0 ? [OTHER_SYSTEMS] : [];
  for (let left = low; left !== 0; left &= left - 1) places.push(31 - Math.clz32(left & -left));
  for (let left = high; left !== 0; left &= left - 1) places.push(63 - Math.clz32(left & -left));
  return places;
}
