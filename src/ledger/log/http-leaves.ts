import { LedgerError } from '../error.ts';
import type { LeafSource } from './earlier-leaves.ts';
import { LEDGER_CHECKPOINT_PATH, LEDGER_ENTRIES_PATH } from './leaves-route.ts';

/** A page of entries, of blocks that are as full as they can be. */
const MAX_REPLY_BYTES = 16 * 1024 * 1024; // beyond it, somebody only wants memory
/** A member may have to collect signatures first. */
const ANSWER_MS = 20_000; // each of those it asks has six seconds

/** A member's ledger log at `<url>/ledger/log/…`. What it answers is checked by whoever asks. Throws `LedgerError` `unavailable`. */
export function leavesOverHttp(url: string): LeafSource {
  return {
    name: url,
    checkpoint: (over) => textAt(`${url}${LEDGER_CHECKPOINT_PATH}?over=${over}`),
    async entries(from) {
      const text = await textAt(`${url}${LEDGER_ENTRIES_PATH}?from=${from}`);
      return text.split('\n').slice(0, -1);
    },
  };
}

async function textAt(url: string): Promise<string> {
  try {
    // A redirect could lead a member's name to another's server.
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS), redirect: 'error' });
    const parts: Uint8Array[] = [];
    let sizeBytes = 0;
    for await (const part of response.body ?? []) {
      sizeBytes += part.length;
      if (sizeBytes > MAX_REPLY_BYTES) throw new LedgerError('unavailable', 'a member answered too much');
      parts.push(part);
    }
    if (response.status === 200) return Buffer.concat(parts).toString('utf8');
    throw new LedgerError('unavailable', `a member gave no leaves: it answered ${response.status}`);
  } catch (cause) {
    if (cause instanceof LedgerError) throw cause;
    throw new LedgerError('unavailable', 'a member cannot be reached for the leaves of the ledger log', {
      cause,
    });
  }
}
