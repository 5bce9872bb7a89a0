import type { FastifyInstance } from 'fastify';
import type { NodeLog } from '../node-log.ts';
import { type OpenapiDocument, type RegisteredRoute, undocumentedRoutes } from './openapi.ts';

/** Warns of every route that `/openapi.json` says nothing about. Call it before any route is registered. */
export function warnOfUndescribedRoutes(app: FastifyInstance, document: OpenapiDocument, log: NodeLog): void {
  const routes: RegisteredRoute[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    routes.push({ method, url });
  });
  app.addHook('onReady', async () => {
    for (const route of undocumentedRoutes(document, routes))
      log.warn('a route is missing in /openapi.json', { route });
  });
}
