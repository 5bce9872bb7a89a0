import {
  inPath,
  inQuery,
  json,
  type OperationObject,
  operation,
  type ParameterObject,
  type Paths,
  ref,
  type Schema,
} from './operation-object.ts';
import { ID, LOGICAL_ID, object, string } from './scalars.ts';

const patient = { ...inQuery('patient', LOGICAL_ID, 'Logical id of the Patient.'), required: true };
const ofPatient = inQuery('patient', LOGICAL_ID, 'Logical id of the Patient; everybody when left out.');
const from = inQuery('from', { type: 'string', format: 'date' }, 'First day.');
const cursor = inQuery('cursor', { type: 'string' }, 'Opaque; "next" of the page before.');
const suspended = inQuery(
  'suspended',
  { const: 'shown' },
  'For privacy officers: entries that an agency has suspended too.',
);
const id = inPath('id', ID);

interface Described {
  readonly id: string;
  readonly summary: string;
  readonly parameters?: readonly ParameterObject[];
  readonly body?: Schema;
  readonly status?: 200 | 201;
  readonly answer?: Schema;
  readonly refusals?: readonly number[];
}

function audit({
  id: name,
  summary,
  parameters = [],
  body,
  status = 200,
  answer,
  refusals = [],
}: Described): OperationObject {
  return operation({
    id: name,
    tag: 'audit',
    summary,
    asker: 'bearer',
    ...(parameters.length === 0 ? {} : { parameters: [...parameters] }),
    ...(body === undefined ? {} : { body: json(body) }),
    answers: { [status]: ['Done.', json(answer ?? { type: 'object' })] },
    refusals: [...new Set([400, 401, 403, 422, 503, 507, ...refusals])],
  });
}

const text = string();
const step = (name: string, summary: string, body: Schema) => ({
  [`/audit/requests/{id}/${name}`]: {
    post: audit({ id: `${name}Request`, summary, parameters: [id], body, refusals: [404, 409, 413] }),
  },
});

const rights: Paths = {
  '/audit/requests': {
    get: audit({
      id: 'rightsRequests',
      summary: 'Requests of individuals, newest first, with their deadlines',
      parameters: [ofPatient, cursor],
    }),
    post: audit({
      id: 'requestRight',
      summary: 'Ask for access, an amendment or an accounting (45 CFR 164.524, 164.526, 164.528)',
      body: object(
        { kind: { enum: ['access', 'amendment', 'accounting'] }, patient: LOGICAL_ID, text, object: text },
        ['object'],
      ),
      status: 201,
      refusals: [404, 413],
    }),
  },
  '/audit/requests/{id}': {
    get: audit({ id: 'rightsRequest', summary: 'One request', parameters: [id], refusals: [404] }),
  },
  ...step('extend', 'Take more time: once, with the reasons in writing', object({ until: text, text })),
  ...step(
    'grant',
    'Do what was asked for',
    object({ text, amended: { type: 'array', items: text } }, ['amended']),
  ),
  ...step('deny', 'Deny, on a ground that the rule names', object({ ground: text, text })),
  ...step('disagree', 'The individual disagrees with the denial of an amendment', object({ text })),
  ...step('rebut', 'Rebut a statement of disagreement', object({ text })),
};

const accounting: Paths = {
  '/audit/disclosures': {
    get: audit({
      id: 'disclosures',
      summary: 'Accounting of disclosures of a patient, newest first (45 CFR 164.528)',
      parameters: [patient, from, cursor, suspended],
      answer: ref('Accounting'),
    }),
    post: audit({
      id: 'recordDisclosure',
      summary: 'Record a disclosure that did not go through this system',
      body: object({
        patient: LOGICAL_ID,
        date: text,
        recipient: object({ id: text, name: text, address: text }, ['address']),
        description: text,
        basis: text,
      }),
      status: 201,
      refusals: [404, 413],
    }),
  },
  '/audit/suspensions': {
    get: audit({ id: 'suspensions', summary: 'Suspensions of the right to an accounting' }),
    post: audit({
      id: 'suspend',
      summary: 'Suspend the right to an accounting of disclosures to an agency (45 CFR 164.528(a)(2))',
      body: object(
        {
          patient: LOGICAL_ID,
          recipient: text,
          authority: { enum: ['health-oversight', 'law-enforcement'] },
          statement: { enum: ['written', 'oral'] },
          official: text,
          reason: text,
          until: text,
        },
        ['until'],
      ),
      status: 201,
      refusals: [413],
    }),
  },
  '/audit/suspensions/{id}': {
    delete: audit({ id: 'liftSuspension', summary: 'End a suspension', parameters: [id], refusals: [404] }),
  },
};

