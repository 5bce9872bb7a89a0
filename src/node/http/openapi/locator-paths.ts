import { inPath, json, operation, type Paths, type Schema } from './operation-object.ts';
import { ID, LOGICAL_ID } from './scalars.ts';

const member: Schema = { type: 'string' };

const waiting: Schema = {
  type: 'object',
  properties: {
    locators: {
      type: 'array',
      items: {
        type: 'object',
        properties: { consent: ID, custodian: member, resource: { type: 'object' } },
        required: ['consent', 'custodian', 'resource'],
      },
    },
  },
  required: ['locators'],
};

const attached: Schema = {
  type: 'object',
  properties: { consent: ID, custodian: member, patient: LOGICAL_ID },
  required: ['consent', 'custodian', 'patient'],
};

/** Records elsewhere that came without a link, below `/orgs/{org}`. */
export const locatorPaths: Paths = {
  '/locators': {
    get: operation({
      id: 'unmatchedLocators',
      tag: 'exchange',
      summary: 'Grants whose records wait for somebody to say whose they are: ?unmatched',
      asker: 'bearer',
      parameters: [{ name: 'unmatched', in: 'query', required: true, schema: { const: '' } }],
      answers: { 200: ['Each with the Consent as its custodian sent it.', json(waiting)] },
      refusals: [400, 401, 403],
    }),
  },
  '/patients/{patient}/locators': {
    post: operation({
      id: 'attachLocator',
      tag: 'exchange',
      summary: 'Confirm that the records of a grant are of this patient',
      asker: 'bearer',
      parameters: [inPath('patient', LOGICAL_ID, 'Logical id of the Patient at this organisation.')],
      body: json({ type: 'object', properties: { consent: ID }, required: ['consent'] }),
      answers: { 200: ['The Patient has the handle as an identifier now.', json(attached)] },
      refusals: [400, 401, 403, 404, 409, 413, 507],
    }),
  },
};
