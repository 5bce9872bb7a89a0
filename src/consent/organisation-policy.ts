import { DEFAULT_LABEL_RULES, type LabelRules, NO_LABEL_RULES } from './labelling/label-rules.ts';
import { CALIFORNIA, FEDERAL, type LawProfile, NEW_YORK, NO_LAW } from './law-profile.ts';
import { purposesCovered, TREATMENT_PAYMENT_OPERATIONS } from './purpose-of-use.ts';

/**
 * What an organisation's own people may do with its own patients' data without a consent, and the law it stands under. It is
 * never a bypass: a patient's denial still wins.
 */
export interface OrganisationPolicy {
  /** Purposes permitted, everything below each included. */
  readonly purposes: ReadonlySet<string>;
  /** The same as they were named. */
  readonly named: readonly string[];
  readonly law: LawProfile;
  /** What makes data sensitive. */
  readonly labels: LabelRules;
}

/** The policy that permits `purposes` and what lies below them, under a law; unknown codes permit nothing. */
export function organisationPolicy(
  purposes: readonly string[] = TREATMENT_PAYMENT_OPERATIONS,
  law: LawProfile = FEDERAL,
  labels: LabelRules = DEFAULT_LABEL_RULES,
): OrganisationPolicy {
  return { purposes: new Set(purposes.flatMap(purposesCovered)), named: purposes, law, labels };
}

/** The profile `consent-only`: no layer of law or organisation, nothing is permitted that no consent permits. */
export const CONSENT_ONLY: OrganisationPolicy = organisationPolicy([], NO_LAW, NO_LABEL_RULES);

/** Ids of the policy profiles that an organisation may choose. */
export const POLICY_PROFILES = ['us', 'us-ca', 'us-ny', 'consent-only'] as const;
/** One of {@link POLICY_PROFILES}. */
export type PolicyProfile = (typeof POLICY_PROFILES)[number];

const profiles: Readonly<Record<PolicyProfile, OrganisationPolicy>> = {
  us: organisationPolicy(),
  'us-ca': organisationPolicy(TREATMENT_PAYMENT_OPERATIONS, CALIFORNIA),
  'us-ny': organisationPolicy(TREATMENT_PAYMENT_OPERATIONS, NEW_YORK),
  'consent-only': CONSENT_ONLY,
};

/** The policy of a profile, with an organisation's own rules of labelling where it has some; `consent-only` labels nothing. */
export function policyOf(profile: PolicyProfile, labels?: LabelRules): OrganisationPolicy {
  const policy = profiles[profile];
  return labels === undefined || policy === CONSENT_ONLY ? policy : { ...policy, labels };
}
