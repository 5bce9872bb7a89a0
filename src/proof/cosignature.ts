import { concat, utf8 } from './bytes.ts';
import { javascriptPrimitives, type Primitives, SIGNATURE_BYTES, verifyEd25519 } from './crypto.ts';
import { ProofError } from './errors.ts';

/** Bytes of the big-endian POSIX time in front of a cosignature. */
const TIMESTAMP_BYTES = 8;

/**
 * The message a witness signs: `cosignature/v1`, the POSIX time in seconds, and the checkpoint's text with its final newline
 * (C2SP tlog-cosignature, Ed25519 signed message). Throws `malformed` on a time that is not a whole number of seconds ≥ 0.
 */
export function cosignatureMessage(
  timestampSeconds: number,
  checkpointText: string | Uint8Array,
): Uint8Array {
  assertTimestamp(timestampSeconds);
  const text = typeof checkpointText === 'string' ? utf8(checkpointText) : checkpointText;
  return concat(utf8(`cosignature/v1\ntime ${timestampSeconds}\n`), text);
}

/** The signature part of a cosignature line: time, then the 64 bytes of Ed25519 (C2SP tlog-cosignature, Format). */
export function encodeCosignature(timestampSeconds: number, signature: Uint8Array): Uint8Array {
  assertTimestamp(timestampSeconds);
  const time = new Uint8Array(TIMESTAMP_BYTES);
  new DataView(time.buffer).setBigUint64(0, BigInt(timestampSeconds));
  return concat(time, signature);
}

/** The time that a cosignature claims, in POSIX seconds, unverified; undefined when it is not 8 + 64 bytes or beyond 2^53 − 1. */
export function cosignatureTime(cosignature: Uint8Array): number | undefined {
  if (cosignature.length !== TIMESTAMP_BYTES + SIGNATURE_BYTES) return undefined;
  const seconds = Number(new DataView(cosignature.buffer, cosignature.byteOffset).getBigUint64(0));
  return Number.isSafeInteger(seconds) ? seconds : undefined;
}

/** The time in POSIX seconds at which the key cosigned the checkpoint's text; undefined when the cosignature does not verify. */
export function verifyCosignature(
  publicKey: Uint8Array,
  checkpointText: string | Uint8Array,
  cosignature: Uint8Array,
  primitives: Primitives = javascriptPrimitives,
): number | undefined {
  const seconds = cosignatureTime(cosignature);
  if (seconds === undefined) return undefined;
  const message = cosignatureMessage(seconds, checkpointText);
  return verifyEd25519(publicKey, message, cosignature.subarray(TIMESTAMP_BYTES), primitives)
    ? seconds
    : undefined;
}

function assertTimestamp(seconds: number): void {
  if (!Number.isSafeInteger(seconds) || seconds < 0) {
    throw new ProofError('malformed', 'A cosignature time is a whole number of POSIX seconds.');
  }
}
