import type { FastifyInstance } from 'fastify';
import type { PolicyInForce } from './policy-layers.ts';

/** `GET /privacy-policy`: the layers that an organisation decides by. Public, as its notice of privacy practices is (45 CFR 164.520(c)(3)). */
export async function policyRoutes(
  app: FastifyInstance,
  { policy }: { policy: PolicyInForce },
): Promise<void> {
  app.get('/privacy-policy', (_request, reply) => reply.header('cache-control', 'no-cache').send(policy));
}
