import { LedgerError } from '../error.ts';

/** Longest answer of a member: one signature line, or a problem with a sentence. */
const MAX_REPLY_BYTES = 4_096;
/** A member waits up to three seconds for blocks that it has not seen. */
const COSIGN_TIMEOUT_MS = 6_000; // twice that: the rest is the way there and back

/** Path of the cosigning route below an organisation's prefix. */
export const COSIGN_PATH = '/ledger/cosign';

/**
 * Asks a member at `<url>/ledger/cosign` for its signature line over a checkpoint of the ledger log. What it answers is
 * checked by whoever needs it. Throws `LedgerError` `unavailable` when it cannot be reached or will not sign.
 */
export async function cosignOverHttp(url: string, checkpoint: string): Promise<string> {
  try {
    const response = await fetch(`${url}${COSIGN_PATH}`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: checkpoint,
      signal: AbortSignal.timeout(COSIGN_TIMEOUT_MS),
      // A redirect could lead a member's name to another's server.
      redirect: 'error',
    });
    const text = await boundedText(response);
    if (response.status === 200) return text;
    throw new LedgerError(
      'unavailable',
      `a member did not sign the ledger log: it answered ${response.status}`,
    );
  } catch (cause) {
    if (cause instanceof LedgerError) throw cause;
    throw new LedgerError('unavailable', 'a member cannot be reached for its signature on the ledger log', {
      cause,
    });
  }
}

async function boundedText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const part of response.body ?? []) {
    sizeBytes += part.length;
    if (sizeBytes > MAX_REPLY_BYTES) {
      throw new LedgerError('unavailable', 'a member answered more than a signature line');
    }
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
