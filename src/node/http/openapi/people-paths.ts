import { accountPaths } from './account-paths.ts';
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

const TEXT = { type: 'string' };

/** Refusals of pages are pages; of what scripts ask, problem details. */
const refusal = (words: string) =>
  [words, { ...content('text/html', TEXT), ...content('application/problem+json', ref('Problem')) }] as const;
const REFUSED = {
  400: refusal('The request or the form is not one of this page.'),
  403: refusal(
    'This sign-in is over, or was begun in another browser; or login and password do not belong together.',
  ),
  429: refusal('Too many requests: wait a minute.'),
  503: refusal('It could not be recorded: try again.'),
};

/** A page or a form of sign-in. */
const people = ({ answers = page, ...parts }: Parts) =>
  operation({ tag: 'sign-in', asker: 'public', ...parts, answers: { ...REFUSED, ...answers } });

const form = (properties: Schema, required: string[]) =>
  content(FORM, { type: 'object', properties, required });

const authorisation: Paths = {
  '/auth/authorize': {
    get: people({
      id: 'authorize',
      summary: 'Authorisation request of an app (SMART App Launch 2.2: code, PKCE S256, aud)',
      answers: {
        ...onwards,
        400: ['An address to return to that is not registered.', content('text/html', TEXT)],
      },
    }),
    post: people({
      id: 'authorizeByForm',
      summary: 'The same as a form (SMART App Launch 2.2, authorize-post): the browser goes on by GET',
      body: form({ client_id: TEXT }, ['client_id']),
      answers: onwards,
      refusals: [415],
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
      answers: {
        200: ['It works no more, or never did.'],
        400: ['RFC 6749 §5.2.', json(ref('OAuthError'))],
        401: ['RFC 6749 §5.2.', json(ref('OAuthError'))],
      },
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
      refusals: [400, 415],
    }),
  },
  '/auth/sign-out': {
    get: people({ id: 'signOut', summary: 'Asks whether to sign out (OpenID Connect RP-Initiated Logout)' }),
  },
  '/auth/sign-out/confirm': {
    post: people({
      id: 'signOutConfirm',
      summary: 'Signs out',
      body: content(FORM, OBJECT),
      answers: {
        ...onwards,
        400: [
          'The form is not that of the page, or too old.',
          { ...content('text/html', TEXT), ...json(ref('OAuthError')) },
        ],
      },
    }),
  },
  '/auth/sign-out/success': { get: people({ id: 'signedOut', summary: 'Says that one is signed out' }) },
  '/fhir/.well-known/smart-configuration': {
    get: people({
      id: 'smartConfiguration',
      summary: 'SMART App Launch 2.2, conformance',
      answers: { 200: ['The document.', json(OBJECT)] },
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
      answers: { 200: ['The file.'], 404: ['No such file.', content('text/html', TEXT)] },
    }),
  },
};

/** Sign-in, the authorisation server, own account and administration. */
export const peoplePaths: Paths = { ...authorisation, ...signIn, ...accountPaths };
