import { PURPOSE_OF_USE_SYSTEM, purposeCodes, purposeIsA } from '../identity/index.ts';

/** Code system of the purposes that a Consent may name: http://terminology.hl7.org/CodeSystem/v3-ActReason. */
export const PURPOSE_SYSTEM = PURPOSE_OF_USE_SYSTEM;

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
