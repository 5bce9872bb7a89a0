import type Provider from 'oidc-provider';
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import { ASSERTION_ALGORITHMS } from '../clients/client-key.ts';
import { type ClientRegistry, hasOrigin } from '../clients/client-registry.ts';
import { verifyClientSecret } from '../clients/client-secret.ts';
import type { Directory } from '../directory/directory.ts';
import type { ExpiringRecords } from '../storage/expiring-records.ts';
import type { RecordSealing } from '../storage/sealing.ts';
import { ACCESS_TOKEN_LIFETIME_SECONDS, type TokenRealm } from '../token/access-token.ts';
import { privateJwk, TOKEN_ALGORITHM, type TokenKey } from '../token/token-key.ts';
import { type AppGrants, GRANT_SECONDS } from './app-grants.ts';
import type { Launches } from './launches.ts';
import { loadLibrary, type OAuthErrors } from './library.ts';
import { errorPage, signedOutPage, signOutPage } from './library-pages.ts';
import { requireShortParameters } from './opaque-parameters.ts';
import { CONTEXT_SCOPES } from './person-scopes.ts';
import { storedAdapter } from './stored-adapter.ts';
import { TokenDecisions } from './token-decision.ts';

/** A refresh token that was not used for so long is dead. */
const REFRESH_TOKEN_SECONDS = 90 * 24 * 3600; // an app that a patient opens once a season
/** A working day: people sign in once for it. */
const SESSION_SECONDS = 12 * 3600; // a long shift
/** Time to sign in and read the authorisation screen. */
const INTERACTION_SECONDS = 1800; // half an hour, with a telephone call in between
const CODE_SECONDS = 60; // RFC 6749 §4.1.2 recommends ten minutes at most; apps come back at once
const ID_TOKEN_SECONDS = 3600; // as the access token beside it
/** SMART App Launch 2.2, client-confidential-asymmetric: `exp` no more than five minutes in the future. */
const MAX_ASSERTION_SECONDS = 300; // as above
const CLOCK_TOLERANCE_SECONDS = 15; // clocks kept by NTP

/** What the authorisation server of one organisation is made of. */
export interface ProviderParts {
  readonly realm: TokenRealm;
  /** The first one signs, all are published. */
  readonly keys: readonly TokenKey[];
  readonly clients: ClientRegistry;
  readonly directory: Directory;
  readonly records: ExpiringRecords;
  readonly grants: AppGrants;
  readonly launches: Launches;
  readonly sealing: RecordSealing;
}

/** The OpenID Connect server of one organisation. */
export async function createProvider(parts: ProviderParts): Promise<Provider> {
  const library = await loadLibrary();
  const { realm, clients } = parts;
  const provider = new library.Provider(
    realm.issuer,
    configuration(library.errors, parts, policyOf(library)),
  );
  // Behind Fastify the scheme and host are set from the issuer, never from the request.
  provider.proxy = true;
  // Without a listener of its own Koa writes stack traces to the console.
  provider.silent = true;
  // The library compares secrets as text and names this method as the place to do otherwise; what it holds is the hash.
  provider.Client.prototype.compareClientSecret = function compare(actual: string): Promise<boolean> {
    const authentication = clients.get(this.clientId)?.authentication;
    return authentication?.kind === 'secret'
      ? verifyClientSecret(authentication.hash, actual)
      : Promise.resolve(false);
  };
  return provider;
}

type Library = Awaited<ReturnType<typeof loadLibrary>>;

/** The library's prompts, and one check more: a session whose account was closed signs in anew, and cannot. */
function policyOf({ interactionPolicy }: Library) {
  const policy = interactionPolicy.base();
  policy
    .get('login')
    ?.checks.add(
      new interactionPolicy.Check(
        'account_closed',
        'the account of this session is closed',
        (ctx) => ctx.oidc.session?.accountId !== undefined && ctx.oidc.account === undefined,
      ),
    );
  return policy;
}

function configuration(
  errors: OAuthErrors,
  parts: ProviderParts,
  policy: ReturnType<typeof policyOf>,
): Configuration {
  const { realm, keys, clients, records } = parts;
  const decisions = new TokenDecisions(errors, parts);
  return {
    ...protocol,
    ...people(realm, parts.directory),
    adapter: storedAdapter(errors, records, clients),
    jwks: { keys: keys.map(privateJwk) as NonNullable<Configuration['jwks']>['keys'] },
    // A browser elsewhere has no business with a machine's secret; an app's own pages have with theirs.
    clientBasedCORS: (_ctx, origin, client) => {
      const registered = clients.get(client.clientId);
      return registered !== undefined && hasOrigin(registered, origin);
    },
    cookies: cookies(parts),
    interactions: { policy, url: (_ctx, { uid }) => `${new URL(realm.issuer).pathname}/interaction/${uid}` },
    extraParams: extraParameters(errors, parts),
    assertJwtClientAuthClaimsAndHeader: (_ctx, { exp }) => {
      if (Number(exp) > Date.now() / 1000 + MAX_ASSERTION_SECONDS + CLOCK_TOLERANCE_SECONDS)
        throw new errors.InvalidClientAuth('the assertion lives longer than five minutes');
    },
    // Addresses of keys come from registrations by administrators and never from a request, and a hospital's machines are on private
    // networks: so the library's ban on those is left out, and a redirect, which somebody else would choose, is an error.
    fetch: (url, init) => {
      const { dispatcher: _guard, ...options }: RequestInit & { dispatcher?: unknown } = init ?? {};
      return fetch(url, { ...options, redirect: 'error' });
    },
    features: { ...features, resourceIndicators: resource(errors, decisions, realm, keys) },
    extraTokenClaims: (ctx, token) =>
      decisions.claimsOf(ctx, 'grantId' in token ? (token.grantId as string | undefined) : undefined),
  };
}

