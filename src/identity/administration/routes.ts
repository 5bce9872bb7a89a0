import type { FastifyInstance, FastifyRequest } from 'fastify';
import { randomBytes } from '../../crypto/index.ts';
import type { AppGrants } from '../authorisation-server/app-grants.ts';
import type { ClientConfiguration, RegisteredClient } from '../clients/client-configuration.ts';
import type { ClientRegistry, ListedClient } from '../clients/client-registry.ts';
import { hashClientSecret } from '../clients/client-secret.ts';
import type { Account } from '../directory/account.ts';
import type { Directory } from '../directory/directory.ts';
import type { OneTimeLinks } from '../directory/one-time-link.ts';
import type { Passkeys } from '../directory/passkeys.ts';
import { IdentityError } from '../errors.ts';
import type { Principal } from '../principal.ts';
import {
  jsonObject,
  type RouteServices,
  recordedRoute,
  type Trail,
  takeJsonText,
} from '../recorded-route.ts';
import type { Authenticator } from '../token/authenticator.ts';
import { accountChange, clientRequest, newAccount } from './administration-request.ts';

/** What administration needs. */
export interface AdministrationServices extends RouteServices {
  readonly authenticator: Authenticator;
  readonly directory: Directory;
  readonly passkeys: Passkeys;
  readonly links: OneTimeLinks;
  readonly clients: ClientRegistry;
  readonly grants: AppGrants;
  /** The network's members and this organisation's keys, as the administrator sees them; no private key. */
  readonly network: () => NetworkOverview;
  readonly now: () => Date;
}

/** Members and keys. */
export interface NetworkOverview {
  readonly members: readonly { readonly organisation: string; readonly status: string }[];
  readonly keys: readonly {
    readonly use: string;
    readonly algorithm: string;
    readonly key: string;
    readonly from: number;
    readonly until?: number | undefined;
  }[];
}

const SECRET_BYTES = 32; // beyond guessing

type Name = Parameters<typeof recordedRoute>[1];

/**
 * Fastify plugin, registered under `/orgs/<org>`, for administrators through the portal: users, clients, members and keys below
 * `/administration`. Every request is recorded durably before it is answered.
 */
export async function administrationRoutes(
  app: FastifyInstance,
  services: AdministrationServices,
): Promise<void> {
  takeJsonText(app, services, 'administration');
  userRoutes(app, services);
  clientRoutes(app, services);
  app.get(
    '/administration/network',
    recordedRoute(services, named('R', 'read-network'), async (request, trail) => {
      await administrator(services, request, trail);
      return { status: 200, body: services.network() };
    }),
  );
}

const named = (action: 'C' | 'R' | 'U' | 'D', subtype: string): Name => ({
  kind: 'administration',
  action,
  subtype,
});

/** Throws IdentityError `token-…` or `scope-insufficient` for anybody but an administrator at the portal. */
async function administrator(
  { authenticator }: AdministrationServices,
  request: FastifyRequest,
  trail: Trail,
): Promise<Principal> {
  const principal = await authenticator.authenticate(request.headers.authorization);
  trail.principal = principal;
  if (principal.isAdministrator !== true)
    throw new IdentityError('scope-insufficient', 'This is for administrators, signed in to the portal.');
  return principal;
}

