import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Primitives } from '../proof/index.ts';
import { requireLength } from './error.ts';

/** DER of SubjectPublicKeyInfo and PKCS #8 up to the raw 32 bytes (RFC 8410 §4 and §7). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
/** Raw keys of both halves (RFC 8032 §5.1). */
const KEY_BYTES = 32;
/** Parsed public keys kept: all keys of a large network and the patients active at one time; about 1 kB each. */
const MAX_PUBLIC_KEYS = 4_096;

const publicKeys = new LRUCache<string, KeyObject>({ max: MAX_PUBLIC_KEYS });

/** A new or stored Ed25519 key pair, raw (RFC 8032). */
export interface KeyPair {
  /** 32 bytes; for Ed25519 the seed. */
  readonly privateKey: Uint8Array;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

/**
 * The native primitive underneath proof's one Ed25519 rule: OpenSSL's verification without cofactor, byte for byte.
 * False for a key that is not a point. About 8,000 verifications a second and core.
 */
export const nativePrimitives: Primitives = {
  verifyEd25519(publicKey, message, signature) {
    const key = publicKeyObject(publicKey);
    return key !== undefined && verify(null, message, key, signature);
  },
};

function publicKeyObject(raw: Uint8Array): KeyObject | undefined {
  const name = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('latin1');
  const known = publicKeys.get(name);
  if (known !== undefined) return known;
  try {
    const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' });
    publicKeys.set(name, key);
    return key;
  } catch {
    return undefined;
  }
}

/** A new key pair; `privateKey` is the 32-byte seed. */
export function generateEd25519(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(PKCS8_PREFIX.length),
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length),
  };
}

/** A function that signs with this seed; parses the key once, about 20,000 signatures a second. Throws `CryptoError` `malformed`. */
export function ed25519Signer(seed: Uint8Array): (message: Uint8Array) => Uint8Array {
  requireLength(seed, KEY_BYTES, 'an Ed25519 seed');
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
  return (message) => sign(null, message, key);
}

/** The 64-byte signature over `message`. For more than one signature {@link ed25519Signer} costs half. Throws `CryptoError` `malformed`. */
export function signEd25519Native(seed: Uint8Array, message: Uint8Array): Uint8Array {
  return ed25519Signer(seed)(message);
}
