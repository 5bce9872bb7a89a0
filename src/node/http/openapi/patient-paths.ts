import { auditPaths } from './audit-paths.ts';
import { emergencyPaths } from './emergency-paths.ts';
import { erasurePaths } from './erasure-paths.ts';
import { locatorPaths } from './locator-paths.ts';
import { content, inPath, inQuery, json, operation, type Paths, ref } from './operation-object.ts';
import { ID, LOGICAL_ID } from './scalars.ts';

const patient = inPath('patient', LOGICAL_ID, 'Logical id of the Patient at this organisation.');
const consent = inPath('id', ID, "The consent's id.");

const consentPaths: Paths = {
  '/consents': {
    get: operation({
      id: 'consents',
      tag: 'consent',
      summary: 'Consents of a patient',
      asker: 'bearer',
      parameters: [{ ...inQuery('patient', LOGICAL_ID, 'Logical id of the Patient.'), required: true }],
      answers: { 200: ['Every consent and where it stands.', json(ref('Consents'))] },
      refusals: [400, 401, 403, 404],
    }),
    post: operation({
      id: 'grant',
      tag: 'consent',
      summary: 'Record a consent that the patient signed, or its replacement',
      asker: 'bearer',
      body: json(ref('Grant')),
      answers: {
        201: ['Final on the ledger.', json(ref('ConsentState'))],
        202: ['Not final yet; submitted until it is.', json(ref('ConsentState'))],
      },
      refusals: [400, 401, 403, 404, 409, 413, 422, 429, 503, 507],
    }),
  },
  '/consents/{id}/revoke': {
    post: operation({
      id: 'revoke',
      tag: 'consent',
      summary: 'Revoke: by signature at any member and without a token, by reason at the custodian',
      asker: 'bearer-or-signature',
      parameters: [consent],
      body: json(ref('Revocation')),
      answers: {
        200: ['Final on the ledger.', json(ref('ConsentState'))],
        202: ['Denied here at once; submitted until it is final.', json(ref('ConsentState'))],
      },
      refusals: [400, 401, 403, 404, 409, 413, 422, 503, 507],
    }),
  },
  '/consents/{id}/rebind': {
    post: operation({
      id: 'rebind',
      tag: 'consent',
      summary: 'Bind a consent to a new key: by the old key at once, by the custodian after 72 hours',
      asker: 'bearer-or-signature',
      parameters: [consent],
      body: json(ref('Rebinding')),
      answers: {
        200: ['Done, or proposed.', json(ref('ConsentState'))],
        202: ['Not final yet.', json(ref('ConsentState'))],
      },
      refusals: [400, 401, 403, 404, 409, 413, 422, 503, 507],
    }),
  },
  '/consents/{id}/veto': {
    post: operation({
      id: 'veto',
      tag: 'consent',
      summary: 'Veto a proposed new key with the old one',
      asker: 'bearer-or-signature',
      parameters: [consent],
      body: json(ref('Rebinding')),
      answers: {
        200: ['Vetoed.', json(ref('ConsentState'))],
        202: ['Not final yet.', json(ref('ConsentState'))],
      },
      refusals: [400, 401, 403, 404, 409, 413, 422, 503, 507],
    }),
  },
};

const keyPaths: Paths = {
  '/patients/{patient}/enrolment': {
    post: operation({
      id: 'openEnrolment',
      tag: 'patient',
      summary: 'Give a patient an enrolment code after proofing, or make a key that the organisation holds',
      asker: 'bearer',
      parameters: [patient],
      body: json(ref('EnrolmentRequest')),
      answers: {
        201: ['The code, or the key.', json({ oneOf: [ref('EnrolmentCode'), ref('EnrolledKey')] })],
      },
      refusals: [400, 401, 403, 404, 409, 413, 429, 503, 507],
    }),
  },
  '/patients/{patient}/key': {
    put: operation({
      id: 'enrolKey',
      tag: 'patient',
      summary: "Bind the patient's key with the code and a signature",
      asker: 'bearer',
      parameters: [patient],
      body: json(ref('KeyRequest')),
      answers: { 200: ['The key as enrolled.', json(ref('EnrolledKey'))] },
      refusals: [400, 401, 403, 404, 409, 413, 429, 503, 507],
    }),
  },
  '/patients/{patient}/keys': {
    get: operation({
      id: 'enrolledKeys',
      tag: 'patient',
      summary: 'Keys enrolled for a patient',
      asker: 'bearer',
      parameters: [patient],
      answers: { 200: ['The keys.', json(ref('EnrolledKeys'))] },
      refusals: [400, 401, 403, 404, 503],
    }),
  },
  '/patients/{patient}/keys/{key}': {
    delete: operation({
      id: 'retireKey',
      tag: 'patient',
      summary: 'End an enrolled key',
      asker: 'bearer',
      parameters: [patient, inPath('key', { type: 'string' })],
      answers: { 200: ['The key with its end.', json(ref('EnrolledKey'))] },
      refusals: [400, 401, 403, 404, 503, 507],
    }),
  },
};

const signInPaths: Paths = {
  '/auth/token': {
    post: operation({
      id: 'token',
      tag: 'sign-in',
      summary: 'Client credentials (RFC 6749 §4.4)',
      description: 'SMART scopes v2; purpose_of_use takes v3 PurposeOfUse codes, TREAT when left out.',
      asker: 'client',
      body: content('application/x-www-form-urlencoded', {
        type: 'object',
        properties: {
          grant_type: { const: 'client_credentials' },
          scope: { type: 'string' },
          purpose_of_use: { type: 'string' },
        },
        required: ['grant_type'],
      }),
      answers: {
        200: ['A JWT of this organisation only.', json(ref('Token'))],
        400: ['RFC 6749 §5.2.', json(ref('OAuthError'))],
        401: ['RFC 6749 §5.2.', json(ref('OAuthError'))],
      },
      refusals: [413, 429],
    }),
  },
  ...Object.fromEntries(
    [
      ['/auth/jwks', 'jwks', 'Keys that tokens are signed with (RFC 7517)', 'application/jwk-set+json'],
      ['/auth/.well-known/openid-configuration', 'openidConfiguration', 'OpenID Connect Discovery'],
      ['/auth/.well-known/oauth-authorization-server', 'authorizationServer', 'RFC 8414 metadata'],
    ].map(([path = '', id = '', summary = '', type = 'application/json']) => [
      path,
      {
        get: operation({
          id,
          tag: 'sign-in',
          summary,
          asker: 'public',
          answers: { 200: ['The document.', content(type, { type: 'object' })] },
        }),
      },
    ]),
  ),
};

const exchangePaths: Paths = {
  '/exchange/{route}': {
    post: operation({
      id: 'exchange',
      tag: 'exchange',
      summary:
        'Organisation to organisation: signed requests (RFC 9421), answers signed and sealed to the asker',
      asker: 'member',
      parameters: [inPath('route', { enum: ['record', 'locator'] })],
      body: {
        ...content('application/vnd.holdfast.sealed', { type: 'string' }),
        ...json({ type: 'object' }),
      },
      answers: {
        200: ['Sealed to the asker.', content('application/vnd.holdfast.sealed', { type: 'string' })],
      },
      refusals: [400, 401, 403, 404, 409, 413, 503],
    }),
  },
};

/** Sign-in, patients, consents and the exchange of one organisation, below `/orgs/{org}`. */
export const patientPaths: Paths = {
  ...signInPaths,
  ...consentPaths,
  ...keyPaths,
  ...erasurePaths,
  ...auditPaths,
  ...emergencyPaths,
  ...exchangePaths,
  ...locatorPaths,
};
