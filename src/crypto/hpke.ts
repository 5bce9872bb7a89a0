import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import { CryptoError, requireLength } from './error.ts';

/** First byte of every message sealed to a public key: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. */
const SUITE_HPKE_X25519 = 0x01;

/** Raw X25519 keys (RFC 9180 §7.1, Npk and Nsk). */
const KEY_BYTES = 32;
/** The encapsulated key (RFC 9180 §7.1, Nenc). */
const ENC_BYTES = 32;
/** The tag of AES-256-GCM (RFC 9180 §7.3, Nt). */
const TAG_BYTES = 16;

const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});

/**
 * Seals to a raw X25519 public key with HPKE in base mode (RFC 9180 §6.1): suite byte 0x01 ‖ enc (32) ‖ ciphertext.
 * `info` names the use, `aad` binds the message to its place. Base mode does not say who sealed: sign what must be
 * attributed. Throws `CryptoError` `malformed` or `weak-key`.
 */
export async function hpkeSeal(
  recipientPublicKey: Uint8Array,
  plaintext: Uint8Array,
  info: string | Uint8Array,
  aad: string | Uint8Array,
): Promise<Buffer> {
  requireLength(recipientPublicKey, KEY_BYTES, 'an X25519 public key');
  try {
    const key = await suite.kem.deserializePublicKey(bytesOf(recipientPublicKey));
    const { enc, ct } = await suite.seal(
      { recipientPublicKey: key, info: bytesOf(info) },
      bytesOf(plaintext),
      bytesOf(aad),
    );
    return Buffer.concat([Uint8Array.of(SUITE_HPKE_X25519), new Uint8Array(enc), new Uint8Array(ct)]);
  } catch (cause) {
    throw new CryptoError(
      'weak-key',
      'nothing can be sealed to this public key; ask its owner for another one',
      cause,
    );
  }
}

/**
 * Opens what {@link hpkeSeal} made. Throws `CryptoError`: `malformed` when it is too short, `unknown-suite`, or
 * `not-authentic` for another key, info, aad or any changed byte.
 */
export async function hpkeOpen(
  recipientPrivateKey: Uint8Array,
  sealed: Uint8Array,
  info: string | Uint8Array,
  aad: string | Uint8Array,
): Promise<Buffer> {
  requireLength(recipientPrivateKey, KEY_BYTES, 'an X25519 private key');
  if (sealed.length < 1 + ENC_BYTES + TAG_BYTES)
    throw new CryptoError('malformed', 'the sealed message is cut short');
  if (sealed[0] !== SUITE_HPKE_X25519)
    throw new CryptoError('unknown-suite', 'the sealed message has an unknown suite');
  try {
    const recipientKey = await suite.kem.deserializePrivateKey(bytesOf(recipientPrivateKey));
    const enc = bytesOf(sealed.subarray(1, 1 + ENC_BYTES));
    const plaintext = await suite.open(
      { recipientKey, enc, info: bytesOf(info) },
      bytesOf(sealed.subarray(1 + ENC_BYTES)),
      bytesOf(aad),
    );
    return Buffer.from(plaintext);
  } catch (cause) {
    throw new CryptoError(
      'not-authentic',
      'the sealed message was changed or is for another key or place',
      cause,
    );
  }
}

/** A copy with an ArrayBuffer of its own: Web Cryptography takes no view into a shared or larger one. */
function bytesOf(value: string | Uint8Array): ArrayBuffer {
  const copy = typeof value === 'string' ? new TextEncoder().encode(value) : new Uint8Array(value);
  return copy.buffer as ArrayBuffer;
}
