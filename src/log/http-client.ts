import { fromUtf8, utf8 } from '../proof/index.ts';
import { LogError } from './errors.ts';
import type { FetchTile } from './tile-source.ts';
import type { WitnessClient } from './witness-client.ts';

/** Longest answer of a witness: a size, an explanation, or a few signature lines. */
const MAX_REPLY_BYTES = 16 * 1024;
/** Longest resource of a tiled log: an entry bundle has 8,704 bytes, a checkpoint with 100 signatures about as many. */
const MAX_RESOURCE_BYTES = 64 * 1024;
/** One resource is there at once or not at all. */
const RESOURCE_TIMEOUT_MS = 5_000;

/**
 * A member reached at `<url>/add-checkpoint`, where `url` is its log's public prefix (`…/orgs/<org>/log`); `mirrorPath` is
 * where below it the member serves its copy of this log (`mirror/<owner>[/<k>]`).
 */
export function httpWitness(options: {
  organisation: string;
  url: string;
  mirrorPath?: string;
}): WitnessClient {
  const { organisation, url, mirrorPath } = options;
  return {
    organisation,
    addCheckpoint: async (body, signal) => {
      const request = {
        method: 'POST',
        headers: { 'content-type': 'text/plain' },
        body: utf8(body).slice().buffer,
      };
      const { status, bytes } = await ask(`${url}/add-checkpoint`, request, signal, MAX_REPLY_BYTES);
      return { status, body: fromUtf8(bytes) };
    },
    ...(mirrorPath !== undefined && { mirror: httpTiles(`${url}/${mirrorPath}`) }),
  };
}

/** Reads a tiled log at an HTTP prefix. Undefined on 404; any other status but 200 is `unavailable`. */
export function httpTiles(prefix: string): FetchTile {
  return async (path, signal) => {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(RESOURCE_TIMEOUT_MS)]);
    const { status, bytes } = await ask(`${prefix}/${path}`, {}, limited, MAX_RESOURCE_BYTES);
    if (status === 404) return undefined;
    if (status !== 200) throw unavailable(`It answered ${status}.`);
    return bytes;
  };
}

async function ask(
  url: string,
  request: RequestInit,
  signal: AbortSignal,
  maxBytes: number,
): Promise<{ status: number; bytes: Uint8Array }> {
  try {
    // A redirect could lead a member's name to another's server.
    const response = await fetch(url, { ...request, signal, redirect: 'error' });
    return { status: response.status, bytes: await readBounded(response, maxBytes) };
  } catch (cause) {
    if (cause instanceof LogError) throw cause;
    throw unavailable('It cannot be reached.', cause);
  }
}

async function readBounded(response: Response, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const part of response.body ?? []) {
    sizeBytes += part.length;
    if (sizeBytes > maxBytes) throw unavailable('Its answer is longer than the format allows.');
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}

function unavailable(why: string, cause?: unknown): LogError {
  return new LogError('unavailable', `Another member's log service did not answer as it should. ${why}`, {
    cause,
  });
}
