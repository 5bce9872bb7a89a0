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

/** Bounds of one exchange; a node's own when left out. */
export interface TransportLimits {
  readonly timeoutMs?: number;
  readonly answerBytes?: number;
}

const tooLarge = () => new ExchangeError('unavailable', 'The answer of the member is too large.');

async function boundedBody(response: Response, limitBytes: number): Promise<Uint8Array> {
  if (Number(response.headers.get('content-length') ?? 0) > limitBytes) throw tooLarge();
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > limitBytes) throw tooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** HTTP POST with a timeout and a size limit; redirects are not followed. What it gives throws ExchangeError `unavailable`. */
export function createHttpTransport(limits: TransportLimits = {}): Transport {
  const { timeoutMs = TIMEOUT_MS, answerBytes = MAX_ANSWER_BYTES } = limits;
  return async (reach, request, path) => {
    try {
      const response = await fetch(`${reach}${path}`, {
        method: request.method,
        headers: request.headers,
        body: Buffer.from(request.body),
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: await boundedBody(response, answerBytes),
      };
    } catch (error) {
      if (error instanceof ExchangeError) throw error;
      throw new ExchangeError('unavailable', 'The member could not be reached.', error);
    }
  };
}

/** The transport of a node. */
export const httpTransport: Transport = createHttpTransport();
