import type { FastifyInstance } from 'fastify';
import { accountingRoutes } from './accounting/routes.ts';
import { anomalyRoutes } from './anomaly/routes.ts';
import type { AuditRouteServices } from './audit-services.ts';
import { registerAudited } from './audited-route.ts';
import { breakGlassRoutes } from './break-glass/routes.ts';
import { exportRoutes } from './export/routes.ts';
import { refusalRoutes } from './refusals/routes.ts';
import { retentionRoutes } from './retention/routes.ts';
import { rightsRoutes } from './rights/routes.ts';
import { accessLogRoutes } from './trail/access-log.ts';

/**
 * Fastify plugin, registered under `/orgs/<org>` (FORMATS §6): accounting of disclosures and suspensions, the access log in
 * words, exports, requests of individuals, legal holds, flags, broken glass, refusals.
 */
export async function auditRoutes(app: FastifyInstance, services: AuditRouteServices): Promise<void> {
  registerAudited(app, services, [
    ...accountingRoutes(services),
    ...accessLogRoutes(services),
    ...exportRoutes(services),
    ...rightsRoutes(services),
    ...retentionRoutes(services),
    ...anomalyRoutes(services),
    ...breakGlassRoutes(services),
    ...refusalRoutes(services),
  ]);
}
