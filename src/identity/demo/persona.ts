import { type Role, roleReaches } from '../directory/role.ts';
import type { AccessClaims } from '../token/access-token.ts';

/** What a demo persona does; it decides what a token lets them do, and why. */
export type PersonaRole = 'patient' | 'clinician' | 'front-desk' | 'payer' | 'compliance' | 'researcher';

/** The same patient's record at an organisation. */
export interface PersonaRecord {
  organisation: string;
  /** Logical id of the Patient there. */
  patient: string;
}

/** Somebody to sign in as in demo mode (FORMATS §8). Everything about them is synthetic and public, the seed too. */
export interface Persona {
  id: string;
  name: string;
  role: PersonaRole;
  /** Where they sign in unless another of their records is asked for. */
  organisation: string;
  /** A patient's logical id at `organisation`. */
  patient?: string;
  /** A patient's records at every organisation, `organisation` included. */
  records?: readonly PersonaRecord[];
  /** Base64 of a patient's 32-byte seed, with which the portal signs. */
  seed?: string;
  /** A staff member's resource at `organisation`, such as `Practitioner/12`; their persona id in its place otherwise. */
  fhirUser?: string;
}

/** What a role may do. Patients read all of their own and manage their consents; nobody reaches beyond their work. */
const grants: Record<PersonaRole, { scope: string; purpose: string; role?: Role }> = {
  patient: { scope: 'patient/*.rs patient/Consent.cruds', purpose: 'PATRQT' },
  // BTG opens nothing by itself: the glass must be broken first.
  clinician: { scope: 'user/*.crus', purpose: 'TREAT BTG', role: 'clinician' },
  'front-desk': { scope: scopesOf('front-desk'), purpose: 'HOPERAT TREAT HPAYMT', role: 'front-desk' },
  payer: {
    scope:
      'user/Patient.rs user/Coverage.crus user/Claim.crus user/ClaimResponse.crus user/ExplanationOfBenefit.crus user/Encounter.rs user/Condition.rs user/Procedure.rs user/MedicationRequest.rs user/Organization.rs user/Practitioner.rs',
    purpose: 'HPAYMT',
  },
  compliance: {
    scope: 'user/Patient.rs user/AuditEvent.rus user/Consent.rs user/Provenance.rs',
    purpose: 'HOPERAT',
  },
  researcher: { scope: 'user/*.rs', purpose: 'HRESCH', role: 'researcher' },
};

function scopesOf(role: Role): string {
  return roleReaches[role].types
    .split(' ')
    .map((reach) => `user/${reach}`)
    .join(' ');
}

/** The client in whose name personas sign in; it is registered nowhere. */
export const DEMO_PORTAL = 'demo-portal';

/** What the token of a persona says, signed in at one organisation; undefined when they have no record there. */
export function personaClaims(persona: Persona, organisation: string): AccessClaims | undefined {
  const { scope, purpose, role } = grants[persona.role];
  const shared = {
    sub: persona.id,
    client_id: DEMO_PORTAL,
    scope,
    purpose_of_use: purpose.split(' '),
    ...(role === undefined ? {} : { roles: [role] }),
  };
  if (persona.role !== 'patient') {
    if (organisation !== persona.organisation) return undefined;
    return { ...shared, fhirUser: persona.fhirUser ?? `Practitioner/${persona.id}` };
  }
  const patient = patientAt(persona, organisation);
  return patient === undefined ? undefined : { ...shared, fhirUser: `Patient/${patient}`, patient };
}

function patientAt(persona: Persona, organisation: string): string | undefined {
  if (organisation === persona.organisation && persona.patient !== undefined) return persona.patient;
  return persona.records?.find((record) => record.organisation === organisation)?.patient;
}
