import { ref, type Schema } from './operation-object.ts';
import { patientSchemas } from './patient-schemas.ts';
import { array, count, hash, ID, key, LOGICAL_ID, ORGANISATION, object, string, time } from './scalars.ts';

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
  LedgerStatus: object(
    {
      id: ID,
      engine: { enum: ['embedded', 'fabric'] },
      height: count,
      block: hash,
      viewAgeMs: count,
      policyVersion: count,
      members: array(
        object(
          {
            organisation: ORGANISATION,
            status: { enum: ['active', 'suspended'] },
            url: { type: 'string', format: 'uri' },
            origin: string(),
            anchor: object({ size: count, root: hash, sequence: count, time }),
          },
          ['anchor'],
        ),
      ),
      network: object(
        {
          leader: ORGANISATION,
          nodes: array(
            object(
              {
                organisation: ORGANISATION,
                role: { enum: ['orderer', 'peer'] },
                endpoint: string(),
                up: { type: 'boolean' },
                height: count,
              },
              ['up', 'height'],
            ),
          ),
        },
        ['leader'],
      ),
      warnings: array(string()),
    },
    ['block', 'viewAgeMs', 'policyVersion', 'network'],
  ),
  Blocks: object({ height: count, blocks: array(ref('Block')) }),
  Evidence: {
    type: 'object',
    description:
      'The block of the transaction, its tlog-proof under a checkpoint of the ledger log, and the policy version.',
  },
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
    ...object(
      {
        type: string(),
        title: string(),
        status: count,
        code: string(),
        detail: string(),
        nextSequence: count,
      },
      ['nextSequence'],
    ),
    description:
      'RFC 9457; "code" is stable. "nextSequence" comes with sequence-conflict: what a step of the consent is to be signed with instead.',
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
  ...patientSchemas,
  ...answerSchemas,
};
