import type { FastifyRequest } from 'fastify';
import type { AppGrants } from '../authorisation-server/app-grants.ts';
import type { Launches } from '../authorisation-server/launches.ts';
import type { ClientRegistry } from '../clients/client-registry.ts';
import type { Account } from '../directory/account.ts';
import type { Directory } from '../directory/directory.ts';
import type { Passkeys } from '../directory/passkeys.ts';
import { IdentityError } from '../errors.ts';
import type { PatientsOf, Principal } from '../principal.ts';
import type { RouteServices, Trail } from '../recorded-route.ts';
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
  readonly patientsOf: PatientsOf;
  readonly patientExists: (id: string) => boolean | Promise<boolean>;
}

/** The account of who asks, through the portal: another app of theirs must not change how they sign in or what else they use. */
export async function ownAccount(
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
