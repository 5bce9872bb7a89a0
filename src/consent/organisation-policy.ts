import { purposesCovered } from './purpose-of-use.ts';

/**
 * What an organisation's own people may do with its own patients' data without a consent. It is never a bypass:
 * a patient's denial still wins.
 */
export interface OrganisationPolicy {
  /** Purposes permitted, everything below each included. */
  readonly purposes: ReadonlySet<string>;
}

/** Treatment, payment and health care operations: 45 CFR 164.506(c). */
const DEFAULT_PURPOSES: readonly string[] = ['TREAT', 'HPAYMT', 'HOPERAT'];

/** The policy that permits `purposes` and what lies below them; unknown codes permit nothing. */
export function organisationPolicy(purposes: readonly string[] = DEFAULT_PURPOSES): OrganisationPolicy {
  return { purposes: new Set(purposes.flatMap(purposesCovered)) };
}
