import { createLocalJWKSet, decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { ADMINISTRATION } from '../authorisation-server/person-scopes.ts';
import { PORTAL_CLIENT } from '../clients/client-registration.ts';
import { IdentityError } from '../errors.ts';
import {
  isConfined,
  isFhirUser,
  isLogicalId,
  isRepresentative,
  type PatientsOf,
  type Principal,
} from '../principal.ts';
import { parsePurposes } from '../purpose-of-use.ts';
import { parseScopes } from '../scope/scopes.ts';
import { ACCESS_TOKEN_LIFETIME_SECONDS, ACCESS_TOKEN_TYPE, type TokenRealm } from './access-token.ts';
import { publicJwk, TOKEN_ALGORITHM, type TokenKey } from './token-key.ts';

/** Verified tokens kept, so that a request costs a look-up and not a signature check: about 2 kB each. */
const MAX_VERIFIED_TOKENS = 4096; // sessions of a large hospital's busy hour
/** A longer header is no token of ours: with 200 scopes one stays below 8 kB. */
const MAX_HEADER_CHARACTERS = 16_384; // Node refuses headers above this anyway

/** Says who is asking, from the Authorization header. */
export interface Authenticator {
  /**
   * The principal of a bearer token. Rejects with IdentityError `token-missing`, `token-malformed`, `token-invalid`,
   * `token-expired`, `token-revoked`, `token-issuer` or `token-audience`; every one of them is 401. A token verified before is answered
   * from memory until it expires.
   */
  authenticate(header: string | undefined): Promise<Principal>;
}

/** Whether what a good token rests on still holds: its authorisation, its client, and that nobody called it back. */
export type TokenStanding = (token: TokenFacts) => boolean;

/** What a token says of itself and of what it rests on. */
export interface TokenFacts {
  readonly id: string;
  readonly client: string;
  readonly subject: string;
  readonly grant: string | undefined;
  readonly registration: string | undefined;
}

interface Verified {
  principal: Principal;
  facts: TokenFacts;
  expiresMs: number;
}

/** Accepts the access tokens of one organisation, signed with one of its keys, and no others. `now` in milliseconds. */
export function createAuthenticator(
  realm: TokenRealm,
  keys: readonly TokenKey[],
  now: () => number = Date.now,
  standing: TokenStanding = () => true,
  patientsOf: PatientsOf = async () => [],
): Authenticator {
  // Keys come from here alone: `jwk`, `jku` and `x5u` in a token's header are never looked at.
  const keySet = createLocalJWKSet({ keys: keys.map(publicJwk) });
  const verified = new LRUCache<string, Verified>({ max: MAX_VERIFIED_TOKENS });

  async function verify(header: string): Promise<Principal> {
    const token = bearerToken(header);
    try {
      const { payload } = await jwtVerify(token, keySet, {
        algorithms: [TOKEN_ALGORITHM],
        typ: ACCESS_TOKEN_TYPE,
        issuer: realm.issuer,
        audience: realm.audience,
        requiredClaims: ['exp', 'iat', 'jti', 'sub', 'client_id', 'purpose_of_use'],
        maxTokenAge: ACCESS_TOKEN_LIFETIME_SECONDS,
        currentDate: new Date(now()),
      });
      const principal = principalOf(realm.organisation, payload);
      const facts = factsOf(payload);
      verified.set(header, { principal, facts, expiresMs: Number(payload.exp) * 1000 });
      requireStanding(standing, facts);
      return principal;
    } catch (cause) {
      if (cause instanceof IdentityError && cause.code === 'token-revoked') throw cause;
      throw refusal(cause, token, realm);
    }
  }

  return {
    async authenticate(header) {
      const principal = await recognise(header);
      await requireRepresentation(patientsOf, principal);
      return principal;
    },
  };

  async function recognise(header: string | undefined): Promise<Principal> {
    if (header === undefined || header === '')
      throw new IdentityError('token-missing', 'Send an access token: Authorization: Bearer …');
    const hit = verified.get(header);
    if (hit !== undefined) {
      if (now() < hit.expiresMs) {
        // The signature holds for good; whether the token was called back is asked each time.
        requireStanding(standing, hit.facts);
        return hit.principal;
      }
      verified.delete(header);
    }
    return verify(header);
  }
}

/** RFC 6750 §2.1: the scheme is case-insensitive, one token follows. */
function bearerToken(header: string): string {
  const token = header.length > MAX_HEADER_CHARACTERS ? undefined : /^bearer +([\w.-]+)$/i.exec(header)?.[1];
  if (token === undefined || token.split('.').length !== 3) {
    throw new IdentityError('token-malformed', 'The Authorization header must be: Bearer, a space, one JWT.');
  }
  return token;
}

function factsOf({ sub, jti, client_id, grant, registration }: JWTPayload): TokenFacts {
  return {
    id: String(jti),
    client: String(client_id),
    subject: String(sub),
    grant: grant === undefined ? undefined : String(grant),
    registration: registration === undefined ? undefined : String(registration),
  };
}

function requireStanding(standing: TokenStanding, facts: TokenFacts): void {
  if (!standing(facts)) throw new IdentityError('token-revoked', 'The token was called back: sign in anew.');
}

/** The right to ask for somebody else is the custodian's record of it, looked at for every request. Throws `token-revoked`. */
async function requireRepresentation(
  patientsOf: PatientsOf,
  { fhirUser, patient }: Principal,
): Promise<void> {
  if (!isRepresentative(fhirUser) || patient === undefined) return;
  if (!(await patientsOf(fhirUser)).includes(patient))
    throw new IdentityError('token-revoked', 'There is no right, or none any more, to ask for this patient.');
}

/** A signed token is ours, so a claim of another form is refused as a whole rather than guessed at. */
function principalOf(organisation: string, payload: JWTPayload): Principal {
  const { sub, jti, client_id, purpose_of_use: purposes, fhirUser, patient, roles, grant } = payload;
  // Somebody may let an app know who they are and nothing else: their token has no scope (RFC 9068 §2.2.3), and reaches nothing.
  const scope = payload.scope ?? (grant === undefined ? undefined : '');
  const wellFormed =
    typeof sub === 'string' &&
    typeof jti === 'string' &&
    typeof scope === 'string' &&
    typeof client_id === 'string' &&
    Array.isArray(purposes) &&
    (roles === undefined || (Array.isArray(roles) && roles.every((role) => typeof role === 'string'))) &&
    (grant === undefined || typeof grant === 'string') &&
    (fhirUser === undefined || (typeof fhirUser === 'string' && isFhirUser(fhirUser))) &&
    (patient === undefined || (typeof patient === 'string' && isLogicalId(patient)));
  if (!wellFormed)
    throw new IdentityError('token-invalid', 'A claim of the token is not in the form this server issues.');
  return {
    organisation,
    actorOrganisation: organisation,
    kind: kindOf(fhirUser, grant),
    id: fhirUser ?? sub,
    client: client_id,
    ...(grant === undefined ? {} : { account: sub }),
    ...(roles === undefined ? {} : { roles }),
    ...(isAdministrator({ scope, client: client_id, roles }) ? { isAdministrator: true } : {}),
    ...(fhirUser === undefined ? {} : { fhirUser }),
    ...(patient === undefined ? {} : { patient }),
    scopes: parseScopes(scope),
    purposes: parsePurposes(purposes.join(' ')),
    tokenId: jti,
  };
}

/** Somebody who signed in is a person, with or without a resource of their own here. */
function kindOf(fhirUser: string | undefined, grant: unknown): Principal['kind'] {
  if (fhirUser === undefined) return grant === undefined ? 'client' : 'user';
  return isConfined(fhirUser) ? 'patient' : 'user';
}

function isAdministrator(token: {
  scope: string;
  client: string;
  roles: readonly string[] | undefined;
}): boolean {
  return (
    token.client === PORTAL_CLIENT &&
    token.roles?.includes('administrator') === true &&
    token.scope.split(' ').includes(ADMINISTRATION)
  );
}

function refusal(cause: unknown, token: string, realm: TokenRealm): IdentityError {
  if (cause instanceof errors.JWTExpired) {
    return new IdentityError('token-expired', 'The token has expired: ask for a new one.', { cause });
  }
  const claim = cause instanceof errors.JWTClaimValidationFailed ? cause.claim : undefined;
  if (claim === 'aud') {
    return new IdentityError('token-audience', 'The token is for another service.', { cause });
  }
  // An unverified look at the issuer only chooses the sentence: the token is refused either way.
  if (claim === 'iss' || issuerOf(token) !== realm.issuer) {
    return new IdentityError(
      'token-issuer',
      'The token is not of this organisation: sign in here, or ask through exchange.',
      { cause },
    );
  }
  return new IdentityError('token-invalid', 'The token is not valid here: ask for a new one.', { cause });
}

function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}
