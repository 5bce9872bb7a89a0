import type { FastifyPluginAsync } from 'fastify';
import { sendProblem } from './problem.ts';

/** One organisation as `/.well-known/holdfast` lists it. */
export interface PublishedOrganisation {
  readonly id: string;
  readonly name: string;
}

/** What the public routes tell. */
export interface PublicSource {
  readonly version: string;
  readonly demo: boolean;
  readonly publicUrl: string;
  readonly organisations: readonly PublishedOrganisation[];
  readonly ledger: () => { id: string; engine: string; height: number };
  /** The network's trust policy of a version, the newest by default; undefined when there is none. */
  readonly policy: (version?: number) => string | undefined;
  /** Why the node may not be asked now; empty when it may. */
  readonly unready: () => readonly string[];
  /** Things that people should look at, and that do not stop the node. */
  readonly warnings: () => readonly string[];
  readonly openapi: () => object;
}

const VERSION = /^\d{1,9}$/;

/** `/health`, `/ready`, `/.well-known/holdfast`, `/policy`, `/openapi.json` (FORMATS §6). */
export const publicRoutes: FastifyPluginAsync<{ source: PublicSource }> = async (app, { source }) => {
  app.get('/health', async () => ({ status: 'alive' }));
  app.get('/ready', async (_request, reply) => {
    const reasons = source.unready();
    return reply
      .code(reasons.length === 0 ? 200 : 503)
      .send({ ready: reasons.length === 0, reasons, warnings: source.warnings() });
  });
  app.get('/.well-known/holdfast', async () => ({
    name: 'Holdfast',
    version: source.version,
    demo: source.demo,
    ledger: source.ledger(),
    organisations: source.organisations.map(({ id, name }) => {
      const base = `${source.publicUrl}/orgs/${id}`;
      return { id, name, fhir: `${base}/fhir`, auth: `${base}/auth`, log: `${base}/log` };
    }),
  }));
  app.get('/policy', async (request, reply) => {
    const { version } = request.query as { version?: string };
    if (version !== undefined && !VERSION.test(version))
      return sendProblem(reply, 400, 'malformed', 'A version is a number.');
    const text = source.policy(version === undefined ? undefined : Number(version));
    if (text === undefined) return sendProblem(reply, 404, 'not-found', 'There is no such policy version.');
    return reply.type('text/plain; charset=utf-8').send(text);
  });
  app.get('/openapi.json', async () => source.openapi());
};
