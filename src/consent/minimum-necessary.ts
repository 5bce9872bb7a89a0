import { isRole, type Role, reachOfRoles } from '../identity/index.ts';
import { purposesCovered } from './purpose-of-use.ts';

/** What a purpose needs of a record, where that is less than all of it. */
export interface MinimumRule {
  /** PurposeOfUse codes, everything below each included. */
  readonly purposes: readonly string[];
  readonly types: readonly string[];
  readonly source: string;
}

const DEMOGRAPHICS = [
  'Patient',
  'RelatedPerson',
  'Coverage',
  'Organization',
  'Practitioner',
  'PractitionerRole',
];
const SCHEDULING = [
  'Appointment',
  'AppointmentResponse',
  'Schedule',
  'Slot',
  'Encounter',
  'Location',
  'HealthcareService',
];
/** FHIR R4 §financial, and what a claim names: encounters, diagnoses, procedures, prescriptions and devices supplied. */
const BILLING = [
  'Account Claim ClaimResponse ChargeItem ChargeItemDefinition Contract CoverageEligibilityRequest CoverageEligibilityResponse',
  'EnrollmentRequest EnrollmentResponse ExplanationOfBenefit InsurancePlan Invoice PaymentNotice PaymentReconciliation',
  'Condition Procedure MedicationRequest DeviceRequest ServiceRequest SupplyRequest SupplyDelivery Device Medication',
].flatMap((line) => line.split(' '));

/**
 * 45 CFR 164.502(b), 164.514(d). Treatment is not bounded by purpose, only by role; operations are as various as what they look
 * into, and are bounded by role. The organisation answers for these lists: they are shown to whoever asks.
 */
export const MINIMUM_NECESSARY: readonly MinimumRule[] = [
  {
    purposes: ['HPAYMT'],
    types: [...DEMOGRAPHICS, 'Encounter', 'Location', ...BILLING],
    source: '45 CFR 164.502(b)(1), 164.514(d)(2), (d)(5); 164.501 (payment)',
  },
  {
    purposes: ['PATADMIN', 'MEMADMIN'],
    types: [...DEMOGRAPHICS, ...SCHEDULING],
    source: '45 CFR 164.502(b)(1), 164.514(d)(2)',
  },
];

/** Types by purpose; a purpose that is not here is bounded by role alone. */
const typesOfPurpose: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  MINIMUM_NECESSARY.flatMap(({ purposes, types }) =>
    purposes
      .flatMap((purpose) => purposesCovered(purpose))
      .map((purpose): [string, ReadonlySet<string>] => [purpose, new Set(types)]),
  ),
);

/** Types by the roles that somebody has, as one text: there are few combinations. */
const typesOfRoles = new Map<string, ReadonlySet<string>>();
/** Combinations of roles that are remembered. */
const MAX_COMBINATIONS = 1_024; // 2¹⁰ sets of ten roles; another order of one is worked out anew

function typesFor(roles: readonly string[]): ReadonlySet<string> {
  const key = roles.join(' ');
  let types = typesOfRoles.get(key);
  if (types === undefined) {
    types = new Set(reachOfRoles(roles.filter((role): role is Role => isRole(role))).keys());
    if (typesOfRoles.size < MAX_COMBINATIONS) typesOfRoles.set(key, types);
  }
  return types;
}

/**
 * Whether a type is within what a purpose and somebody's roles need. Without roles, where software asks or vouches for the person,
 * the purpose alone decides.
 */
export function isNecessary(type: string, purpose: string, roles: readonly string[] | undefined): boolean {
  if (typesOfPurpose.get(purpose)?.has(type) === false) return false;
  if (roles === undefined) return true;
  const types = typesFor(roles);
  return types.has('*') || types.has(type);
}
