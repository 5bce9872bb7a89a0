import type { Configuration } from '../configuration.ts';
import { closeServer } from '../http/close-server.ts';
import { createServer } from '../http/server.ts';
import type { NodeLog } from '../node-log.ts';
import type { FounderStatement } from './founder.ts';

/** What a node answers while its ledger has not begun: that it lives, that it is not ready, and what it founds with. */
export async function serveFounding(
  configuration: Configuration,
  organisation: string,
  statement: () => FounderStatement,
  waitingFor: () => string,
  nodeLog: NodeLog,
): Promise<{ close(): Promise<void> }> {
  const app = await createServer(configuration, nodeLog);
  app.get('/health', async () => ({ status: 'alive' }));
  app.get('/ready', async (_request, reply) =>
    reply
      .code(503)
      .send({ ready: false, reasons: [`the ledger has not begun: ${waitingFor()}`], warnings: [] }),
  );
  app.get(`/orgs/${organisation}/founding`, async (_request, reply) =>
    reply.header('cache-control', 'no-store').send(statement()),
  );
  await app.listen({ host: configuration.host, port: configuration.port });
  return { close: () => closeServer(app) };
}
