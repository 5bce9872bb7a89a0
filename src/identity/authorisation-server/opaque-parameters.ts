import type { KoaContextWithOIDC } from 'oidc-provider';
import type { OAuthErrors } from './library.ts';

/** What an app writes as it likes, and what is kept with a sign-in that waits. */
const OPAQUE = ['state', 'nonce', 'login_hint'] as const;
/** RFC 6749 gives no bound, and anybody can begin a sign-in: each is kept for half an hour, and `state` goes into one more address. */
const MAX_CHARACTERS = 1024; // eight times a random value with a signature; addresses of 2,000 pass every proxy

/** Refuses an authorisation request that would leave a document with the server. Throws the library's `invalid_request`. */
export function requireShortParameters(errors: OAuthErrors, ctx: KoaContextWithOIDC): void {
  for (const name of OPAQUE) {
    const value = ctx.oidc.params?.[name];
    if (typeof value === 'string' && value.length > MAX_CHARACTERS)
      throw new errors.InvalidRequest(`${name} must not exceed ${MAX_CHARACTERS} characters`);
  }
}
