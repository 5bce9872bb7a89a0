import { createCipheriv, createDecipheriv } from 'node:crypto';
import { CryptoError, requireLength } from './error.ts';
import { randomBytes } from './random.ts';

/** First byte of everything sealed: AES-256-GCM with a random 96-bit nonce and a 128-bit tag. */
const SUITE_AES_256_GCM = 0x01;
/** Length of a sealing key in bytes. */
export const SEALING_KEY_BYTES = 32;
/** What sealing adds to a plaintext: suite byte, nonce and tag. */
export const SEALED_OVERHEAD_BYTES = 29;

const ALGORITHM = 'aes-256-gcm';
/** What GCM takes without hashing (NIST SP 800-38D §8.2). */
const NONCE_BYTES = 12;
/** The longest tag: a shorter one would be easier to forge. */
const TAG_BYTES = 16;
/** Suite byte and nonce. */
const HEADER_BYTES = 1 + NONCE_BYTES;

/**
 * Seals with AES-256-GCM (NIST SP 800-38D): suite byte 0x01 ‖ nonce (12) ‖ ciphertext ‖ tag (16). The suite byte is
 * bound by its place: another suite would be opened with another algorithm. Nonces are random, so a key must seal at
 * most 2³¹ messages, which is the caller's duty. Throws `CryptoError` `malformed` for a key that is not 32 bytes.
 */
export function seal(key: Uint8Array, plaintext: Uint8Array, associatedData: Uint8Array): Buffer {
  requireLength(key, SEALING_KEY_BYTES, 'a sealing key');
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associatedData);
  const body = cipher.update(plaintext);
  const rest = cipher.final();
  return Buffer.concat([Uint8Array.of(SUITE_AES_256_GCM), nonce, body, rest, cipher.getAuthTag()]);
}

/**
 * Opens what {@link seal} made. Throws `CryptoError`: `malformed` when it is too short or the key has a wrong length,
 * `unknown-suite`, or `not-authentic` for another key, other associated data or any changed byte.
 */
export function open(key: Uint8Array, sealed: Uint8Array, associatedData: Uint8Array): Buffer {
  requireLength(key, SEALING_KEY_BYTES, 'a sealing key');
  if (sealed.length < SEALED_OVERHEAD_BYTES)
    throw new CryptoError('malformed', 'the sealed message is cut short');
  if (sealed[0] !== SUITE_AES_256_GCM)
    throw new CryptoError('unknown-suite', 'the sealed message has an unknown suite');
  const nonce = sealed.subarray(1, HEADER_BYTES);
  const tagStart = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(associatedData);
  decipher.setAuthTag(sealed.subarray(tagStart));
  const body = decipher.update(sealed.subarray(HEADER_BYTES, tagStart));
  try {
    return Buffer.concat([body, decipher.final()]);
  } catch (cause) {
    throw new CryptoError(
      'not-authentic',
      'the sealed message was changed or belongs to another key or place',
      cause,
    );
  }
}
