import { FEDERAL, type LawProfile, NO_LAW } from './law-profile.ts';
import { purposesCovered } from './purpose-of-use.ts';

/**
 * What an organisation's own people may do with its own patients' data without a consent, and the law it stands under. It is
 * never a bypass: a patient's denial still wins.
 */
export interface OrganisationPolicy {
  /** Purposes permitted, everything below each included. */
  readonly purposes: ReadonlySet<string>;
  readonly law: LawProfile;
}

/** Treatment, payment and health care operations: 45 CFR 164.506(c). */
const DEFAULT_PURPOSES: readonly string[] = ['TREAT', 'HPAYMT', 'HOPERAT'];

/** The policy that permits `purposes` and what lies below them, under a law; unknown codes permit nothing. */
export function organisationPolicy(
  purposes: readonly string[] = DEFAULT_PURPOSES,
  law: LawProfile = FEDERAL,
): OrganisationPolicy {
  return { purposes: new Set(purposes.flatMap(purposesCovered)), law };
}

/** The profile `consent-only`: no layer of law or organisation, nothing is permitted that no consent permits. */
export const CONSENT_ONLY: OrganisationPolicy = organisationPolicy([], NO_LAW);
