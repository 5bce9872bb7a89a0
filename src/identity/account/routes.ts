import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AppGrant, AppGrants } from '../authorisation-server/app-grants.ts';
import type { Launches } from '../authorisation-server/launches.ts';
import { isApp } from '../clients/client-configuration.ts';
import type { ClientRegistry } from '../clients/client-registry.ts';
import type { Account } from '../directory/account.ts';
import type { Directory } from '../directory/directory.ts';
import type { Passkeys } from '../directory/passkeys.ts';
import { IdentityError } from '../errors.ts';
import { isLogicalId, type Principal } from '../principal.ts';
import {
  jsonObject,
  type RouteServices,
  recordedRoute,
  type Trail,
  takeJsonText,
} from '../recorded-route.ts';
import { contextWords, wordsOf } from '../sign-in/scope-words.ts';
import type { TokenRealm } from '../token/access-token.ts';
import type { Authenticator } from '../token/authenticator.ts';
import type { Reauthentication } from './reauthentication.ts';

/** What the routes of somebody's own account need. */
export interface AccountServices extends RouteServices {
  readonly realm: TokenRealm;
  readonly authenticator: Authenticator;
  readonly directory: Directory;
  readonly clients: ClientRegistry;
  readonly grants: AppGrants;
  readonly launches: Launches;
  readonly passkeys: Passkeys;
  readonly reauthentication: Reauthentication;
  readonly patientExists: (id: string) => boolean | Promise<boolean>;
}

const MAX_PURPOSE_CHARACTERS = 200; // `sign Questionnaire/12 …`, or a digest of what is signed

/**
 * Fastify plugin, registered under `/orgs/<org>`, for somebody who signed in through the portal: `GET /account`,
 * `GET|DELETE /account/apps[/{grant}]`, `GET|POST|DELETE /account/passkeys`, `POST /account/reauthentication`, `POST /account/launch`.
 */
export async function accountRoutes(app: FastifyInstance, services: AccountServices): Promise<void> {
  takeJsonText(app, services, 'administration');
  const named = (action: 'C' | 'R' | 'D' | 'E', subtype: string) =>
    ({ kind: 'administration', action, subtype }) as const;

  app.get(
    '/account',
    recordedRoute(services, named('R', 'read-account'), async (request, trail) => {
      const { id, login, name, roles, fhirUser } = await ownAccount(services, request, trail);
      return {
        status: 200,
        body: { id, login, name, roles, ...(fhirUser === undefined ? {} : { fhirUser }) },
      };
    }),
  );
  app.get(
    '/account/apps',
    recordedRoute(services, named('R', 'list-apps'), async (request, trail) => {
      const account = await ownAccount(services, request, trail);
      // The organisation's own portal is not somebody else's app: signing out ends it.
      const granted = services.grants
        .ofAccount(account.id)
        .filter(({ client }) => services.clients.get(client)?.isPortal !== true);
      return { status: 200, body: { apps: granted.map((each) => published(services, each)) } };
    }),
  );
  app.delete(
    '/account/apps/:grant',
    recordedRoute(services, named('D', 'disconnect-app'), async (request, trail) => {
      const account = await ownAccount(services, request, trail);
      const { grant } = request.params as { grant: string };
      return { status: 200, body: published(services, services.grants.end(account.id, grant)) };
    }),
  );
  passkeyRoutes(app, services);
  app.post(
    '/account/reauthentication',
    recordedRoute(services, named('E', 'reauthenticate'), (request, trail) =>
      reauthenticate(services, request, trail),
    ),
  );
  app.get(
    '/account/launch',
    recordedRoute(services, named('R', 'list-launches'), async (request, trail) => {
      await ownAccount(services, request, trail);
      const launchable = services.clients.list().filter(({ client }) => client.launchUri !== undefined);
      return {
        status: 200,
        body: { apps: launchable.map(({ client }) => ({ id: client.id, name: client.name })) },
      };
    }),
  );
  app.post(
    '/account/launch',
    recordedRoute(services, named('E', 'launch-app'), (request, trail) => launch(services, request, trail)),
  );
}

/** The account of who asks, through the portal: another app of theirs must not change how they sign in or what else they use. */
async function ownAccount(
  services: AccountServices,
  request: FastifyRequest,
  trail: Trail,
): Promise<Account> {
  const principal = await services.authenticator.authenticate(request.headers.authorization);
  trail.principal = principal;
  const account = principal.account === undefined ? undefined : services.directory.byId(principal.account);
  const throughPortal = services.clients.get(principal.client ?? '')?.isPortal === true;
  if (account === undefined || account.closed || !throughPortal)
    throw new IdentityError(
      'scope-insufficient',
      'This is for people who signed in to the portal themselves.',
    );
  notePatient(trail, principal);
  return account;
}

