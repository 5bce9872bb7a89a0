import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';

/** 32 bytes of SHA-256. */
export type Hash = Uint8Array;

/** SHA-256 as whoever hashes much hands it in: a native one answers in a third of the time. */
export type Sha256 = (bytes: Uint8Array) => Hash;

/** Length of a SHA-256 hash in bytes. */
export const HASH_BYTES = 32;

/** SHA-256 (FIPS 180-4): 32 bytes. */
export function sha256(bytes: Uint8Array): Hash {
  return nobleSha256(bytes);
}

/** HMAC-SHA-256 (RFC 2104): 32 bytes. */
export function hmacSha256(key: Uint8Array, bytes: Uint8Array): Hash {
  return hmac(nobleSha256, key, bytes);
}

/** HKDF-SHA-256, extract and expand (RFC 5869). An absent salt is 32 zero bytes. Throws when more than 255 × 32 bytes are asked for. */
export function hkdfSha256(
  ikm: Uint8Array,
  salt: Uint8Array | undefined,
  info: Uint8Array,
  lengthBytes: number,
): Uint8Array {
  return hkdf(nobleSha256, ikm, salt, info, lengthBytes);
}
