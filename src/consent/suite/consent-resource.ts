const ACT_REASON = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
const PARTICIPATION = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType';

/** A provision that names member organisations as recipients. */
export function forOrganisations(...organisations: string[]): object {
  return {
    actor: organisations.map((value) => ({
      role: { coding: [{ system: PARTICIPATION, code: 'IRCP' }] },
      reference: { identifier: { system: 'urn:holdfast:organisation', value } },
    })),
  };
}

/** A provision for purposes of use. */
export function forPurposes(...codes: string[]): object {
  return { purpose: codes.map((code) => ({ system: ACT_REASON, code })) };
}

/** A provision about resource types. */
export function aboutTypes(...codes: string[]): object {
  return { class: codes.map((code) => ({ system: 'http://hl7.org/fhir/resource-types', code })) };
}

/** A valid, active FHIR Consent of a patient with this root provision. */
export function consentResource(
  patient: string,
  provision: object,
  more: object = {},
): Record<string, unknown> {
  return {
    resourceType: 'Consent',
    status: 'active',
    scope: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
    },
    category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
    patient: { reference: `Patient/${patient}` },
    dateTime: '2026-03-01T10:00:00Z',
    policy: [{ uri: 'https://st-mary.example/privacy' }],
    provision,
    ...more,
  };
}
