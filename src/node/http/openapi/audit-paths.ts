import { audit, cursor, from, id, ofPatient, patient, suspended } from './audit-operation.ts';
import { inPath, inQuery, type Paths, ref, type Schema } from './operation-object.ts';
import { LOGICAL_ID, object, string } from './scalars.ts';

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
  ...step(
    'enclose',
    'The individual asks that request and denial go with later disclosures (45 CFR 164.526(d)(5)(ii))',
    object({ text }),
  ),
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

/** Accounting, access log, exports, requests of individuals, holds and flags, below `/orgs/{org}`. */
export const auditPaths: Paths = { ...accounting, ...trail, ...rights };
