import type { FastifyInstance } from 'fastify';
import type { Account, AccountChange } from '../directory/account.ts';
import { roles } from '../directory/role.ts';
import { IdentityError } from '../errors.ts';
import { jsonObject, named, recordedRoute, type Trail } from '../recorded-route.ts';
import { accountChange, newAccount } from './administration-request.ts';
import { type AdministrationServices, administrator } from './administrator.ts';

/** Routes of the people below `/administration/users`. */
export function userRoutes(app: FastifyInstance, services: AdministrationServices): void {
  const { directory, passkeys, links, grants, now } = services;
  app.get(
    '/administration/users',
    recordedRoute(services, named('R', 'list-users'), async (request, trail) => {
      await administrator(services, request, trail);
      return {
        status: 200,
        body: { users: directory.list().map((account) => publishedUser(services, account)), roles },
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
      requireOthers(id === own, change);
      const account = directory.change(id, change);
      noteUser(trail, account);
      // Tokens and sessions say what was true: they end, and the person signs in anew.
      if (changesAccess(change)) grants.endAll(id);
      return { status: 200, body: publishedUser(services, account) };
    }),
  );
  app.delete(
    '/administration/users/:user/passkeys',
    recordedRoute(services, named('D', 'remove-passkeys'), async (request, trail) => {
      await administrator(services, request, trail);
      const { user: id } = request.params as { user: string };
      const account = directory.byId(id);
      if (account === undefined) throw new IdentityError('account-unknown', 'There is no such user.');
      noteUser(trail, account);
      passkeys.removeAll(id);
      // Whoever has the device may be signed in with it: that ends too.
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

/** Whether a change is of what somebody may do or of who signs in as them, not of their name alone. */
function changesAccess({ closed, roles, fhirUser, outside }: AccountChange): boolean {
  return closed === true || roles !== undefined || fhirUser !== undefined || outside !== undefined;
}

/**
 * What somebody does here is for others to say: who administers would else let themself into the records, or, as the last one, leave
 * nobody who can let anybody in. Throws IdentityError `account-invalid`.
 */
function requireOthers(isOwn: boolean, change: AccountChange): void {
  if (!isOwn || !changesAccess(change)) return;
  throw new IdentityError(
    'account-invalid',
    'Nobody changes their own roles, resource or sign-in, or closes their own account: another administrator does.',
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
