import assert from 'node:assert/strict';
import type Provider from 'oidc-provider';
import type { ClientMetadata, Configuration, KoaContextWithOIDC } from 'oidc-provider';
import { IdentityError } from '../errors.ts';
import { ACCESS_TOKEN_LIFETIME_SECONDS, type TokenRealm } from '../token/access-token.ts';
import { privateJwk, TOKEN_ALGORITHM, type TokenKey } from '../token/token-key.ts';
import type { RegisteredClient } from './client-registration.ts';
import { verifyClientSecret } from './client-secret.ts';
import { loadLibrary } from './library.ts';
import { StatelessAdapter } from './stateless-adapter.ts';
import { grantToken, type TokenGrant, type TokenParameters } from './token-request.ts';

/**
 * The OpenID Connect server of one organisation, of which the token endpoint for machine clients, the key set and the
 * discovery document are in use. `keys`: the first one signs, all are published.
 */
export async function createProvider(
  realm: TokenRealm,
  clients: readonly RegisteredClient[],
  keys: readonly TokenKey[],
): Promise<Provider> {
  const library = await loadLibrary();
  const registered = new Map(clients.map((client) => [client.id, client]));
  const provider = new library.Provider(realm.issuer, configuration(library.errors, realm, registered, keys));
  // Behind Fastify the scheme and host are set from the issuer, never from the request.
  provider.proxy = true;
  // Without a listener of its own Koa writes stack traces to the console.
  provider.silent = true;
  // The library compares secrets as text and names this method as the place to do otherwise; what it holds is the hash.
  provider.Client.prototype.compareClientSecret = function compare(actual: string): Promise<boolean> {
    const client = registered.get(this.clientId);
    return client === undefined ? Promise.resolve(false) : verifyClientSecret(client.secretHash, actual);
  };
  return provider;
}

type OAuthErrors = typeof import('oidc-provider').errors;

function configuration(
  errors: OAuthErrors,
  realm: TokenRealm,
  clients: ReadonlyMap<string, RegisteredClient>,
  keys: readonly TokenKey[],
): Configuration {
  const grants = new WeakMap<KoaContextWithOIDC, TokenGrant>();
  return {
    adapter: StatelessAdapter,
    jwks: { keys: keys.map(privateJwk) as NonNullable<Configuration['jwks']>['keys'] },
    clients: [...clients.values()].map(clientMetadata),
    clientAuthMethods: ['client_secret_basic', 'client_secret_post'],
    // A browser elsewhere has no business with a machine's secret.
    clientBasedCORS: (_ctx, origin) => origin === new URL(realm.issuer).origin,
    responseTypes: [],
    scopes: [],
    routes: { token: '/token', jwks: '/jwks' },
    ttl: { ClientCredentials: ACCESS_TOKEN_LIFETIME_SECONDS },
    features: {
      ...unused,
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => realm.audience,
        getResourceServerInfo: (ctx, resource, { clientId }) => {
          if (resource !== realm.audience) throw new errors.InvalidTarget();
          const client = clients.get(clientId);
          if (client === undefined) throw new errors.InvalidClient('client is not registered', clientId);
          const grant = asOAuthError(errors, () =>
            grantToken(client, (ctx.oidc.body ?? {}) as TokenParameters),
          );
          grants.set(ctx, grant);
          // What was decided replaces what was asked: default scopes in, context scopes out.
          if (ctx.oidc.params !== undefined) ctx.oidc.params.scope = grant.scope;
          return {
            scope: grant.scope,
            audience: realm.audience,
            accessTokenTTL: ACCESS_TOKEN_LIFETIME_SECONDS,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: TOKEN_ALGORITHM, kid: keys[0]?.id } },
          };
        },
      },
    },
    extraTokenClaims: (ctx) => {
      const grant = grants.get(ctx);
      assert.ok(grant, 'a token is signed only after its request was decided');
      const { scope: _scope, ...claims } = grant;
      return claims;
    },
  };
}

/** Everything that people's sign-in will need and machine clients do not: off, so that it cannot be reached. */
const unused = {
  devInteractions: { enabled: false },
  dPoP: { enabled: false },
  userinfo: { enabled: false },
  rpInitiatedLogout: { enabled: false },
  pushedAuthorizationRequests: { enabled: false },
} as const;

function clientMetadata({ id, secretHash }: RegisteredClient): ClientMetadata {
  return {
    client_id: id,
    client_secret: secretHash,
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    token_endpoint_auth_method: 'client_secret_basic',
    id_token_signed_response_alg: TOKEN_ALGORITHM,
  };
}

/** RFC 6749 §5.2 has `invalid_scope` for scopes and `invalid_request` for every other parameter value. */
function asOAuthError(errors: OAuthErrors, work: () => TokenGrant): TokenGrant {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof IdentityError)) throw error;
    if (error.code.startsWith('scope-'))
      throw new errors.CustomOIDCProviderError('invalid_scope', error.message);
    throw new errors.InvalidRequest(error.message);
  }
}
