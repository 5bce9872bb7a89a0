import type { FastifyRequest } from 'fastify';
import type { AppGrants } from '../authorisation-server/app-grants.ts';
import type { ClientRegistry } from '../clients/client-registry.ts';
import type { Directory } from '../directory/directory.ts';
import type { OneTimeLinks } from '../directory/one-time-link.ts';
import type { Passkeys } from '../directory/passkeys.ts';
import { IdentityError } from '../errors.ts';
import type { Principal } from '../principal.ts';
import type { RouteServices, Trail } from '../recorded-route.ts';
import type { Authenticator } from '../token/authenticator.ts';
import type { NetworkOverview } from './network-overview.ts';

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

/** An administrator at the portal; `account` is theirs. */
type Administrator = Principal & { readonly account: string };

/** Throws IdentityError `token-…` or `scope-insufficient` for anybody but an administrator at the portal. */
export async function administrator(
  { authenticator }: AdministrationServices,
  request: FastifyRequest,
  trail: Trail,
): Promise<Administrator> {
  const principal = await authenticator.authenticate(request.headers.authorization);
  trail.principal = principal;
  const { account, isAdministrator } = principal;
  if (isAdministrator !== true || account === undefined)
    throw new IdentityError('scope-insufficient', 'This is for administrators, signed in to the portal.');
  return { ...principal, account };
}
