import type { FastifyInstance } from 'fastify';
import type { ClientRegistry } from '../clients/client-registry.ts';

/** How long a browser may remember what a page may ask. */
const PREFLIGHT_SECONDS = 600; // Chromium takes two hours at most; ten minutes follow a removed app soon

/**
 * Lets pages of registered apps ask, which SMART App Launch 2.2 requires for apps in browsers (§ Considerations for Cross-Origin
 * Resource Sharing). No cookie is ever honoured on these paths, so credentials are not allowed. A plugin's own hook: call it
 * inside the plugin whose routes it is for, or at the organisation's scope.
 */
export function allowAppOrigins(app: FastifyInstance, clients: ClientRegistry, paths: RegExp): void {
  app.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers;
    if (origin === undefined || !paths.test(request.url) || !clients.isAppOrigin(origin)) return;
    reply
      .header('access-control-allow-origin', origin)
      .header('vary', 'Origin')
      .header(
        'access-control-expose-headers',
        'etag, location, content-location, last-modified, www-authenticate',
      );
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined)
      return;
    return reply
      .code(204)
      .header('access-control-allow-methods', 'GET, POST, PUT, PATCH, DELETE')
      .header(
        'access-control-allow-headers',
        'authorization, content-type, accept, prefer, if-match, if-none-match, if-none-exist, if-modified-since, last-event-id',
      )
      .header('access-control-max-age', String(PREFLIGHT_SECONDS))
      .send();
  });
}
