import { decodeJwt } from 'jose';
import type Provider from 'oidc-provider';
import type { ClientRegistry } from '../clients/client-registry.ts';
import { verifyClientSecret } from '../clients/client-secret.ts';
import { IdentityError } from '../errors.ts';
import type { Principal } from '../principal.ts';
import type { TokenRealm } from '../token/access-token.ts';
import type { Authenticator } from '../token/authenticator.ts';
import type { AppGrants } from './app-grants.ts';

/** What introspection looks at. */
export interface IntrospectionParts {
  readonly realm: TokenRealm;
  readonly provider: Provider;
  readonly clients: ClientRegistry;
  readonly authenticator: Authenticator;
  readonly grants: AppGrants;
}

/** RFC 7662 §2.2: nothing is said of a token that is not good, not even why. */
const INACTIVE = { active: false } as const;

/** Who may ask: a confidential client by its secret, or whoever has a machine's token of this organisation. */
export async function introspectionCaller(
  { clients, authenticator }: IntrospectionParts,
  authorization: string | undefined,
): Promise<{ client: string; principal?: Principal } | undefined> {
  const basic = /^basic +([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '')?.[1];
  if (basic !== undefined) {
    const [id = '', secret = ''] = Buffer.from(basic, 'base64').toString().split(':').map(formDecoded);
    const authentication = clients.get(id)?.authentication;
    const good = authentication?.kind === 'secret' && (await verifyClientSecret(authentication.hash, secret));
    return good ? { client: id } : undefined;
  }
  try {
    const principal = await authenticator.authenticate(authorization);
    // A person's app could try tokens of others with it: introspection is for resource servers.
    return principal.kind === 'client' && principal.client !== undefined
      ? { client: principal.client, principal }
      : undefined;
  } catch (error) {
    if (error instanceof IdentityError) return undefined;
    throw error;
  }
}

/** What is said of a token (RFC 7662 §2.2; SMART App Launch 2.2, "Token Introspection"). */
export async function introspect(parts: IntrospectionParts, token: string): Promise<Record<string, unknown>> {
  return token.split('.').length === 3 ? introspectAccess(parts, token) : introspectRefresh(parts, token);
}

async function introspectAccess(
  { authenticator, realm, grants }: IntrospectionParts,
  token: string,
): Promise<Record<string, unknown>> {
  try {
    // The same check that every request with the token goes through, its standing included.
    const { fhirUser, patient } = await authenticator.authenticate(`Bearer ${token}`);
    const { scope, client_id, sub, exp, iat, iss, aud, jti, grant, purpose_of_use } = decodeJwt(token);
    const granted = typeof grant === 'string' ? grants.get(grant) : undefined;
    return {
      active: true,
      scope: granted === undefined ? scope : wholeScope(String(scope), granted.scope),
      client_id,
      sub,
      exp,
      iat,
      iss,
      aud,
      jti,
      token_type: 'Bearer',
      purpose_of_use,
      ...(fhirUser === undefined ? {} : { fhirUser: `${realm.audience}/${fhirUser}` }),
      ...(patient === undefined ? {} : { patient }),
      ...(granted?.encounter === undefined ? {} : { encounter: granted.encounter }),
    };
  } catch (error) {
    if (error instanceof IdentityError) return INACTIVE;
    throw error;
  }
}

async function introspectRefresh(
  { provider, grants, realm }: IntrospectionParts,
  token: string,
): Promise<Record<string, unknown>> {
  const found = await provider.RefreshToken.find(token);
  if (found === undefined || found.consumed !== undefined || !grants.holds(found.grantId ?? ''))
    return INACTIVE;
  return {
    active: true,
    scope: found.scope,
    client_id: found.clientId,
    sub: found.accountId,
    exp: found.exp,
    iat: found.iat,
    iss: realm.issuer,
  };
}

/** A token's FHIR scopes, and the launch and identity scopes that were granted beside them. */
export function wholeScope(ofToken: string, granted: string): string {
  const words = granted.split(' ').filter((word) => !word.includes('/') || word.startsWith('launch/'));
  return [...new Set([...words, ...ofToken.split(' ')])].filter((word) => word !== '').join(' ');
}

/** RFC 6749 §2.3.1: id and secret are form-encoded before they are joined. */
function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return '';
  }
}
