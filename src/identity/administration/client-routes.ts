import type { FastifyInstance } from 'fastify';
import { randomBytes } from '../../crypto/index.ts';
import type { ClientConfiguration, RegisteredClient } from '../clients/client-configuration.ts';
import type { ListedClient } from '../clients/client-registry.ts';
import { hashClientSecret } from '../clients/client-secret.ts';
import { jsonObject, named, recordedRoute } from '../recorded-route.ts';
import { clientRequest, confirmedRegistration } from './administration-request.ts';
import { type AdministrationServices, administrator } from './administrator.ts';

const SECRET_BYTES = 32; // beyond guessing

/** Routes of apps and machines below `/administration/clients`. */
export function clientRoutes(app: FastifyInstance, services: AdministrationServices): void {
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
      const { account } = await administrator(services, request, trail);
      const { secret: wantsSecret, ...asked } = clientRequest(jsonObject(request.body));
      const secret = wantsSecret ? randomBytes(SECRET_BYTES).toString('base64url') : undefined;
      const configuration: ClientConfiguration = {
        ...asked,
        ...(secret === undefined ? {} : { secretHash: await hashClientSecret(secret) }),
      };
      const listed = clients.add(configuration, account);
      const body = {
        client: publishedClient(listed),
        ...(secret === undefined ? {} : { secret }),
      };
      return { status: 201, body };
    }),
  );
  app.post(
    '/administration/clients/:client/confirmation',
    recordedRoute(services, named('U', 'confirm-client'), async (request, trail) => {
      const { account } = await administrator(services, request, trail);
      const { client } = request.params as { client: string };
      const registration = confirmedRegistration(jsonObject(request.body));
      const confirmed = clients.confirm({ id: client, registration }, account);
      return { status: 200, body: { client: publishedClient(confirmed) } };
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

function publishedClient({ client, origin, isWaiting }: ListedClient) {
  const { id, name, registration, authentication, redirectUris, launchUri, scopes, purposes } = client;
  return {
    id,
    name,
    origin,
    ...(registration === undefined ? {} : { registration }),
    ...(isWaiting === true ? { waits: true } : {}),
    authentication: kinds[authentication.kind],
    redirectUris,
    ...(launchUri === undefined ? {} : { launchUri }),
    scope: scopes.text,
    purposes,
  };
}
