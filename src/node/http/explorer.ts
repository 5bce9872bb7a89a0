import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import { type Block, type Ledger, LedgerError } from '../../ledger/index.ts';
import type { LedgerStatus } from './ledger-status.ts';
import { sendProblem } from './problem.ts';

const DEFAULT_BLOCKS = 20; // one screen of the explorer
const MAX_BLOCKS = 200; // blocks hold up to a few hundred transactions each
/** A reader that asks beyond the newest block waits for nothing. */
const READ_TIMEOUT_MS = 2_000; // the engine answers from disk within milliseconds

/** Who may look: everyone in demo mode, else members and auditors by token. */
export interface ExplorerServices {
  readonly ledger: Ledger;
  readonly height: () => bigint | undefined;
  /** Who stands where, for the ledger's page. */
  readonly status: () => Promise<LedgerStatus>;
  readonly allowed: (authorization: string | undefined) => Promise<boolean>;
}

const published = (block: Block): object => ({ ...block, height: Number(block.height) });

async function readBlocks(services: ExplorerServices, from: bigint, limit: number): Promise<object[]> {
  const newest = services.height();
  if (newest === undefined || from > newest) return [];
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), READ_TIMEOUT_MS);
  const blocks: object[] = [];
  try {
    for await (const block of services.ledger.blocks(from, abort.signal)) {
      blocks.push(published(block));
      if (blocks.length >= limit || block.height >= newest) break;
    }
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
  return blocks;
}

const HEIGHT = /^\d{1,15}$/;

function heightOf(text: string | undefined, otherwise: number): number | undefined {
  if (text === undefined) return otherwise;
  return HEIGHT.test(text) ? Number(text) : undefined;
}

async function evidence(services: ExplorerServices, id: string, reply: FastifyReply): Promise<FastifyReply> {
  try {
    return await reply.type('application/json').send(await services.ledger.evidence(id));
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    if (error.code === 'rejected')
      return sendProblem(reply, 404, 'not-found', 'There is no such transaction.');
    return sendProblem(reply, 503, 'ledger-unavailable', 'Too few members sign now: try again.');
  }
}

/** `GET /ledger`, `/ledger/blocks`, `/ledger/blocks/{h}`, `/ledger/transactions/{id}` (FORMATS §6). */
export const explorerRoutes: FastifyPluginAsync<{ services: ExplorerServices }> = async (
  app,
  { services },
) => {
  app.addHook('onRequest', async (request, reply) => {
    if (!(await services.allowed(request.headers.authorization))) {
      await sendProblem(reply, 401, 'token-missing', 'Members and auditors look at the ledger with a token.');
    }
  });
  app.get('/ledger', async (_request, reply) =>
    reply.header('cache-control', 'no-store').send(await services.status()),
  );
  app.get('/ledger/blocks', async (request, reply) => {
    const { from, limit } = request.query as { from?: string; limit?: string };
    const newest = Number(services.height() ?? 0n);
    const count = heightOf(limit, DEFAULT_BLOCKS);
    const start = heightOf(from, Math.max(0, newest - (count ?? DEFAULT_BLOCKS) + 1));
    if (start === undefined || count === undefined || count < 1 || count > MAX_BLOCKS) {
      return sendProblem(
        reply,
        400,
        'malformed',
        `"from" is a height and "limit" a number from 1 to ${MAX_BLOCKS}.`,
      );
    }
    return { height: newest, blocks: await readBlocks(services, BigInt(start), count) };
  });
  app.get('/ledger/blocks/:height', async (request, reply) => {
    const height = heightOf((request.params as { height: string }).height, 0);
    if (height === undefined) return sendProblem(reply, 400, 'malformed', 'A height is a number.');
    const [block] = await readBlocks(services, BigInt(height), 1);
    return block ?? sendProblem(reply, 404, 'not-found', 'There is no such block yet.');
  });
  app.get('/ledger/transactions/:id', async (request, reply) =>
    evidence(services, (request.params as { id: string }).id, reply),
  );
};
