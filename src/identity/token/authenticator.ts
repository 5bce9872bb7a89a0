import { createLocalJWKSet, decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { IdentityError } from '../errors.ts';
import { isFhirUser, isLogicalId, type Principal } from '../principal.ts';
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
   * `token-expired`, `token-issuer` or `token-audience`; every one of them is 401. A token verified before is answered
   * from memory until it expires.
   */
  authenticate(header: string | undefined): Promise<Principal>;
}

interface Verified {
  answer: Promise<Principal>;
  expiresMs: number;
}

/** Accepts the access tokens of one organisation, signed with one of its keys, and no others. `now` in milliseconds. */
export function createAuthenticator(
  realm: TokenRealm,
  keys: readonly TokenKey[],
  now: () => number = Date.now,
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
        requiredClaims: ['exp', 'iat', 'jti', 'sub', 'client_id', 'scope', 'purpose_of_use'],
        maxTokenAge: ACCESS_TOKEN_LIFETIME_SECONDS,
        currentDate: new Date(now()),
      });
      const principal = principalOf(realm.organisation, payload);
      verified.set(header, { answer: Promise.resolve(principal), expiresMs: Number(payload.exp) * 1000 });
      return principal;
    } catch (cause) {
      throw refusal(cause, token, realm);
    }
  }

  return {
    authenticate(header) {
      if (header === undefined || header === '') {
        return Promise.reject(
          new IdentityError('token-missing', 'Send an access token: Authorization: Bearer …'),
        );
      }
      const hit = verified.get(header);
      if (hit !== undefined) {
        if (now() < hit.expiresMs) return hit.answer;
        verified.delete(header);
      }
      return verify(header);
    },
  };
}

/** RFC 6750 §2.1: the scheme is case-insensitive, one token follows. */
function bearerToken(header: string): string {
  const token = header.length > MAX_HEADER_CHARACTERS ? undefined : /^bearer +([\w.-]+)$/i.exec(header)?.[1];
  if (token === undefined || token.split('.').length !== 3) {
    throw new IdentityError('token-malformed', 'The Authorization header must be: Bearer, a space, one JWT.');
  }
  return token;
}

/** A signed token is ours, so a claim of another form is refused as a whole rather than guessed at. */
function principalOf(organisation: string, payload: JWTPayload): Principal {
  const { sub, jti, scope, client_id, purpose_of_use: purposes, fhirUser, patient } = payload;
  const wellFormed =
    typeof sub === 'string' &&
    typeof jti === 'string' &&
    typeof scope === 'string' &&
    typeof client_id === 'string' &&
    Array.isArray(purposes) &&
    (fhirUser === undefined || (typeof fhirUser === 'string' && isFhirUser(fhirUser))) &&
    (patient === undefined || (typeof patient === 'string' && isLogicalId(patient)));
  if (!wellFormed)
    throw new IdentityError('token-invalid', 'A claim of the token is not in the form this server issues.');
  return {
    organisation,
    actorOrganisation: organisation,
    kind: fhirUser === undefined ? 'client' : fhirUser.startsWith('Patient/') ? 'patient' : 'user',
    id: fhirUser ?? sub,
    ...(fhirUser === undefined ? {} : { fhirUser }),
    ...(patient === undefined ? {} : { patient }),
    scopes: parseScopes(scope),
    purposes: parsePurposes(purposes.join(' ')),
    tokenId: jti,
  };
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
