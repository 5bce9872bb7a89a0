import {
  content,
  inPath,
  json,
  type OperationParts,
  operation,
  type PathItem,
  type Paths,
  ref,
  type Schema,
} from './operation-object.ts';
import { ID } from './scalars.ts';

const FORM = 'application/x-www-form-urlencoded';
const OBJECT: Schema = { type: 'object' };
const page = { 200: ['A page for people.', content('text/html', { type: 'string' })] } as const;
const onwards = { 303: ['Where the browser goes on.'] } as const;
const uid = inPath(
  'uid',
  { type: 'string' },
  'The sign-in that waits; only the browser that began it is answered.',
);

type Parts = Pick<OperationParts, 'id' | 'summary'> & Partial<OperationParts>;

/** A page or a form of sign-in. */
const people = (parts: Parts) =>
  operation({ tag: 'sign-in', asker: 'public', answers: page, refusals: [400, 403, 429, 503], ...parts });

/** Something about one's own account, or administration: JSON, with a bearer token from the portal. */
const own = (parts: Parts, status: 200 | 201 = 200) =>
  operation({
    tag: 'people',
    asker: 'bearer',
    answers: { [status]: ['Done.', json(OBJECT)] },
    refusals: [400, 401, 403, 404, 409, 413, 503, 507],
    ...parts,
  });

const form = (properties: Schema, required: string[]) =>
  content(FORM, { type: 'object', properties, required });
const TEXT = { type: 'string' };

const authorisation: Paths = {
  '/auth/authorize': {
    get: people({
      id: 'authorize',
      summary: 'Authorisation request of an app (SMART App Launch 2.2: code, PKCE S256, aud)',
      answers: {
        ...onwards,
        400: ['An address to return to that is not registered.', content('text/html', TEXT)],
      },
      refusals: [],
    }),
  },
  '/auth/authorize/{uid}': {
    get: people({ id: 'authorizeResume', summary: 'Back from sign-in', parameters: [uid], answers: onwards }),
  },
  '/auth/revoke': {
    post: operation({
      id: 'revokeToken',
      tag: 'sign-in',
      summary: 'Call a token back (RFC 7009)',
      asker: 'client',
      body: form({ token: TEXT, token_type_hint: TEXT }, ['token']),
      answers: { 200: ['It works no more.'], 401: ['RFC 6749 §5.2.', json(ref('OAuthError'))] },
    }),
  },
  '/auth/introspect': {
    post: operation({
      id: 'introspectToken',
      tag: 'sign-in',
      summary: 'What a token is (RFC 7662): by a confidential client, or a machine’s token',
      asker: 'client',
      body: form({ token: TEXT }, ['token']),
      answers: {
        200: ['`active`, and of a living token what it says.', json(OBJECT)],
        401: ['RFC 6749 §5.2.', json(ref('OAuthError'))],
      },
      refusals: [400],
    }),
  },
  '/auth/sign-out': {
    get: people({ id: 'signOut', summary: 'Asks whether to sign out (OpenID Connect RP-Initiated Logout)' }),
    post: people({ id: 'signOutForm', summary: 'As GET', body: content(FORM, OBJECT) }),
  },
  '/auth/sign-out/confirm': {
    post: people({
      id: 'signOutConfirm',
      summary: 'Signs out',
      body: content(FORM, OBJECT),
      answers: onwards,
    }),
  },
  '/auth/sign-out/success': { get: people({ id: 'signedOut', summary: 'Says that one is signed out' }) },
  '/fhir/.well-known/smart-configuration': {
    get: people({
      id: 'smartConfiguration',
      summary: 'SMART App Launch 2.2, conformance',
      answers: { 200: ['The document.', json(OBJECT)] },
      refusals: [],
    }),
  },
};

const step = (id: string, summary: string, answers: OperationParts['answers'] = onwards): PathItem => ({
  post: people({ id, summary, parameters: [uid], body: content(FORM, OBJECT), answers }),
});

