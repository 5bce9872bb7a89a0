import { IdentityError } from '../errors.ts';
import { parsePurposes, purposeCodes } from '../purpose-of-use.ts';
import { parseScopes, type Scopes } from '../scope/scopes.ts';
import { isRedirectUri, isWebAddress } from './client-address.ts';
import {
  type ClientAuthentication,
  type ClientConfiguration,
  isApp,
  type RegisteredClient,
} from './client-configuration.ts';
import { assertionKeys } from './client-key.ts';
import { hashClientSecret, isClientSecretHash } from './client-secret.ts';

/** What a client id may be made of: it appears in tokens, events and form bodies. */
const clientIdPattern = /^[\w.~-]{1,128}$/;
/** An app with more addresses is several apps. */
const MAX_ADDRESSES = 20; // test, staging and production on a few domains
/** Id of the organisation's own portal as a client. */
export const PORTAL_CLIENT = 'portal';

/**
 * The registered clients of an organisation. Throws IdentityError `client-invalid` naming the client (by place when its
 * id is unusable) and what is wrong with it. Nothing is registered unless all are valid.
 */
export function registerClients(configured: readonly ClientConfiguration[]): RegisteredClient[] {
  const ids = new Set<string>();
  return configured.map((client, index) => {
    if (!clientIdPattern.test(client.id))
      throw invalid(`number ${index + 1}`, 'its id may hold letters, digits and . ~ _ - only');
    if (ids.has(client.id)) throw invalid(client.id, 'its id is used twice');
    ids.add(client.id);
    return registerClient(client);
  });
}

/** One client, checked. Throws IdentityError `client-invalid`. */
export function registerClient(client: ClientConfiguration): RegisteredClient {
  const { id, name = id, redirectUris = [], postLogoutRedirectUris = [], launchUri } = client;
  if (!clientIdPattern.test(id))
    throw invalid('of this registration', 'its id may hold letters, digits and . ~ _ - only');
  if ([...redirectUris, ...postLogoutRedirectUris].length > MAX_ADDRESSES)
    throw invalid(id, 'it has too many addresses');
  for (const uri of [...redirectUris, ...postLogoutRedirectUris])
    if (!isRedirectUri(uri))
      throw invalid(id, 'an address to return to must be https, http on loopback, or an app’s own scheme');
  if (launchUri !== undefined && !isWebAddress(launchUri))
    throw invalid(id, 'its launch address must be https, or http on loopback');
  const registered = {
    id,
    name,
    authentication: authenticationOf(client),
    redirectUris,
    postLogoutRedirectUris,
    launchUri,
    ...reachOf(client),
    mayActAsUser: false,
    isPortal: false,
  };
  requireKind(registered);
  return registered;
}

function requireKind(client: RegisteredClient): void {
  const { id, scopes, authentication } = client;
  if (isApp(client)) {
    // An app acts for a person: what the organisation's machines may do is not theirs to hand on.
    if (scopes.system.size > 0 || scopes.restricted.some(({ level }) => level === 'system'))
      throw invalid(id, 'an app takes user/ and patient/ scopes only');
    return;
  }
  // A machine has no user and no patient in context: such a scope could never be meant.
  if (scopes.user.size + scopes.patient.size > 0 || scopes.restricted.some(({ level }) => level !== 'system'))
    throw invalid(id, 'a machine client takes system/ scopes only');
  if (authentication.kind === 'none') throw invalid(id, 'a machine client needs a secret or keys');
}

function authenticationOf({
  id,
  secretHash,
  jwks,
  jwksUri,
  redirectUris = [],
}: ClientConfiguration): ClientAuthentication {
  const ways = [secretHash, jwks, jwksUri].filter((way) => way !== undefined);
  if (ways.length > 1) throw invalid(id, 'it takes one of secretHash, jwks and jwksUri');
  if (secretHash !== undefined) {
    if (!isClientSecretHash(secretHash))
      throw invalid(id, 'secretHash must come from hashing its secret with scrypt');
    return { kind: 'secret', hash: secretHash };
  }
  if (jwks !== undefined) {
    const keys = assertionKeys(jwks);
    if (keys === undefined) throw invalid(id, 'jwks must hold public P-384 or RSA keys, for ES384 or RS384');
    return { kind: 'keys', jwks: keys };
  }
  if (jwksUri !== undefined) {
    if (!isWebAddress(jwksUri)) throw invalid(id, 'jwksUri must be https, or http on loopback');
    return { kind: 'keys-at', uri: jwksUri };
  }
  if (redirectUris.length === 0)
    throw invalid(id, 'it has neither a secret nor keys nor an address to return to');
  return { kind: 'none' };
}

function reachOf({ id, scope, purposes }: ClientConfiguration): {
  scopes: Scopes;
  purposes: readonly string[];
} {
  try {
    const scopes = parseScopes(scope);
    if (scopes.text === '') throw invalid(id, 'it has no resource scope');
    return { scopes, purposes: parsePurposes(purposes.join(' ')) };
  } catch (cause) {
    if (cause instanceof IdentityError && cause.code === 'client-invalid') throw cause;
    throw invalid(id, cause instanceof Error ? cause.message : 'it cannot be read', cause);
  }
}

const none = { redirectUris: [], postLogoutRedirectUris: [], launchUri: undefined } as const;

/** The client `demo` / `demo` of demo mode (FORMATS §8). Its secret is public, so it exists in demo mode only. */
export async function demoClient(): Promise<RegisteredClient> {
  return {
    ...none,
    id: 'demo',
    name: 'Demo',
    authentication: { kind: 'secret', hash: await hashClientSecret('demo') },
    scopes: parseScopes('system/*.cruds user/*.cruds patient/*.cruds'),
    purposes: purposeCodes,
    mayActAsUser: true,
    isPortal: false,
  };
}

/** The portal that this node serves, as a public client of each organisation. */
export function portalClient(publicUrl: string, organisationName: string): RegisteredClient {
  const root = publicUrl.replace(/\/+$/, '');
  return {
    ...none,
    id: PORTAL_CLIENT,
    name: `${organisationName} portal`,
    authentication: { kind: 'none' },
    redirectUris: [`${root}/signed-in`],
    postLogoutRedirectUris: [`${root}/`],
    scopes: parseScopes('user/*.cruds patient/*.cruds'),
    purposes: purposeCodes,
    mayActAsUser: false,
    isPortal: true,
  };
}

function invalid(client: string, reason: string, cause?: unknown): IdentityError {
  return new IdentityError('client-invalid', `Client ${client}: ${reason}.`, { cause });
}