const protocol = {
  clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
  enabledJWA: { clientAuthSigningAlgValues: [...ASSERTION_ALGORITHMS] },
  responseTypes: ['code'],
  scopes: [...CONTEXT_SCOPES],
  claims: { openid: ['sub'], fhirUser: ['fhirUser'], profile: ['name'] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  clockTolerance: CLOCK_TOLERANCE_SECONDS,
  rotateRefreshToken: true,
  issueRefreshToken: async (_ctx, client, code) =>
    client.grantTypeAllowed('refresh_token') &&
    (code.scopes.has('offline_access') || code.scopes.has('online_access')),
  expiresWithSession: async (_ctx, code) => !code.scopes.has('offline_access'),
  routes: {
    authorization: '/authorize',
    token: '/token',
    jwks: '/jwks',
    revocation: '/revoke',
    end_session: '/sign-out',
  },
  ttl: {
    ClientCredentials: ACCESS_TOKEN_LIFETIME_SECONDS,
    AccessToken: ACCESS_TOKEN_LIFETIME_SECONDS,
    AuthorizationCode: CODE_SECONDS,
    IdToken: ID_TOKEN_SECONDS,
    RefreshToken: REFRESH_TOKEN_SECONDS,
    Interaction: INTERACTION_SECONDS,
    Session: SESSION_SECONDS,
    Grant: GRANT_SECONDS,
  },
  // Each authorisation is one of its own: an app opened for another patient must not be given the former one's grant.
  loadExistingGrant: async (ctx) => {
    const grant = ctx.oidc.result?.consent?.grantId;
    return grant === undefined ? undefined : ctx.oidc.provider.Grant.find(grant);
  },
  renderError: errorPage,
} satisfies Configuration;

const features = {
  devInteractions: { enabled: false },
  dPoP: { enabled: false },
  userinfo: { enabled: false },
  pushedAuthorizationRequests: { enabled: false },
  clientCredentials: { enabled: true },
  // RFC 7009 §2.1: a client calls back its own.
  revocation: {
    enabled: true,
    allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId,
  },
  rpInitiatedLogout: { enabled: true, logoutSource: signOutPage, postLogoutSuccessSource: signedOutPage },
} satisfies Configuration['features'];

/** Who signs in, and what an ID token says of them. */
function people({ audience }: TokenRealm, directory: Directory): Pick<Configuration, 'findAccount'> {
  return {
    findAccount: (_ctx, id) => {
      const account = directory.byId(id);
      if (account === undefined || account.closed) return undefined;
      const { fhirUser, name } = account;
      return {
        accountId: id,
        claims: () => ({
          sub: id,
          name,
          ...(fhirUser === undefined ? {} : { fhirUser: `${audience}/${fhirUser}` }),
        }),
      };
    },
  };
}

/** Cookies belong to one organisation's server: a host serves several. */
function cookies({ realm, sealing }: ProviderParts): NonNullable<Configuration['cookies']> {
  const { pathname, protocol: scheme } = new URL(realm.issuer);
  const shared = { httpOnly: true, sameSite: 'lax', secure: scheme === 'https:', signed: true } as const;
  return {
    keys: [sealing.derived('cookies').toString('base64url')],
    long: { ...shared, path: pathname },
    short: shared,
    names: { session: 'holdfast_session', interaction: 'holdfast_interaction', resume: 'holdfast_resume' },
  };
}

/** SMART's own parameters of an authorisation request; here the library lets a request be refused for its other ones too. */
function extraParameters(
  errors: OAuthErrors,
  { realm, launches }: ProviderParts,
): NonNullable<Configuration['extraParams']> {
  return {
    // A token meant for another server, asked for here by a counterfeit resource server (SMART App Launch 2.2, `aud`).
    aud: (ctx: KoaContextWithOIDC, aud: string | undefined) => {
      requireShortParameters(errors, ctx);
      if (aud?.replace(/\/$/, '') !== realm.audience)
        throw new errors.InvalidRequest(`aud must be ${realm.audience}`);
    },
    launch: (ctx: KoaContextWithOIDC, launch: string | undefined, client: { clientId: string }) => {
      const asked = String(ctx.oidc.params?.scope ?? '')
        .split(' ')
        .includes('launch');
      if (launch === undefined && asked)
        throw new errors.InvalidRequest('the scope launch goes with a launch');
      if (launch !== undefined && launches.peek(launch, client.clientId) === undefined)
        throw new errors.InvalidRequest('this launch is not for this app, or is over: open the app again');
    },
    purpose_of_use: null,
  } as NonNullable<Configuration['extraParams']>;
}

function resource(
  errors: OAuthErrors,
  decisions: TokenDecisions,
  realm: TokenRealm,
  keys: readonly TokenKey[],
): NonNullable<NonNullable<Configuration['features']>['resourceIndicators']> {
  return {
    enabled: true,
    defaultResource: () => realm.audience,
    useGrantedResource: () => true,
    getResourceServerInfo: (ctx, asked, { clientId }) => {
      if (asked !== realm.audience) throw new errors.InvalidTarget();
      return {
        scope: decisions.scopeOf(ctx, clientId),
        audience: realm.audience,
        accessTokenTTL: ACCESS_TOKEN_LIFETIME_SECONDS,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: TOKEN_ALGORITHM, kid: keys[0]?.id } },
      };
    },
  };
}
