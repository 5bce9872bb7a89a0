import { randomBytes } from 'node:crypto';
import type { Organisation, TokenRequest } from './organisation.ts';
import { PatientDevice } from './patient-device.ts';
import type { RunningNode } from './running-node.ts';

const ROLE_CODE = 'http://terminology.hl7.org/CodeSystem/v3-RoleCode';

/** A RelatedPerson of a patient; `code` of v3-RoleCode says in what relationship. */
export const relatedPerson = (patient: string, code: string, more: object = {}) => ({
  resourceType: 'RelatedPerson',
  patient: { reference: `Patient/${patient}` },
  relationship: [{ coding: [{ system: ROLE_CODE, code }] }],
  ...more,
});

/** Somebody who asks for a patient, with a token of their own for it. */
export const askingFor = (related: string, patient: string): TokenRequest => ({
  user: `RelatedPerson/${related}`,
  patient,
  scope: 'patient/*.rs patient/Consent.cruds',
  purpose: 'PATRQT',
});

/** A device of somebody who is no patient, with a seed of its own. */
export async function newDevice(node: RunningNode): Promise<PatientDevice> {
  const { ledger } = (await node.send('/.well-known/holdfast')).json;
  return new PatientDevice(randomBytes(32).toString('base64'), ledger.id);
}

/** Enrols a device for a patient in a role: staff give the code, whoever asks for the patient sends the key. */
export async function enrolAs(
  organisation: Organisation,
  device: PatientDevice,
  { patient, as, ...purpose }: { patient: string; as: TokenRequest; role: string; until?: string },
): Promise<string> {
  const opened = await organisation.call('POST', `/patients/${patient}/enrolment`, { body: purpose });
  if (opened.status !== 201) throw new Error(`no enrolment code: ${opened.status} ${opened.text}`);
  const body = device.enrolment(organisation.id, patient, opened.json.code);
  const enrolled = await organisation.call('PUT', `/patients/${patient}/key`, { as, body });
  if (enrolled.status !== 200) throw new Error(`not enrolled: ${enrolled.status} ${enrolled.text}`);
  return enrolled.json.id;
}

/** The day on which somebody is born who is so old today, or will be in so many days. */
export function bornBefore(years: number, inDays = 0): string {
  const day = new Date(Date.now() + inDays * 24 * 3600 * 1000);
  day.setUTCFullYear(day.getUTCFullYear() - years);
  return day.toISOString().slice(0, 10);
}
