import type { Resource } from '../api/record.ts';

/** v3 PurposeOfUse codes that a patient chooses from, in words. */
export const PURPOSES: Record<string, string> = {
  TREAT: 'Treat me',
  HPAYMT: 'Pay for my care',
  HRESCH: 'Do research',
};

/** Groups of FHIR resource types that a patient chooses from, in words; an empty group means everything. */
export const SCOPES: Record<string, { label: string; types: readonly string[] }> = {
  everything: { label: 'My whole record', types: [] },
  medicines: {
    label: 'Medicines and allergies',
    types: [
      'Patient',
      'MedicationRequest',
      'MedicationStatement',
      'MedicationDispense',
      'MedicationAdministration',
      'AllergyIntolerance',
    ],
  },
  results: {
    label: 'Test results and measurements',
    types: ['Patient', 'Observation', 'DiagnosticReport', 'Specimen'],
  },
  vaccinations: { label: 'Vaccinations', types: ['Patient', 'Immunization'] },
};

/** What the form asks. */
export interface ConsentChoice {
  custodian: string;
  grantee: string;
  purpose: string;
  scope: string;
  /** Last day, YYYY-MM-DD. */
  until: string;
}

const coded = (system: string, code: string) => ({ coding: [{ system, code }] });

/** The FHIR R4 Consent of a choice. `now` is RFC 3339. */
export function consentResource(choice: ConsentChoice, patient: string, now: string): Resource {
  const types = SCOPES[choice.scope]?.types ?? [];
  return {
    resourceType: 'Consent',
    status: 'active',
    scope: coded('http://terminology.hl7.org/CodeSystem/consentscope', 'patient-privacy'),
    category: [coded('http://loinc.org', '59284-0')],
    patient: { reference: `Patient/${patient}` },
    dateTime: now,
    performer: [{ reference: `Patient/${patient}` }],
    organization: [{ identifier: { system: 'urn:holdfast:organisation', value: choice.custodian } }],
    policyRule: coded('http://terminology.hl7.org/CodeSystem/v3-ActCode', 'OPTIN'),
    provision: {
      type: 'permit',
      period: { start: now, end: `${choice.until}T23:59:59.999Z` },
      actor: [
        {
          role: coded('http://terminology.hl7.org/CodeSystem/v3-ParticipationType', 'IRCP'),
          reference: { identifier: { system: 'urn:holdfast:organisation', value: choice.grantee } },
        },
      ],
      purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: choice.purpose }],
      ...(types.length === 0
        ? {}
        : { class: types.map((code) => ({ system: 'http://hl7.org/fhir/resource-types', code })) }),
    },
  };
}

interface Provision {
  period?: { end?: string };
  purpose?: { code?: string }[];
  class?: { code?: string }[];
  actor?: { reference?: { identifier?: { value?: string } } }[];
}

/** A Consent in the words of the form. */
export function consentWords(resource: Resource): {
  grantees: string[];
  purpose: string;
  what: string;
  until: string | undefined;
} {
  const provision = (resource.provision ?? {}) as Provision;
  const grantees = (provision.actor ?? []).flatMap((actor) => actor.reference?.identifier?.value ?? []);
  const purposes = (provision.purpose ?? []).map(({ code }) => PURPOSES[code ?? ''] ?? code ?? '');
  const types = (provision.class ?? []).map(({ code }) => code ?? '');
  const known = Object.values(SCOPES).find((scope) => scope.types.join() === types.join());
  return {
    grantees,
    purpose: purposes.length === 0 ? 'Any purpose' : purposes.join(', '),
    what: known?.label ?? types.join(', '),
    until: provision.period?.end,
  };
}
