import type { Account } from '../directory/account.ts';
import { purposesOfRoles } from '../directory/role.ts';
import { isConfined, type Principal } from '../principal.ts';
import { parseScopes } from '../scope/scopes.ts';

const NO_SCOPES = parseScopes('');

/** Somebody at the page of sign-in, for the audit trail: recognised, and without any token yet. */
export function personAt(organisation: string, { id, fhirUser, roles }: Account, client: string): Principal {
  return {
    organisation,
    actorOrganisation: organisation,
    kind: isConfined(fhirUser) ? 'patient' : 'user',
    id: fhirUser ?? id,
    ...(fhirUser === undefined ? {} : { fhirUser }),
    account: id,
    client,
    roles,
    scopes: NO_SCOPES,
    purposes: purposesOfRoles(roles).slice(0, 1),
    tokenId: 'sign-in',
  };
}
