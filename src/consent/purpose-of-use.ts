import { purposeCodes, purposeIsA } from '../identity/index.ts';

/** Breaking the glass is a right of its own, not a kind of treatment that a treatment consent gives: it must be named. */
const BREAK_GLASS = 'BTG';

/** Head of the branch: naming it means any purpose. */
const ANY_PURPOSE = 'PurposeOfUse';

/**
 * The purposes that a named one covers: itself and everything below it in v3-ActReason 2018-08-12, the version of
 * FHIR R4 (`HRESCH` covers `CLINTRCHPC`, `TREAT` covers `CLINTRL`), `BTG` only when named itself. Empty for a
 * code outside the branch.
 */
export function purposesCovered(code: string): readonly string[] {
  return purposeCodes.filter(
    (candidate) =>
      candidate === code ||
      (candidate !== BREAK_GLASS && (code === ANY_PURPOSE || purposeIsA(candidate, code))),
  );
}

/** A set of purposes as bits, so that a decision tests it in one step. */
export interface PurposeSet {
  readonly low: number;
  readonly high: number;
}

/** Every purpose, where a provision sets no condition. */
export const ALL_PURPOSES: PurposeSet = { low: ~0, high: ~0 };

/** One bit for each of the codes; 64 bits hold the branch's 60 with room for what a later version adds. */
const bits = new Map<string, PurposeSet>(
  purposeCodes.map((code, index) => [
    code,
    index < 32 ? { low: 1 << index, high: 0 } : { low: 0, high: 1 << (index - 32) },
  ]),
);

/** The set of these codes; codes outside the branch are in no set. */
export function purposeSet(codes: Iterable<string>): PurposeSet {
  let low = 0;
  let high = 0;
  for (const code of codes) {
    const bit = bits.get(code);
    low |= bit?.low ?? 0;
    high |= bit?.high ?? 0;
  }
  return { low, high };
}

/** The set of one code; undefined for a code outside the branch. */
export function purposeBit(code: string): PurposeSet | undefined {
  return bits.get(code);
}

/** Whether two sets have a purpose in common. */
export function meets(a: PurposeSet, b: PurposeSet): boolean {
  return ((a.low & b.low) | (a.high & b.high)) !== 0;
}