const signIn: Paths = {
  '/auth/interaction/{uid}': {
    get: people({ id: 'signInPage', summary: 'Sign-in, or the authorisation screen', parameters: [uid] }),
  },
  '/auth/interaction/{uid}/password': step('signInByPassword', 'Signs in by login and password'),
  '/auth/interaction/{uid}/authorise': step('authoriseApp', 'Lets the app have what was left ticked'),
  '/auth/interaction/{uid}/cancel': step('refuseApp', 'Sends the app its refusal'),
  '/auth/interaction/{uid}/passkey/options': {
    post: people({
      id: 'passkeyChallenge',
      summary: 'A challenge for a passkey',
      parameters: [uid],
      body: json(OBJECT),
      answers: { 200: ['WebAuthn options.', json(OBJECT)] },
    }),
  },
  '/auth/interaction/{uid}/passkey': {
    post: people({
      id: 'signInByPasskey',
      summary: 'Signs in by passkey',
      parameters: [uid],
      body: json(OBJECT),
      answers: { 200: ['Where the browser goes on.', json(OBJECT)] },
    }),
  },
  '/auth/interaction/{uid}/outside': {
    ...step('signInOutside', 'To the organisation’s own OpenID Connect provider'),
    get: people({
      id: 'signInOutsideBack',
      summary: 'Back from it, in the browser that began',
      parameters: [uid],
      answers: onwards,
    }),
  },
  '/auth/outside/callback': {
    get: people({
      id: 'outsideCallback',
      summary: 'Answer of the organisation’s own provider',
      answers: onwards,
    }),
  },
  '/auth/setup': {
    get: people({ id: 'setupPage', summary: 'Where a one-time link leads' }),
    post: people({
      id: 'setPassword',
      summary: 'Sets a password with a one-time link',
      body: form({ code: TEXT, password: TEXT, again: TEXT }, ['code', 'password', 'again']),
    }),
  },
  '/auth/{asset}': {
    get: people({
      id: 'signInAsset',
      summary: 'Style and scripts of these pages',
      parameters: [inPath('asset', { enum: ['page.css', 'sign-in.js', 'setup.js'] })],
      answers: { 200: ['The file.'] },
      refusals: [],
    }),
  },
};

const body = (properties: Schema) => json({ type: 'object', properties });

const account: Paths = {
  '/account': { get: own({ id: 'ownAccount', summary: 'Who is signed in at the portal' }) },
  '/account/apps': { get: own({ id: 'connectedApps', summary: 'Apps that act for who asks' }) },
  '/account/apps/{grant}': {
    delete: own({
      id: 'disconnectApp',
      summary: 'Ends what an app may do',
      parameters: [inPath('grant', TEXT)],
    }),
  },
  '/account/passkeys': {
    get: own({ id: 'passkeys', summary: 'Own passkeys' }),
    post: own(
      { id: 'addPasskey', summary: 'Keeps a passkey', body: body({ name: TEXT, credential: OBJECT }) },
      201,
    ),
  },
  '/account/passkeys/options': { post: own({ id: 'beginPasskey', summary: 'Options for making a passkey' }) },
  '/account/passkeys/{passkey}': {
    delete: own({ id: 'removePasskey', summary: 'Removes a passkey', parameters: [inPath('passkey', TEXT)] }),
  },
  '/account/reauthentication': {
    post: own({
      id: 'reauthenticate',
      summary: 'Show oneself anew with two factors; without a factor: a challenge for a passkey',
      body: body({ purpose: TEXT, password: TEXT, passkey: OBJECT }),
      answers: { 200: ['A challenge.', json(OBJECT)], 201: ['A proof for one use.', json(OBJECT)] },
    }),
  },
  '/account/launch': {
    get: own({ id: 'launchableApps', summary: 'Apps that can be opened from the record' }),
    post: own(
      {
        id: 'launchApp',
        summary: 'Opens an app from the record (EHR launch)',
        body: body({ client: TEXT, patient: TEXT, encounter: TEXT, intent: TEXT }),
      },
      201,
    ),
  },
};

const administration: Paths = {
  '/administration/users': {
    get: own({ id: 'users', summary: 'Everybody with an account' }),
    post: own(
      {
        id: 'addUser',
        summary: 'A new user, and a one-time link for them',
        body: body({
          login: TEXT,
          name: TEXT,
          roles: { type: 'array', items: TEXT },
          fhirUser: TEXT,
          outside: OBJECT,
        }),
      },
      201,
    ),
  },
  '/administration/users/{user}': {
    patch: own({
      id: 'changeUser',
      summary: 'Changes roles or name, opens or closes an account',
      parameters: [inPath('user', ID)],
      body: json(OBJECT),
    }),
  },
  '/administration/users/{user}/link': {
    post: own({ id: 'makeLink', summary: 'A new one-time link', parameters: [inPath('user', ID)] }, 201),
  },
  '/administration/clients': {
    get: own({ id: 'clients', summary: 'Apps and machines' }),
    post: own(
      { id: 'addClient', summary: 'Registers a client; a secret is shown once', body: json(OBJECT) },
      201,
    ),
  },
  '/administration/clients/{client}': {
    delete: own({
      id: 'removeClient',
      summary: 'Removes a registered client',
      parameters: [inPath('client', TEXT)],
    }),
  },
  '/administration/network': {
    get: own({ id: 'networkOverview', summary: 'Members, and this organisation’s keys' }),
  },
};

/** Sign-in, the authorisation server, own account and administration. */
export const peoplePaths: Paths = { ...authorisation, ...signIn, ...account, ...administration };
