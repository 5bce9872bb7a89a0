import type { FastifyPluginAsync } from 'fastify';
import type { Principal } from '../../../identity/index.ts';
import { sendProblem } from '../problem.ts';
import { type ErasureServices, refusalOf } from './administered-request.ts';
import { erasingRoutes } from './erasing.ts';
import { erasureProofRoutes } from './erasure-proofs.ts';
import { mergingRoutes } from './merging.ts';

/**
 * Erasing a patient or a record, merging patients and taking them apart, and the proofs of what was erased (DESIGN §5). Each request is
 * recorded durably before it is answered.
 */
export const erasureRoutes: FastifyPluginAsync<{ services: ErasureServices }> = async (app, { services }) => {
  const { authenticator, recorder } = services;
  const routes = [...erasingRoutes(services), ...mergingRoutes(services), ...erasureProofRoutes(services)];
  for (const { method, path, name, action, work } of routes) {
    app.route({
      method,
      url: path,
      handler: async (request, reply) => {
        const kind = action === 'R' ? ('access' as const) : ('administration' as const);
        const event = { kind, action, subtype: name, objects: [] as string[], requestId: request.id };
        let principal: Principal | undefined;
        try {
          principal = await authenticator.authenticate(request.headers.authorization);
          const { body, patients } = await work(request, principal);
          await recorder.record({ ...event, outcome: 'success', principal, patients: [...patients] });
          return await reply.header('cache-control', 'no-store').type('application/json').send(body);
        } catch (error) {
          const refusal = refusalOf(error);
          if (refusal === undefined) throw error;
          await recorder.record({
            ...event,
            outcome: 'minor',
            ...(principal === undefined ? {} : { principal }),
            patients: [],
            detail: refusal.code,
          });
          return sendProblem(reply, refusal.status, refusal.code, refusal.detail);
        }
      },
    });
  }
};
