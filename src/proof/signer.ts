import { utf8 } from './bytes.ts';
import { cosignatureMessage, encodeCosignature } from './cosignature.ts';
import { formatSignatureLine } from './note.ts';
import { ED25519_COSIGNATURE, ED25519_NOTE, keyId } from './verifier-key.ts';

/** Holder of an Ed25519 key under a name. The key itself may be anywhere: a file, an HSM, a key service. */
export interface Signer {
  name: string;
  publicKey: Uint8Array;
  /** The 64-byte Ed25519 signature over the bytes. */
  sign(message: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** The log's signature line (type 0x01) over a checkpoint's text. The name is the log's origin. */
export async function signatureLine(checkpointText: string, signer: Signer): Promise<string> {
  const { name, publicKey } = signer;
  const signature = await signer.sign(utf8(checkpointText));
  return formatSignatureLine({ name, keyId: keyId(name, ED25519_NOTE, publicKey), signature });
}

/** A witness's signature line (type 0x04) over a checkpoint's text at a POSIX time in seconds. It says only what the witness has checked before. */
export async function cosign(
  checkpointText: string,
  timestampSeconds: number,
  signer: Signer,
): Promise<string> {
  const { name, publicKey } = signer;
  const signature = await signer.sign(cosignatureMessage(timestampSeconds, checkpointText));
  return formatSignatureLine({
    name,
    keyId: keyId(name, ED25519_COSIGNATURE, publicKey),
    signature: encodeCosignature(timestampSeconds, signature),
  });
}

/** The signed note of a checkpoint's text with the log's signature alone; cosignature lines may be appended to it. */
export async function signCheckpoint(checkpointText: string, signer: Signer): Promise<string> {
  return `${checkpointText}\n${await signatureLine(checkpointText, signer)}`;
}
