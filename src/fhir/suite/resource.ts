const ACT_REASON = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
const LOINC = 'http://loinc.org';

/** A valid, active Consent of a patient with this root provision. */
export function consentResource(patient: string, provision: object): Record<string, unknown> {
  return {
    resourceType: 'Consent',
    status: 'active',
    scope: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
    },
    category: [{ coding: [{ system: LOINC, code: '59284-0' }] }],
    patient: { reference: `Patient/${patient}` },
    dateTime: '2026-03-01T10:00:00Z',
    policy: [{ uri: 'https://st-mary.example/privacy' }],
    provision,
  };
}

/** A root provision that denies treatment everything, or only resources with a code. */
export function denial(...codes: string[]): object {
  return {
    type: 'deny',
    purpose: [{ system: ACT_REASON, code: 'TREAT' }],
    ...(codes.length === 0 ? {} : { code: codes.map((code) => ({ coding: [{ system: LOINC, code }] })) }),
  };
}

/** A Patient. */
export const patient = (id: string, more: object = {}) => ({ resourceType: 'Patient', id, ...more });

/** An Observation of a patient. */
export const observation = (id: string, subject: string, code: string, more: object = {}) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { coding: [{ system: LOINC, code }] },
  subject: { reference: `Patient/${subject}` },
  ...more,
});

/** A Basic, which needs no patient. */
export const basic = (value: string, more: object = {}) => ({
  resourceType: 'Basic',
  code: { text: value },
  identifier: [{ system: 'urn:test', value }],
  ...more,
});
