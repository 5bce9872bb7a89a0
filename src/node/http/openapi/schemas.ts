import { ref, type Schema } from './operation-object.ts';

const string = (pattern?: string): Schema =>
  pattern === undefined ? { type: 'string' } : { type: 'string', pattern };
const time: Schema = { type: 'string', format: 'date-time' };
const count: Schema = { type: 'integer', minimum: 0 };
const array = (items: Schema): Schema => ({ type: 'array', items });

/** 128 random bits (FORMATS). */
export const ID: Schema = string('^[0-9a-f]{32}$');
/** An organisation's id (DESIGN §6). */
export const ORGANISATION: Schema = string('^[a-z][a-z0-9-]{1,31}$');
/** A FHIR logical id (FHIR R4 §datatypes). */
export const LOGICAL_ID: Schema = string('^[A-Za-z0-9.-]{1,64}$');
const key: Schema = { ...string('^[A-Za-z0-9+/]{43}=$'), description: 'Base64 of 32 bytes.' };
const signature: Schema = { ...string('^[A-Za-z0-9+/]{86}==$'), description: 'Base64 of 64 bytes.' };
const sequence: Schema = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER };
const hash = string('^[0-9a-f]{64}$');

const object = (
  properties: { readonly [name: string]: Schema },
  optional: readonly string[] = [],
): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});

const submitter = object({ organisation: ORGANISATION, role: string() });

const ledgerSchemas = {
  Transaction: object({
    id: string(),
    contract: string(),
    name: string(),
    args: { type: 'object' },
    time,
    submitter,
    valid: { type: 'boolean' },
    digest: hash,
    writes: array({ type: 'object' }),
    events: array({ type: 'object' }),
  }),
  Block: object({ height: count, hash, previous: hash, time, transactions: array(ref('Transaction')) }),
  Blocks: object({ height: count, blocks: array(ref('Block')) }),
  Evidence: {
    type: 'object',
    description:
      'The block of the transaction, its tlog-proof under a checkpoint of the ledger log, and the policy version.',
  },
};

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

const patientSchemas = {
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

const nodeSchemas = {
  Health: object({ status: { const: 'alive' } }),
  Readiness: object({ ready: { type: 'boolean' }, reasons: array(string()), warnings: array(string()) }),
  Network: object({
    name: string(),
    version: string(),
    demo: { type: 'boolean' },
    ledger: object({ id: ID, engine: { enum: ['embedded', 'fabric'] }, height: count }),
    organisations: array(
      object({
        id: ORGANISATION,
        name: string(),
        fhir: { type: 'string', format: 'uri' },
        auth: { type: 'string', format: 'uri' },
        log: { type: 'string', format: 'uri' },
      }),
    ),
  }),
  Token: object(
    {
      access_token: string(),
      token_type: { const: 'Bearer' },
      expires_in: count,
      scope: string(),
      patient: LOGICAL_ID,
    },
    ['scope', 'patient'],
  ),
  OAuthError: object({ error: string(), error_description: string() }, ['error_description']),
  Persona: object(
    {
      id: string(),
      name: string(),
      role: string(),
      organisation: ORGANISATION,
      patient: LOGICAL_ID,
      records: array(object({ organisation: ORGANISATION, patient: LOGICAL_ID })),
      seed: key,
    },
    ['patient', 'records', 'seed'],
  ),
  SignIn: object({ persona: string(), organisation: ORGANISATION }, ['organisation']),
};

const proofSchemas = {
  Event: object(
    {
      v: { const: 1 },
      id: ID,
      kind: string(),
      time,
      organisation: ORGANISATION,
      actor: string(),
      object: string(),
      content: key,
      height: count,
      block: hash,
    },
    ['content'],
  ),
  Receipt: object(
    {
      version: { const: 1 },
      event: ref('Event'),
      salt: key,
      contentSalt: key,
      proof: { type: 'string', description: 'C2SP tlog-proof v1.' },
    },
    ['contentSalt'],
  ),
  Renewal: object({ leaf: key, proof: string() }),
};

const answerSchemas = {
  Problem: {
    ...object({ type: string(), title: string(), status: count, code: string(), detail: string() }),
    description: 'RFC 9457; "code" is stable.',
  },
  Resource: { type: 'object', properties: { resourceType: string() }, required: ['resourceType'] },
  OperationOutcome: {
    ...object({ resourceType: { const: 'OperationOutcome' }, issue: array({ type: 'object' }) }),
    description:
      'FHIR R4; every issue has a stable code in details.coding, and an expression where one element is meant.',
  },
  Bundle: object(
    {
      resourceType: { const: 'Bundle' },
      type: string(),
      total: count,
      link: array({ type: 'object' }),
      entry: array({ type: 'object' }),
    },
    ['total', 'link', 'entry'],
  ),
};

/** Schemas of every body and answer, by name. */
export const schemas: { readonly [name: string]: Schema } = {
  ...nodeSchemas,
  ...ledgerSchemas,
  ...proofSchemas,
  ...consentSchemas,
  ...patientSchemas,
  ...answerSchemas,
};
