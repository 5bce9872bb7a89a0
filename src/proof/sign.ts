import { ed25519 } from '@noble/curves/ed25519.js';

/** The 32-byte Ed25519 public key of a 32-byte seed (RFC 8032 §5.1.5). Throws on another length. */
export function ed25519PublicKey(seed: Uint8Array): Uint8Array {
  return ed25519.getPublicKey(seed);
}

/** The 64-byte Ed25519 signature over `message` by a 32-byte seed (RFC 8032 §5.1.6), deterministic. For browsers and small use: about 1,600 a second. */
export function signEd25519(seed: Uint8Array, message: Uint8Array): Uint8Array {
  return ed25519.sign(message, seed);
}
