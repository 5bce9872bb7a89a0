import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AppGrant } from '../authorisation-server/app-grants.ts';
import { isApp } from '../clients/client-configuration.ts';
import { IdentityError } from '../errors.ts';
import { isLogicalId, isRepresentative } from '../principal.ts';
import { jsonObject, named, recordedRoute, type Trail, takeJsonText } from '../recorded-route.ts';
import { contextWords, wordsOf } from '../sign-in/scope-words.ts';
import { type AccountServices, ownAccount } from './own-account.ts';
import { passkeyRoutes } from './passkey-routes.ts';

const MAX_PURPOSE_CHARACTERS = 200; // `sign Questionnaire/12 …`, or a digest of what is signed

/**
 * Fastify plugin, registered under `/orgs/<org>`, for somebody who signed in through the portal: `GET /account`,
 * `GET|DELETE /account/apps[/{grant}]`, `GET|POST|DELETE /account/passkeys`, `POST /account/reauthentication`, `POST /account/launch`.
 */
export async function accountRoutes(app: FastifyInstance, services: AccountServices): Promise<void> {
  takeJsonText(app, services, 'administration');

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
  const { patient: named } = context;
  const theirs = isRepresentative(account.fhirUser) ? await services.patientsOf(account.fhirUser) : undefined;
  const isOthers =
    named !== undefined && ((own !== undefined && named !== own) || theirs?.includes(named) === false);
  if (isOthers || (named !== undefined && !(await services.patientExists(named))))
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
