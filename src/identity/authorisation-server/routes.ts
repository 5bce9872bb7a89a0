import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { RouteServices } from '../recorded-route.ts';
import type { TokenRealm } from '../token/access-token.ts';
import type { Authenticator } from '../token/authenticator.ts';
import { publishedMetadata } from './metadata.ts';
import { recordTokenRequest } from './token-recording.ts';

/** What the authorisation server's routes need. */
export interface AuthorisationServices extends RouteServices {
  realm: TokenRealm;
  provider: Provider;
  authenticator: Authenticator;
}

const discoveryPaths = ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'];

/**
 * Fastify plugin, registered under `/orgs/<org>`: `POST /auth/token`, `GET /auth/jwks` and the discovery documents.
 * Only these paths of the library are reachable. Every token request is recorded durably before it is answered.
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
    if (ctx.path === '/token') {
      const context = ctx as KoaContextWithOIDC;
      refuseAnonymous(context);
      await recordTokenRequest(services, context, requestIds.get(ctx.req) ?? '');
    }
    if (discoveryPaths.includes(ctx.path)) ctx.body = publishedMetadata(ctx.body);
  });

  // The library reads the body itself: no parser may take it first.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));

  const answer = provider.callback();
  const forward = (path: string) => async (request: FastifyRequest, reply: FastifyReply) => {
    const { raw } = request;
    requestIds.set(raw, request.id);
    Object.assign(raw, { originalUrl: `${issuer.pathname}${path}`, url: path });
    // Addresses in answers come from the configured issuer: a forged Host header must not steer a client elsewhere.
    raw.headers.host = issuer.host;
    raw.headers['x-forwarded-host'] = issuer.host;
    raw.headers['x-forwarded-proto'] = issuer.protocol.replace(':', '');
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) reply.raw.setHeader(name, value);
    }
    reply.hijack();
    await answer(raw, reply.raw);
  };
  app.post('/auth/token', forward('/token'));
  app.get('/auth/jwks', forward('/jwks'));
  for (const path of discoveryPaths) app.get(`/auth${path}`, forward(path));
}

/** RFC 6749 §5.2: "no client authentication included" is `invalid_client`; the library calls it `invalid_request`. */
function refuseAnonymous(ctx: KoaContextWithOIDC): void {
  const { params, body = {} } = ctx.oidc ?? {};
  const anonymous = !ctx.headers.authorization && !('client_id' in body) && !('client_secret' in body);
  if (ctx.status !== 400 || params === undefined || !anonymous) return;
  ctx.status = 401;
  ctx.set('WWW-Authenticate', `Basic realm="${ctx.oidc.issuer}"`);
  ctx.body = { error: 'invalid_client', error_description: 'client authentication is missing' };
}
