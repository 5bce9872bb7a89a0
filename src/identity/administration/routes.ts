import type { FastifyInstance } from 'fastify';
import { named, recordedRoute, takeJsonText } from '../recorded-route.ts';
import { type AdministrationServices, administrator } from './administrator.ts';
import { clientRoutes } from './client-routes.ts';
import { userRoutes } from './user-routes.ts';

/**
 * Fastify plugin, registered under `/orgs/<org>`, for administrators through the portal: users, clients, members and keys below
 * `/administration`. Every request is recorded durably before it is answered.
 */
export async function administrationRoutes(
  app: FastifyInstance,
  services: AdministrationServices,
): Promise<void> {
  takeJsonText(app, services, 'administration');
  userRoutes(app, services);
  clientRoutes(app, services);
  app.get(
    '/administration/network',
    recordedRoute(services, named('R', 'read-network'), async (request, trail) => {
      await administrator(services, request, trail);
      return { status: 200, body: services.network() };
    }),
  );
}
