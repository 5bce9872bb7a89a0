export { open, SEALING_KEY_BYTES, seal } from './aead.ts';
export { compress, decompress } from './compression.ts';
export {
  ed25519Signer,
  generateEd25519,
  type KeyPair,
  nativePrimitives,
  signEd25519Native,
} from './ed25519.ts';
export { CryptoError, type CryptoErrorCode } from './error.ts';
export { equalSecret, hkdf, hmac, sha256Native, sha256Short } from './hash.ts';
export { hpkeOpen, hpkeSeal } from './hpke.ts';
export { openWithPassphrase, sealWithPassphrase } from './passphrase.ts';
export { randomBytes, randomId } from './random.ts';
export { generateX25519, x25519 } from './x25519.ts';
