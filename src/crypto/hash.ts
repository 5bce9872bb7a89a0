import { createHash, createHmac, hash, hkdfSync, timingSafeEqual } from 'node:crypto';
import { CryptoError } from './error.ts';

/** HKDF gives at most 255 blocks (RFC 5869 §2.3). */
const MAX_HKDF_BYTES = 255 * 32;
/** OpenSSL's bound on the info of `hkdfSync`; no info of Holdfast comes near. */
const MAX_HKDF_INFO_BYTES = 1024;
const SHA256_BYTES = 32; // FIPS 180-4

/** SHA-256 over the parts, one after another, without separator; strings as UTF-8. 32 bytes. */
export function sha256Native(...parts: readonly (string | Uint8Array)[]): Buffer {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part);
  return digest.digest();
}

/**
 * SHA-256 of short bytes: 32 bytes. As Latin-1 text and back, which costs a third of what a Buffer costs to be made: the
 * Merkle trees of all members' logs are hashed with it.
 */
export function sha256Short(bytes: Uint8Array): Uint8Array {
  const text = hash('sha256', bytes, 'latin1');
  const digest = new Uint8Array(SHA256_BYTES);
  for (let at = 0; at < SHA256_BYTES; at += 1) digest[at] = text.charCodeAt(at);
  return digest;
}

/** HMAC-SHA-256 (RFC 2104) over the parts, one after another, without separator; strings as UTF-8. 32 bytes. */
export function hmac(key: Uint8Array, ...parts: readonly (string | Uint8Array)[]): Buffer {
  const mac = createHmac('sha256', key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

/**
 * HKDF-SHA-256, extract and expand (RFC 5869). An absent salt is empty, which is the same as 32 zero bytes.
 * Throws `CryptoError` `too-large` above 8,160 bytes of output or 1,024 bytes of info.
 */
export function hkdf(
  ikm: Uint8Array,
  info: string | Uint8Array,
  lengthBytes: number,
  salt: string | Uint8Array = '',
): Buffer {
  if (lengthBytes > MAX_HKDF_BYTES)
    throw new CryptoError('too-large', `HKDF gives at most ${MAX_HKDF_BYTES} bytes`);
  if (Buffer.byteLength(info) > MAX_HKDF_INFO_BYTES) {
    throw new CryptoError('too-large', `the info of HKDF has at most ${MAX_HKDF_INFO_BYTES} bytes`);
  }
  return Buffer.from(hkdfSync('sha256', ikm, salt, info, lengthBytes));
}

/** Whether both have the same bytes, in a time that does not depend on them; false at once when the lengths differ. */
export function equalSecret(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
