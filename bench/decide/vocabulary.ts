/** What the consents and resources of the measurement are made of. */
export const ACT_REASON = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
export const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
export const RESOURCE_TYPES = 'http://hl7.org/fhir/resource-types';
export const LOINC = 'http://loinc.org';
export const MEMBERS = ['st-mary', 'lakeside', 'meridian', 'aurora', 'northgate', 'riverside'];
export const PURPOSES = ['TREAT', 'HPAYMT', 'HOPERAT', 'HRESCH', 'CLINTRCH', 'PUBHLTH', 'COC'];
export const TYPES = [
  'Observation',
  'Condition',
  'MedicationRequest',
  'Encounter',
  'DiagnosticReport',
  'Immunization',
];

/** Deterministic: a linear congruential generator (Numerical Recipes), 0 ≤ x < below. */
export function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export const pick = <T>(from: readonly T[], at: number): T => from[at % from.length] as T;
