import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { recordDurably } from '../recorder.ts';
import type { TokenRealm } from '../token/access-token.ts';
import { withConsentPrompt } from './authorisation-query.ts';
import { publishedMetadata } from './metadata.ts';
import { nameRefreshingClient } from './refreshing-client.ts';
import { type RevokedTokens, revokeAccessToken } from './revocation.ts';
import { recordTokenRequest, type TokenRecording } from './token-recording.ts';

/** What the authorisation server's routes need. */
export interface AuthorisationServices extends TokenRecording {
  realm: TokenRealm;
  provider: Provider;
  revoked: RevokedTokens;
}

const discoveryPaths = ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'];

/**
 * Fastify plugin, registered under `/orgs/<org>`: the paths of the library that are open, `/auth/authorize`, `/auth/token`,
 * `/auth/revoke`, `/auth/sign-out`, `/auth/jwks` and the discovery documents. Every token request, revocation and sign-out is
 * recorded durably before it is answered.
 */
export async function authorisationRoutes(
  app: FastifyInstance,
  services: AuthorisationServices,
): Promise<void> {
  const { realm, provider } = services;
  const requestIds = new WeakMap<IncomingMessage, string>();
  const issuer = new URL(realm.issuer);

  provider.on('server_error', (ctx, error) => services.onFault?.(error, requestIds.get(ctx.req) ?? ''));
  provider.use(async (ctx, next) => {
    await next();
    await completeAnswer(services, ctx as KoaContextWithOIDC, requestIds.get(ctx.req) ?? '');
  });

  // The library reads the body itself: no parser may take it first.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));

  const answer = provider.callback();
  const forward = (path: string) => async (request: FastifyRequest, reply: FastifyReply) => {
    const { raw } = request;
    requestIds.set(raw, request.id);
    const { uid } = (request.params ?? {}) as { uid?: string };
    const url = withConsentPrompt(`${path.replace(':uid', uid ?? '')}${queryOf(request.url)}`);
    Object.assign(raw, { originalUrl: `${issuer.pathname}${url}`, url });
    // Addresses in answers come from the configured issuer: a forged Host header must not steer a client elsewhere.
    raw.headers.host = issuer.host;
    raw.headers['x-forwarded-host'] = issuer.host;
    raw.headers['x-forwarded-proto'] = issuer.protocol.replace(':', '');
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) reply.raw.setHeader(name, value);
    }
    if (path === '/token' && request.method === 'POST') await nameRefreshingClient(raw, provider);
    reply.hijack();
    await answer(raw, reply.raw);
  };
  // An authorisation request by POST goes on by GET: it could not be looked at before the library takes it.
  for (const path of [
    '/authorize',
    '/authorize/:uid',
    '/jwks',
    '/sign-out',
    '/sign-out/success',
    ...discoveryPaths,
  ])
    app.get(`/auth${path}`, forward(path));
  for (const path of ['/token', '/revoke', '/sign-out/confirm']) app.post(`/auth${path}`, forward(path));
  for (const path of ['/token', '/revoke', '/jwks', ...discoveryPaths])
    app.options(`/auth${path}`, forward(path));
}

function queryOf(url: string): string {
  const at = url.indexOf('?');
  return at < 0 ? '' : url.slice(at);
}

/** What the answers of the library lack, and their record. */
async function completeAnswer(
  services: AuthorisationServices,
  ctx: KoaContextWithOIDC,
  requestId: string,
): Promise<void> {
  const { path } = ctx;
  if (discoveryPaths.includes(path)) ctx.body = publishedMetadata(ctx.body, services.realm);
  if (ctx.method !== 'POST') return;
  if (path === '/token') {
    refuseAnonymous(ctx);
    nameUnauthorised(ctx);
    await recordTokenRequest(services, ctx, requestId);
  }
  if (path === '/revoke') {
    refuseAnonymous(ctx);
    await revokeAccessToken(ctx, services.authenticator, services.revoked);
    await recordOther(services, ctx, requestId, 'revoke-token');
  }
  if (path === '/sign-out/confirm') await recordOther(services, ctx, requestId, 'sign-out');
}

async function recordOther(
  { recorder, onFault }: AuthorisationServices,
  ctx: KoaContextWithOIDC,
  requestId: string,
  subtype: string,
): Promise<void> {
  const agent = ctx.oidc?.entities.Client?.clientId;
  try {
    await recordDurably(recorder, {
      kind: 'sign-in',
      action: 'E',
      subtype,
      outcome: ctx.status < 400 ? 'success' : 'minor',
      ...(agent === undefined ? {} : { agent }),
      patients: [],
      objects: [],
      requestId,
    });
  } catch (error) {
    // What was ended stays ended; the caller learns that nobody wrote it down.
    onFault?.(error, requestId);
    ctx.status = 503;
    ctx.body = {
      error: 'temporarily_unavailable',
      error_description: 'the request could not be recorded: ask again',
    };
  }
}

/** RFC 6749 §5.2: "no client authentication included" is `invalid_client`; the library calls it `invalid_request`. */
function refuseAnonymous(ctx: KoaContextWithOIDC): void {
  const { params, body = {} } = ctx.oidc ?? {};
  const given = ['client_id', 'client_secret', 'client_assertion'].some((name) => name in body);
  if (ctx.status !== 400 || params === undefined || given || ctx.headers.authorization) return;
  ctx.status = 401;
  ctx.set('WWW-Authenticate', `Basic realm="${ctx.oidc.issuer}"`);
  ctx.body = { error: 'invalid_client', error_description: 'client authentication is missing' };
}

/** RFC 6749 §5.2: a grant type that is not the client's is `unauthorized_client`; the library calls it `invalid_request`. */
function nameUnauthorised(ctx: KoaContextWithOIDC): void {
  const { params, client } = ctx.oidc ?? {};
  const asked = params?.grant_type;
  if (ctx.status !== 400 || client === undefined || typeof asked !== 'string') return;
  const answered = ctx.body as { error?: string } | undefined;
  if (answered?.error !== 'invalid_request' || client.grantTypeAllowed(asked as never)) return;
  ctx.body = { error: 'unauthorized_client', error_description: 'this grant type is not for this client' };
}
