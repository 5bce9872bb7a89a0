import { ExchangeError } from './errors.ts';
import type { SignedRequest } from './message-signature.ts';

/** How long a member may take to answer: its wait for a checkpoint (3 s) and the transfer. */
const TIMEOUT_MS = 15_000; // past it the patient's page says "unavailable"
/** A lifetime of records with receipts. */
const MAX_ANSWER_BYTES = 256 * 1024 * 1024; // ten times the largest synthetic record seen

/** An answer as it came off the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Carries a signed request to another member. */
export type Transport = (reach: string, request: SignedRequest, path: string) => Promise<RawAnswer>;

async function boundedBody(response: Response): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > MAX_ANSWER_BYTES)
      throw new ExchangeError('unavailable', 'The answer of the member is too large.');
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** HTTP POST with a timeout and a size limit. Throws ExchangeError `unavailable`. */
export const httpTransport: Transport = async (reach, request, path) => {
  try {
    const response = await fetch(`${reach}${path}`, {
      method: request.method,
      headers: request.headers,
      body: Buffer.from(request.body),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await boundedBody(response),
    };
  } catch (error) {
    if (error instanceof ExchangeError) throw error;
    throw new ExchangeError('unavailable', 'The member could not be reached.', error);
  }
};