const trail: Paths = {
  '/audit/accesses': {
    get: audit({
      id: 'accesses',
      summary: "Every access to a patient's data in words, newest first",
      parameters: [patient, from, cursor],
    }),
  },
  '/audit/export': {
    get: audit({
      id: 'auditExport',
      summary: 'AuditEvents with their receipts and a manifest, for `holdfast verify`',
      parameters: [
        ofPatient,
        from,
        inQuery('until', { type: 'string', format: 'date' }, 'Last day.'),
        suspended,
      ],
      refusals: [413, 429],
    }),
  },
  '/audit/holds': {
    get: audit({ id: 'holds', summary: 'Legal holds that stand' }),
    post: audit({
      id: 'placeHold',
      summary: 'Forbid the erasure of a patient or a record',
      body: object({ name: text, patient: LOGICAL_ID, record: text }, ['patient', 'record']),
      status: 201,
      refusals: [404, 413],
    }),
  },
  '/audit/holds/{id}': {
    delete: audit({ id: 'releaseHold', summary: 'End a legal hold', parameters: [id], refusals: [404] }),
  },
  '/audit/flags': {
    get: audit({
      id: 'flags',
      summary: 'Unusual accesses with the reason, newest first',
      parameters: [ofPatient, cursor],
    }),
  },
  '/audit/flags/{id}/review': {
    post: audit({
      id: 'reviewFlag',
      summary: 'Note what came of looking into a flag',
      parameters: [id],
      body: object({ outcome: { enum: ['justified', 'violation'] }, note: text }),
      refusals: [404, 409, 413],
    }),
  },
  '/audit/watched/{patient}': {
    put: audit({
      id: 'watch',
      summary: 'Flag every access to this patient',
      parameters: [inPath('patient', LOGICAL_ID)],
      body: object({ reason: text }),
      refusals: [413],
    }),
    delete: audit({
      id: 'unwatch',
      summary: 'Stop flagging every access to this patient',
      parameters: [inPath('patient', LOGICAL_ID)],
      refusals: [404],
    }),
  },
};

const breakGlass: Paths = {
  '/break-glass': {
    post: audit({
      id: 'breakGlass',
      summary:
        'Open one patient’s record in an emergency, for a time, with a reason; clinicians with a token for BTG',
      body: object(
        {
          patient: LOGICAL_ID,
          reason: { enum: ['medical-emergency', 'disaster', 'serious-threat'] },
          text: { type: 'string', minLength: 10, maxLength: 8000 },
          minutes: { type: 'integer', minimum: 1, maximum: 240, default: 60 },
          name: text,
        },
        ['minutes', 'name'],
      ),
      status: 201,
      answer: object({
        id: ID,
        patient: LOGICAL_ID,
        reason: text,
        opened: text,
        until: text,
        stale: { type: 'boolean' },
        purpose: { const: 'BTG' },
      }),
      refusals: [404, 413, 429],
    }),
  },
  '/audit/break-glass': {
    get: audit({
      id: 'brokenGlass',
      summary: 'Emergency accesses with their facts and reviews, newest first; for privacy officers',
      parameters: [ofPatient, cursor],
    }),
  },
  '/audit/break-glass/{id}/review': {
    post: audit({
      id: 'reviewBreakGlass',
      summary: 'Note what came of looking into an emergency access',
      parameters: [id],
      body: object({ outcome: { enum: ['justified', 'violation'] }, note: text }),
      refusals: [404, 409, 413],
    }),
  },
  '/audit/refusals': {
    get: audit({
      id: 'refusals',
      summary:
        'What was withheld, and the exception from information blocking (45 CFR part 171); for privacy officers',
      parameters: [inQuery('event', ID, 'Id of one AuditEvent.'), cursor],
      refusals: [404],
    }),
  },
};

/** Accounting, access log, exports, requests of individuals, holds, flags and broken glass, below `/orgs/{org}`. */
export const auditPaths: Paths = { ...accounting, ...trail, ...rights, ...breakGlass };
