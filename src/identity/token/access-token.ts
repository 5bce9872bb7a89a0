import { importPKCS8, SignJWT } from 'jose';
import { randomId } from '../../crypto/index.ts';
import { TOKEN_ALGORITHM, type TokenKey, tokenKeyPem } from './token-key.ts';

/** `typ` of a JWT access token (RFC 9068 §2.1): an ID token or any other JWT of the same key is not one. */
export const ACCESS_TOKEN_TYPE = 'at+jwt';

/** Access tokens cannot be called back before they expire, so they live an hour at most. */
export const ACCESS_TOKEN_LIFETIME_SECONDS = 3600; // a working session's worth; a longer one asks again

/** What one organisation's access tokens say beyond `iss`, `aud`, `jti`, `iat` and `exp`. */
export interface AccessClaims {
  /** The user or client (RFC 9068 §2.2). */
  sub: string;
  client_id: string;
  /** Resource scopes, separated by spaces. */
  scope: string;
  /** v3 PurposeOfUse codes, any of which applies. */
  purpose_of_use: readonly string[];
  /** Relative reference of the user's resource. */
  fhirUser?: string;
  /** Logical id of the patient in context. */
  patient?: string;
  /** What somebody who signed in themself does here. */
  roles?: readonly string[];
  /** The authorisation that the token rests on: it ends with it. */
  grant?: string;
  /** The registration of the machine client that asked: it ends with it, whoever registers the same client id anew. */
  registration?: string;
}

/** Where an organisation's tokens come from and what they are for. */
export interface TokenRealm {
  organisation: string;
  /** `<public url>/orgs/<org>/auth`. */
  issuer: string;
  /** The FHIR base, `<public url>/orgs/<org>/fhir`. */
  audience: string;
}

/** A token as RFC 6749 §5.1 answers it. */
export interface IssuedToken {
  access_token: string;
  token_type: 'Bearer';
  expires_in: number;
  scope: string;
}

/** The realm of an organisation below a public URL (no trailing slash needed). */
export function tokenRealm(publicUrl: string, organisation: string): TokenRealm {
  const base = `${publicUrl.replace(/\/+$/, '')}/orgs/${organisation}`;
  return { organisation, issuer: `${base}/auth`, audience: `${base}/fhir` };
}

/** Signs access tokens for people signed in by this process, in the same form as those of the token endpoint. */
export function createTokenIssuer(
  realm: TokenRealm,
  key: TokenKey,
  now: () => number = Date.now,
): (claims: AccessClaims) => Promise<IssuedToken> {
  const privateKey = importPKCS8(tokenKeyPem(key), TOKEN_ALGORITHM);
  return async (claims) => {
    const issuedAt = Math.floor(now() / 1000);
    const access_token = await new SignJWT({ ...claims })
      .setProtectedHeader({ alg: TOKEN_ALGORITHM, typ: ACCESS_TOKEN_TYPE, kid: key.id })
      .setIssuer(realm.issuer)
      .setAudience(realm.audience)
      .setJti(randomId())
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + ACCESS_TOKEN_LIFETIME_SECONDS)
      .sign(await privateKey);
    return {
      access_token,
      token_type: 'Bearer',
      expires_in: ACCESS_TOKEN_LIFETIME_SECONDS,
      scope: claims.scope,
    };
  };
}
