import { concat, fromBase64, toBase64, utf8 } from './bytes.ts';
import { PUBLIC_KEY_BYTES } from './crypto.ts';
import { ProofError } from './errors.ts';
import { sha256 } from './hash.ts';

/** Signature type of a log's own signature: Ed25519 over the note text (C2SP signed-note). */
export const ED25519_NOTE = 0x01;
/** Signature type of a witness's timestamped Ed25519 signature (C2SP tlog-cosignature, cosignature/v1). */
export const ED25519_COSIGNATURE = 0x04;
/** Signature type of an ML-DSA-44 cosignature (C2SP tlog-cosignature): its keys are read, its signatures not verified yet. */
export const ML_DSA_44_COSIGNATURE = 0x06;

/** The signature types whose keys this code reads. */
export type SignatureType = typeof ED25519_NOTE | typeof ED25519_COSIGNATURE | typeof ML_DSA_44_COSIGNATURE;

/** A named public key that can verify note signatures. Name and key id together say which key signed. */
export interface VerifierKey {
  name: string;
  /** Unsigned 32 bits; depends on name, type and key, so that one key in two uses has two ids. */
  keyId: number;
  type: SignatureType;
  publicKey: Uint8Array;
}

const PUBLIC_KEY_BYTES_OF: Record<SignatureType, number> = {
  [ED25519_NOTE]: PUBLIC_KEY_BYTES,
  [ED25519_COSIGNATURE]: PUBLIC_KEY_BYTES,
  [ML_DSA_44_COSIGNATURE]: 1312, // FIPS 204, table 2
};

/** True for a name that a key may have: not empty, no Unicode white space, no plus (C2SP signed-note, Format). */
export function isKeyName(name: string): boolean {
  return name !== '' && name.isWellFormed() && !/[\p{White_Space}\p{Cc}+]/u.test(name);
}

/** Key id: the first four bytes of SHA-256(name ‖ LF ‖ type ‖ key), unsigned big-endian (C2SP signed-note, Signatures). */
export function keyId(name: string, type: SignatureType, publicKey: Uint8Array): number {
  const hash = sha256(concat(utf8(`${name}\n`), Uint8Array.of(type), publicKey));
  return new DataView(hash.buffer, hash.byteOffset).getUint32(0);
}

/** A verifier key from its parts. Throws `malformed` on a name that keys cannot have or a key of the wrong length. */
export function verifierKey(parts: {
  name: string;
  type: SignatureType;
  publicKey: Uint8Array;
}): VerifierKey {
  const { name, type, publicKey } = parts;
  if (!isKeyName(name)) throw malformedKey('the name is empty or holds white space or a plus');
  if (publicKey.length !== PUBLIC_KEY_BYTES_OF[type])
    throw malformedKey('the key has the wrong length for its type');
  return { name, type, publicKey, keyId: keyId(name, type, publicKey) };
}

/** The text `name+id+base64(type ‖ key)` of a verifier key (C2SP signed-note, Verifier keys). Throws as {@link verifierKey}. */
export function formatVerifierKey(parts: {
  name: string;
  type: SignatureType;
  publicKey: Uint8Array;
}): string {
  const key = verifierKey(parts);
  return `${key.name}+${formatKeyId(key.keyId)}+${toBase64(concat(Uint8Array.of(key.type), key.publicKey))}`;
}

/**
 * Reads a verifier key. Throws `malformed` when it is not one or when its id does not belong to name, type and key, and
 * `unsupported` on a signature type not in {@link SignatureType}.
 */
export function parseVerifierKey(text: string): VerifierKey {
  const [, name, id, encoded] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/s.exec(text) ?? [];
  if (name === undefined || id === undefined || encoded === undefined) {
    throw malformedKey('expected name+id+base64');
  }
  const bytes = fromBase64(encoded);
  const type = bytes[0];
  if (type !== ED25519_NOTE && type !== ED25519_COSIGNATURE && type !== ML_DSA_44_COSIGNATURE) {
    throw new ProofError('unsupported', 'The verifier key has a signature type that is not supported.');
  }
  const key = verifierKey({ name, type, publicKey: bytes.subarray(1) });
  if (formatKeyId(key.keyId) !== id) throw malformedKey('its id does not belong to its name and key');
  return key;
}

function formatKeyId(id: number): string {
  return id.toString(16).padStart(8, '0');
}

function malformedKey(why: string): ProofError {
  return new ProofError('malformed', `Not a verifier key: ${why}.`);
}
