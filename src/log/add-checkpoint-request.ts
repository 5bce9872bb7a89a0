import {
  type Checkpoint,
  fromBase64,
  HASH_BYTES,
  type Hash,
  parseCheckpoint,
  parseDecimal,
  toBase64,
} from '../proof/index.ts';
import { LogError } from './errors.ts';

/** Hashes that a request may carry (C2SP tlog-witness, add-checkpoint). */
const MAX_CONSISTENCY_HASHES = 63;
/** Longest request read: 63 hashes and a checkpoint with 100 signatures stay below it. */
export const MAX_REQUEST_LENGTH = 64 * 1024;

/** An `add-checkpoint` request taken apart; no signature is verified yet. */
export interface AddCheckpointRequest {
  /** Size that the log believes the witness cosigned last. */
  readonly oldSize: number;
  readonly proof: readonly Hash[];
  readonly checkpoint: Checkpoint;
  /** {@link Checkpoint.size}, which fits 2^53 − 1. */
  readonly size: number;
  /** The signed note, verbatim. */
  readonly note: string;
  /** The note's text, final newline included. */
  readonly text: string;
}

/** The body of a request (C2SP tlog-witness, add-checkpoint). */
export function formatAddCheckpoint(oldSize: number, proof: readonly Hash[], note: string): string {
  return [`old ${oldSize}`, ...proof.map(toBase64), '', note].join('\n');
}

/** Reads a request's body. Throws `malformed` or `too-large`, from proof too; the signature lines are left for later. */
export function parseAddCheckpoint(body: string): AddCheckpointRequest {
  if (body.length > MAX_REQUEST_LENGTH) throw new LogError('too-large', 'The request is too long.');
  const split = body.indexOf('\n\n');
  const [oldLine, ...hashes] = body.slice(0, Math.max(0, split)).split('\n');
  const oldSize = oldLine?.startsWith('old ') ? parseDecimal(oldLine.slice('old '.length)) : undefined;
  if (oldSize === undefined) throw badRequest('its first line is not "old <size>"');
  if (hashes.length > MAX_CONSISTENCY_HASHES) throw badRequest('it has more than 63 hashes');
  const proof = hashes.map(fromBase64);
  if (proof.some((hash) => hash.length !== HASH_BYTES)) throw badRequest('a hash is not 32 bytes');
  const note = body.slice(split + 2);
  const textEnd = note.lastIndexOf('\n\n');
  if (textEnd < 0 || !note.endsWith('\n')) throw badRequest('it ends before the signatures do');
  const text = note.slice(0, textEnd + 1);
  const checkpoint = parseCheckpoint(text);
  if (checkpoint.size > BigInt(Number.MAX_SAFE_INTEGER)) throw badRequest('no log is that large');
  const size = Number(checkpoint.size);
  return { oldSize: Number(oldSize), proof, checkpoint, size, note, text };
}

function badRequest(why: string): LogError {
  return new LogError('malformed', `Not an add-checkpoint request: ${why}.`);
}
