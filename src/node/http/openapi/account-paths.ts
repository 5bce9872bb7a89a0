import {
  inPath,
  inQuery,
  json,
  type OperationParts,
  operation,
  type Paths,
  type Schema,
} from './operation-object.ts';
import { ID } from './scalars.ts';

const OBJECT: Schema = { type: 'object' };
const TEXT = { type: 'string' };

type Parts = Pick<OperationParts, 'id' | 'summary'> & Partial<OperationParts>;

/** Something about one's own account, or administration: JSON, with a bearer token from the portal. */
const own = (parts: Parts, status: 200 | 201 = 200) =>
  operation({
    tag: 'people',
    asker: 'bearer',
    answers: { [status]: ['Done.', json(OBJECT)] },
    refusals: [400, 401, 403, 404, 409, 413, 503, 507],
    ...parts,
  });

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
  '/account/passkeys/options': {
    post: own({
      id: 'beginPasskey',
      summary: 'Options for making a passkey; takes a proof of re-authentication for `add-passkey`',
      body: body({ reauthentication: ID }),
    }),
  },
  '/account/passkeys/{passkey}': {
    delete: own({
      id: 'removePasskey',
      summary: 'Removes a passkey; takes a proof of re-authentication for `remove-passkey`',
      parameters: [
        inPath('passkey', TEXT),
        { ...inQuery('reauthentication', ID, 'Id of the proof.'), required: true },
      ],
    }),
  },
  '/account/reauthentication': {
    post: own({
      id: 'reauthenticate',
      summary:
        'Show oneself anew with two factors (for `add-passkey`, while there is none, the password); without a factor: a challenge for a passkey',
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
    get: own({ id: 'users', summary: 'Everybody with an account, and the roles that there are' }),
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
  '/administration/users/{user}/passkeys': {
    delete: own({
      id: 'removePasskeys',
      summary: 'Removes every passkey of somebody, and ends what they are signed in to',
      parameters: [inPath('user', ID)],
    }),
  },
  '/administration/clients': {
    get: own({ id: 'clients', summary: 'Apps and machines' }),
    post: own(
      {
        id: 'addClient',
        summary: 'Registers a client; a secret is shown once. A machine waits for another administrator',
        body: json(OBJECT),
      },
      201,
    ),
  },
  '/administration/clients/{client}/confirmation': {
    post: own({
      id: 'confirmClient',
      summary:
        'Lets a machine in that another administrator registered, by the `registration` that is listed',
      parameters: [inPath('client', TEXT)],
      body: body({ registration: ID }),
    }),
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

/** Own account and administration. */
export const accountPaths: Paths = { ...account, ...administration };
