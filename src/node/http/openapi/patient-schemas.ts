import { ref, type Schema } from './operation-object.ts';
import {
  array,
  count,
  ID,
  key,
  LOGICAL_ID,
  ORGANISATION,
  object,
  sequence,
  signature,
  string,
  time,
} from './scalars.ts';

const consentSchemas = {
  Grant: object(
    {
      id: ID,
      patient: LOGICAL_ID,
      consent: { type: 'object', description: 'FHIR R4 Consent, active, without id, meta and text.' },
      sequence,
      salt: key,
      subjectKey: key,
      signature,
      enrolment: signature,
      links: array(object({ organisation: ORGANISATION, key, signature })),
    },
    ['links'],
  ),
  Revocation: {
    oneOf: [
      object({ sequence, signature }),
      object({
        sequence,
        reason: { enum: ['written-request', 'representative', 'age-out', 'court-order'] },
      }),
    ],
  },
  Rebinding: object({ sequence, newKey: key, signature }, ['signature']),
  ConsentState: object({ id: ID, sequence, status: string(), transaction: string(), height: count }, [
    'transaction',
    'height',
  ]),
  Consents: object({
    consents: array(
      object({
        id: ID,
        patient: LOGICAL_ID,
        status: string(),
        sequence,
        recordedBy: { enum: ['patient', 'custodian-held-key', 'custodian'] },
        time,
        resource: { type: 'object' },
      }),
    ),
  }),
};

const keySchemas = {
  EnrolmentRequest: object(
    {
      role: { enum: ['self', 'parent', 'guardian', 'representative'] },
      until: time,
      custody: { enum: ['patient', 'custodian'] },
    },
    ['role', 'until', 'custody'],
  ),
  EnrolmentCode: object({ code: string(), expires: time }),
  KeyRequest: object({ code: string(), subjectKey: key, signature }),
  EnrolledKey: object(
    {
      id: string(),
      patient: LOGICAL_ID,
      subjectKey: key,
      role: string(),
      custody: string(),
      from: time,
      until: time,
    },
    ['until'],
  ),
  EnrolledKeys: object({ keys: array(ref('EnrolledKey')) }),
  Disclosure: object(
    {
      date: time,
      recipient: string(),
      name: string(),
      address: string(),
      user: string(),
      description: string(),
      purpose: array(object({ code: string(), display: string() })),
      consents: array(ID),
      event: string(),
      exclusion: string(),
    },
    ['address', 'user', 'exclusion'],
  ),
  Accounting: object(
    {
      patient: LOGICAL_ID,
      disclosures: array(ref('Disclosure')),
      excluded: array(ref('Disclosure')),
      next: string(),
    },
    ['next'],
  ),
  Tombstone: object({
    type: { const: 'holdfast/tombstone/v1' },
    organisation: ORGANISATION,
    scope: { enum: ['patient', 'record'] },
    subject: string(),
    keys: array(string()),
    reason: string(),
    actor: string(),
    time,
    erased: array(string()),
    shared: array(string()),
    notice: string(),
    signature,
  }),
};

/** Schemas of consents, keys and what is kept of a patient, by name. */
export const patientSchemas: { readonly [name: string]: Schema } = { ...consentSchemas, ...keySchemas };
