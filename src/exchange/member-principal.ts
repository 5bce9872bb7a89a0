import { type Principal, parseScopes } from '../identity/index.ts';

/** A member asks for a record, never for a type: its scopes leave everything to the decision. */
const SCOPES = parseScopes('system/*.rs');

/** Another member as who asks here (DESIGN §6: its people come through exchange). */
export function memberPrincipal(organisation: string, asker: string, purposes: readonly string[]): Principal {
  return {
    organisation,
    actorOrganisation: asker,
    kind: 'member',
    id: asker,
    scopes: SCOPES,
    purposes,
    tokenId: '',
  };
}