function notePatient(trail: Trail, { kind, patient }: Principal): void {
  if (kind === 'patient' && patient !== undefined) trail.patients.push(patient);
}

function published({ clients }: AccountServices, { grant, client, scope, patient, since }: AppGrant) {
  return {
    id: grant,
    client,
    name: clients.get(client)?.name ?? client,
    since,
    ...(patient === undefined ? {} : { patient }),
    scope,
    may: [...wordsOf(scope), ...contextWords(scope)].map(({ words }) => words),
  };
}

function passkeyRoutes(app: FastifyInstance, services: AccountServices): void {
  const { passkeys } = services;
  const named = (action: 'C' | 'R' | 'D', subtype: string) =>
    ({ kind: 'administration', action, subtype }) as const;
  app.get(
    '/account/passkeys',
    recordedRoute(services, named('R', 'list-passkeys'), async (request, trail) => {
      const account = await ownAccount(services, request, trail);
      return { status: 200, body: { passkeys: passkeys.list(account.id) } };
    }),
  );
  app.post(
    '/account/passkeys/options',
    recordedRoute(services, named('C', 'begin-passkey'), async (request, trail) => {
      const account = await ownAccount(services, request, trail);
      return { status: 200, body: await passkeys.registration(account) };
    }),
  );
  app.post(
    '/account/passkeys',
    recordedRoute(services, named('C', 'add-passkey'), async (request, trail) => {
      const account = await ownAccount(services, request, trail);
      const { credential, name } = jsonObject(request.body);
      return {
        status: 201,
        body: await passkeys.register(account, credential, typeof name === 'string' ? name : ''),
      };
    }),
  );
  app.delete(
    '/account/passkeys/:passkey',
    recordedRoute(services, named('D', 'remove-passkey'), async (request, trail) => {
      const account = await ownAccount(services, request, trail);
      const { passkey } = request.params as { passkey: string };
      passkeys.remove(account.id, passkey);
      return { status: 200, body: { passkeys: passkeys.list(account.id) } };
    }),
  );
}

/** Without a factor: what a browser needs to ask for a passkey. With factors: the proof. */
async function reauthenticate(services: AccountServices, request: FastifyRequest, trail: Trail) {
  const account = await ownAccount(services, request, trail);
  const { purpose, password, passkey } = jsonObject(request.body);
  if (typeof purpose !== 'string' || purpose === '' || purpose.length > MAX_PURPOSE_CHARACTERS)
    throw new IdentityError('request-invalid', 'purpose says what it is for.');
  const { reauthentication } = services;
  if (password === undefined && passkey === undefined)
    return { status: 200, body: { passkey: await reauthentication.challenge(account, purpose) } };
  const shown = { password: typeof password === 'string' ? password : undefined, passkey };
  const { id, factors, time } = await reauthentication.show(account, purpose, shown);
  return { status: 201, body: { id, purpose, factors, time } };
}

/** Opens an app from the record: the address to go to, with `iss` and `launch` (SMART App Launch 2.2, EHR launch). */
async function launch(services: AccountServices, request: FastifyRequest, trail: Trail) {
  const account = await ownAccount(services, request, trail);
  const { client: id, patient, encounter, intent } = jsonObject(request.body);
  const client = typeof id === 'string' ? services.clients.get(id) : undefined;
  if (client === undefined || !isApp(client) || client.launchUri === undefined)
    throw new IdentityError('client-unknown', 'There is no such app that can be opened from here.');
  const context = { patient: logicalId('patient', patient), encounter: logicalId('encounter', encounter) };
  const own = account.fhirUser?.startsWith('Patient/')
    ? account.fhirUser.slice('Patient/'.length)
    : undefined;
  const unknown = context.patient !== undefined && !(await services.patientExists(context.patient));
  if (unknown || (own !== undefined && context.patient !== undefined && context.patient !== own))
    throw new IdentityError('patient-unknown', 'There is no such patient here.');
  if (context.patient !== undefined) trail.patients.push(context.patient);
  const begun = services.launches.begin({
    client: client.id,
    account: account.id,
    ...context,
    intent: typeof intent === 'string' && intent.length <= MAX_PURPOSE_CHARACTERS ? intent : undefined,
  });
  const url = new URL(client.launchUri);
  url.searchParams.set('iss', services.realm.audience);
  url.searchParams.set('launch', begun);
  return { status: 201, body: { launch: begun, url: url.href } };
}

function logicalId(name: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && isLogicalId(value)) return value;
  throw new IdentityError('request-invalid', `${name} is a logical id.`);
}
