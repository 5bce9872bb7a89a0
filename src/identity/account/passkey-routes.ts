import type { FastifyInstance } from 'fastify';
import type { Account } from '../directory/account.ts';
import { jsonObject, named, recordedRoute } from '../recorded-route.ts';
import { type AccountServices, ownAccount } from './own-account.ts';
import { ADD_PASSKEY, REMOVE_PASSKEY } from './reauthentication.ts';

/** Routes of own passkeys below `/account/passkeys`. */
export function passkeyRoutes(app: FastifyInstance, services: AccountServices): void {
  const { passkeys, reauthentication } = services;
  const use = (proof: unknown, account: Account, purpose: string) =>
    reauthentication.use(typeof proof === 'string' ? proof : '', { account: account.id }, purpose);
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
      const { reauthentication: proof } = jsonObject(request.body);
      // A passkey outlives whatever token asked for it: whoever sits down at an open session, or stole its token, gets none.
      use(proof, account, ADD_PASSKEY);
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
      const { reauthentication: proof } = request.query as { reauthentication?: unknown };
      // With the last one removed the password would be enough for another: whoever learned it must not get that far.
      use(proof, account, REMOVE_PASSKEY);
      passkeys.remove(account.id, passkey);
      return { status: 200, body: { passkeys: passkeys.list(account.id) } };
    }),
  );
}