function userRoutes(app: FastifyInstance, services: AdministrationServices): void {
  const { directory, links, grants, now } = services;
  app.get(
    '/administration/users',
    recordedRoute(services, named('R', 'list-users'), async (request, trail) => {
      await administrator(services, request, trail);
      return {
        status: 200,
        body: { users: directory.list().map((account) => publishedUser(services, account)) },
      };
    }),
  );
  app.post(
    '/administration/users',
    recordedRoute(services, named('C', 'add-user'), async (request, trail) => {
      await administrator(services, request, trail);
      const account = directory.add(newAccount(jsonObject(request.body)));
      noteUser(trail, account);
      return {
        status: 201,
        body: { user: publishedUser(services, account), link: links.make(account, now().getTime()) },
      };
    }),
  );
  app.patch(
    '/administration/users/:user',
    recordedRoute(services, named('U', 'change-user'), async (request, trail) => {
      const { account: own } = await administrator(services, request, trail);
      const { user: id } = request.params as { user: string };
      const change = accountChange(jsonObject(request.body));
      // The last one out would leave nobody who can let anybody in.
      if (id === own && (change.closed === true || change.roles?.includes('administrator') === false))
        throw new IdentityError(
          'account-invalid',
          'Nobody takes administration from themself: another administrator does.',
        );
      const account = directory.change(id, change);
      noteUser(trail, account);
      // Tokens and sessions say what was true: they end, and the person signs in anew.
      if (change.closed === true || change.roles !== undefined || change.fhirUser !== undefined)
        grants.endAll(id);
      return { status: 200, body: publishedUser(services, account) };
    }),
  );
  app.post(
    '/administration/users/:user/link',
    recordedRoute(services, named('C', 'make-link'), async (request, trail) => {
      await administrator(services, request, trail);
      const { user: id } = request.params as { user: string };
      const account = directory.byId(id);
      if (account === undefined || account.closed)
        throw new IdentityError('account-unknown', 'There is no such user, or their account is closed.');
      noteUser(trail, account);
      return { status: 201, body: { link: links.make(account, now().getTime()) } };
    }),
  );
}

function noteUser(trail: Trail, { fhirUser }: Account): void {
  if (fhirUser?.startsWith('Patient/')) trail.patients.push(fhirUser.slice('Patient/'.length));
  if (fhirUser !== undefined) trail.objects.push(fhirUser);
}

function publishedUser({ directory, passkeys }: AdministrationServices, account: Account) {
  const { id, login, name, roles, fhirUser, outside, closed } = account;
  return {
    id,
    login,
    name,
    roles,
    ...(fhirUser === undefined ? {} : { fhirUser }),
    ...(outside === undefined ? {} : { outside }),
    closed,
    locked: directory.isLocked(id),
    hasPassword: directory.hasPassword(id),
    passkeys: passkeys.list(id).length,
  };
}

function clientRoutes(app: FastifyInstance, services: AdministrationServices): void {
  const { clients, grants } = services;
  app.get(
    '/administration/clients',
    recordedRoute(services, named('R', 'list-clients'), async (request, trail) => {
      await administrator(services, request, trail);
      return { status: 200, body: { clients: clients.list().map(publishedClient) } };
    }),
  );
  app.post(
    '/administration/clients',
    recordedRoute(services, named('C', 'add-client'), async (request, trail) => {
      await administrator(services, request, trail);
      const { secret: wantsSecret, ...asked } = clientRequest(jsonObject(request.body));
      const secret = wantsSecret ? randomBytes(SECRET_BYTES).toString('base64url') : undefined;
      const configuration: ClientConfiguration = {
        ...asked,
        ...(secret === undefined ? {} : { secretHash: await hashClientSecret(secret) }),
      };
      const client = clients.add(configuration);
      const body = {
        client: publishedClient({ client, origin: 'registered' }),
        ...(secret === undefined ? {} : { secret }),
      };
      return { status: 201, body };
    }),
  );
  app.delete(
    '/administration/clients/:client',
    recordedRoute(services, named('D', 'remove-client'), async (request, trail) => {
      await administrator(services, request, trail);
      const { client } = request.params as { client: string };
      clients.remove(client, grants);
      return { status: 200, body: { clients: clients.list().map(publishedClient) } };
    }),
  );
}

const kinds: Readonly<Record<RegisteredClient['authentication']['kind'], string>> = {
  none: 'public',
  secret: 'secret',
  keys: 'keys',
  'keys-at': 'keys',
};

function publishedClient({ client, origin }: ListedClient) {
  const { id, name, authentication, redirectUris, launchUri, scopes, purposes } = client;
  return {
    id,
    name,
    origin,
    authentication: kinds[authentication.kind],
    redirectUris,
    ...(launchUri === undefined ? {} : { launchUri }),
    scope: scopes.text,
    purposes,
  };
}
