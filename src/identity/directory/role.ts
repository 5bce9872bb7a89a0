import { interactionBits } from '../scope/scope.ts';

/** What somebody does at an organisation; it bounds what any app may do in their name. */
export const roles = [
  'patient',
  'representative',
  'clinician',
  'front-desk',
  'privacy-officer',
  'compliance',
  'researcher',
  'trial',
  'supply-chain',
  'administrator',
] as const;

/** One of {@link roles}. */
export type Role = (typeof roles)[number];

/** True for a role that there is. */
export function isRole(text: unknown): text is Role {
  return roles.some((role) => role === text);
}

/** What somebody in a role needs, and for what. */
export interface RoleReach {
  /** `Type.letters`, separated by spaces. */
  readonly types: string;
  /** The purposes that they may state, the usual one first. */
  readonly purposes: readonly string[];
}

/** Minimum necessary (45 CFR 164.514(d)(2)): persons by what they do, and the data that they need for it. */
const reaches: Readonly<Record<Role, RoleReach>> = {
  patient: { types: '*.rs Consent.cruds', purposes: ['PATRQT'] },
  // 45 CFR 164.502(g)(1): treated as the patient is, within what they represent them in.
  representative: { types: '*.rs Consent.cruds', purposes: ['PATRQT', 'FAMRQT', 'PWATRNY'] },
  clinician: { types: '*.crus', purposes: ['TREAT', 'ETREAT', 'BTG', 'COC', 'HOPERAT'] },
  'front-desk': {
    types:
      'Patient.crus Appointment.crus Schedule.crus Slot.crus Coverage.crus Encounter.crus Practitioner.rs PractitionerRole.rs Organization.rs Location.rs RelatedPerson.crus',
    purposes: ['HOPERAT', 'TREAT', 'HPAYMT'],
  },
  'privacy-officer': {
    types: 'Patient.rs AuditEvent.rus Consent.crus Provenance.rs Communication.crus',
    purposes: ['HOPERAT', 'HCOMPL'],
  },
  compliance: { types: 'Patient.rs AuditEvent.rs Consent.rs Provenance.rs', purposes: ['HOPERAT', 'HCOMPL'] },
  researcher: { types: '*.rs', purposes: ['HRESCH'] },
  trial: {
    types:
      'Patient.rs ResearchStudy.crus ResearchSubject.crus Questionnaire.crus QuestionnaireResponse.crus Observation.crus AdverseEvent.crus Consent.rs',
    purposes: ['CLINTRCH'],
  },
  'supply-chain': {
    types:
      'Medication.crus Device.crus SupplyDelivery.crus SupplyRequest.crus Substance.crus Organization.rs Location.rs',
    purposes: ['HOPERAT'],
  },
  administrator: {
    types: 'Organization.crus Practitioner.crus PractitionerRole.crus Location.crus',
    purposes: ['HSYSADMIN', 'HOPERAT'],
  },
};

/** The table by role, for whoever asks what the organisation's policy is. */
export const roleReaches: Readonly<Record<Role, RoleReach>> = reaches;

const compiled = new Map(roles.map((role) => [role, compile(reaches[role].types)]));

/** Resource type (or `*`) → interaction bits that somebody with these roles may use, through whatever app. */
export function reachOfRoles(held: readonly Role[]): ReadonlyMap<string, number> {
  const sum = new Map<string, number>();
  for (const role of held)
    for (const [type, bits] of compiled.get(role) ?? []) sum.set(type, (sum.get(type) ?? 0) | bits);
  return sum;
}

/** Purposes that somebody with these roles may state, the usual one first. */
export function purposesOfRoles(held: readonly Role[]): readonly string[] {
  return [...new Set(held.flatMap((role) => reaches[role].purposes))];
}

function compile(types: string): Map<string, number> {
  return new Map(
    types.split(' ').map((entry): [string, number] => {
      const [type = '', letters = ''] = entry.split('.');
      let bits = 0;
      for (const letter of letters) bits |= interactionBits[letter as keyof typeof interactionBits];
      return [type, bits];
    }),
  );
}
