import type { FastifyInstance, FastifyReply } from 'fastify';
import { LedgerError } from '../error.ts';
import { COSIGN_PATH } from './http-cosigner.ts';
import type { LedgerLog } from './ledger-log.ts';

/** An origin, a size and a hash. */
const MAX_CHECKPOINT_BYTES = 1_024;
/** Askers that wait for a block at a time. */
const MAX_WAITING = 64; // every member several times; beyond it somebody only wants to hold connections

const STATUS: Record<string, number> = { malformed: 400, 'other-history': 409 };

/**
 * Fastify plugin, registered under `/orgs/<org>`: `POST /ledger/cosign` with a checkpoint of the ledger log as text answers
 * this member's signature line over it. Public, since it is checked by content: nothing is signed but what this member's own
 * log says at that size, which is the same for whoever asks.
 */
export async function cosignRoute(
  app: FastifyInstance,
  { ledgerLog }: { readonly ledgerLog: Pick<LedgerLog, 'cosign'> },
): Promise<void> {
  let waiting = 0;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'text/plain',
    { parseAs: 'string', bodyLimit: MAX_CHECKPOINT_BYTES },
    (_request, body, done) => done(null, body),
  );
  app.post(COSIGN_PATH, { bodyLimit: MAX_CHECKPOINT_BYTES }, async (request, reply) => {
    if (waiting >= MAX_WAITING) return sendRefusal(reply, 503, 'busy', 'Too many ask at once; try again.');
    waiting += 1;
    try {
      const line = await ledgerLog.cosign(typeof request.body === 'string' ? request.body : '');
      return reply.header('cache-control', 'no-store').type('text/plain').send(Buffer.from(line));
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      const code = error.reason ?? error.code;
      return sendRefusal(reply, STATUS[code] ?? 503, code, error.message);
    } finally {
      waiting -= 1;
    }
  });
}

/** RFC 9457 problem details. */
function sendRefusal(reply: FastifyReply, status: number, code: string, detail: string): FastifyReply {
  if (status === 503) reply.header('retry-after', '1');
  const problem = {
    type: `urn:holdfast:problem:${code}`,
    title: code.replaceAll('-', ' '),
    status,
    code,
    detail,
  };
  return reply.code(status).type('application/problem+json').send(JSON.stringify(problem));
}
