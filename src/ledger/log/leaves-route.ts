import type { FastifyInstance } from 'fastify';
import { LedgerError } from '../error.ts';
import { sendRefusal } from './cosign-route.ts';
import type { LedgerLog } from './ledger-log.ts';

/** Entries of one answer: a few hundred kilobytes, for blocks of a few transactions. */
const PAGE = 512; // a ledger of a million blocks is two thousand answers
/** Askers for whom signatures are collected at a time. */
const MAX_COLLECTING = 16; // newcomers are few; beyond it somebody only wants members to be asked
const HEIGHT = /^\d{1,15}$/;

/** Path of a checkpoint of the ledger log that a quorum of members signed, below an organisation's prefix. */
export const LEDGER_CHECKPOINT_PATH = '/ledger/log/checkpoint';
/** Path of the ledger log's entries, below an organisation's prefix. */
export const LEDGER_ENTRIES_PATH = '/ledger/log/entries';

/**
 * Fastify plugin, registered under `/orgs/<org>`, for members that cannot read the first blocks themselves: `GET /ledger/log/checkpoint?over=H`
 * answers a checkpoint over the block of height H with a quorum of members' signatures, `GET /ledger/log/entries?from=H` the next
 * entries, one JCS text a line. Public like the cosigning route: hashes, and nothing that is not the same at every member.
 */
export async function leavesRoute(
  app: FastifyInstance,
  { ledgerLog }: { readonly ledgerLog: Pick<LedgerLog, 'signedOver' | 'entries' | 'size'> },
): Promise<void> {
  let collecting = 0;
  app.get(LEDGER_CHECKPOINT_PATH, async (request, reply) => {
    const over = heightOf((request.query as { over?: unknown }).over);
    if (over === undefined) return sendRefusal(reply, 400, 'malformed', 'A height is a number.');
    if (over >= ledgerLog.size) return sendRefusal(reply, 404, 'not-found', 'There is no such block yet.');
    if (collecting >= MAX_COLLECTING)
      return sendRefusal(reply, 503, 'busy', 'Too many ask at once; try again.');
    collecting += 1;
    try {
      const { note } = await ledgerLog.signedOver(over);
      return reply.header('cache-control', 'no-store').type('text/plain').send(Buffer.from(note));
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      return sendRefusal(reply, 503, error.reason ?? error.code, error.message);
    } finally {
      collecting -= 1;
    }
  });
  app.get(LEDGER_ENTRIES_PATH, async (request, reply) => {
    const from = heightOf((request.query as { from?: unknown }).from);
    if (from === undefined) return sendRefusal(reply, 400, 'malformed', 'A height is a number.');
    const lines = ledgerLog.entries(from, PAGE).map((entry) => `${entry}\n`);
    return reply.type('text/plain').send(Buffer.from(lines.join('')));
  });
}

function heightOf(value: unknown): number | undefined {
  return typeof value === 'string' && HEIGHT.test(value) ? Number(value) : undefined;
}
