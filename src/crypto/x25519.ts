import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto';
import type { KeyPair } from './ed25519.ts';
import { CryptoError, requireLength } from './error.ts';

/** DER of SubjectPublicKeyInfo and PKCS #8 up to the raw 32 bytes (RFC 8410 §4 and §7). */
const SPKI_PREFIX = Buffer.from('302a300506032b656e032100', 'hex');
const PKCS8_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex');
/** Raw keys of both halves (RFC 7748 §5). */
const KEY_BYTES = 32;

/** A new X25519 key pair, raw (RFC 7748). */
export function generateX25519(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('x25519');
  return {
    privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(PKCS8_PREFIX.length),
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length),
  };
}

/**
 * The 32-byte X25519 shared secret (RFC 7748 §5). Throws `CryptoError` `malformed` on another key length and `weak-key`
 * for a public key of small order, with which every private key gives zero (RFC 7748 §6.1).
 */
export function x25519(privateKey: Uint8Array, publicKey: Uint8Array): Buffer {
  requireLength(privateKey, KEY_BYTES, 'an X25519 private key');
  requireLength(publicKey, KEY_BYTES, 'an X25519 public key');
  const own = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, privateKey]),
    format: 'der',
    type: 'pkcs8',
  });
  const other = createPublicKey({
    key: Buffer.concat([SPKI_PREFIX, publicKey]),
    format: 'der',
    type: 'spki',
  });
  try {
    return diffieHellman({ privateKey: own, publicKey: other });
  } catch (cause) {
    throw new CryptoError('weak-key', 'the public key has small order; ask its owner for another one', cause);
  }
}
