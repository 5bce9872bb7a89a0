import { randomBytes } from 'node:crypto';
import type { Organisation } from './organisation.ts';

const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const SCOPE = 'http://terminology.hl7.org/CodeSystem/consentscope';

/** The custodian records that a patient keeps its own people out. */
export async function denyOwnPeople(custodian: Organisation, patient: string): Promise<void> {
  const id = randomBytes(16).toString('hex');
  const body = {
    resourceType: 'Consent',
    id,
    status: 'active',
    scope: { coding: [{ system: SCOPE, code: 'patient-privacy' }] },
    category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
    patient: { reference: `Patient/${patient}` },
    policyRule: { coding: [{ system: ACT_CODE, code: 'OPTOUT' }] },
    provision: { type: 'deny' },
  };
  const answer = await custodian.fhir('PUT', `Consent/${id}`, { body });
  if (answer.status !== 201) throw new Error(`no consent: ${answer.status} ${answer.text}`);
}
