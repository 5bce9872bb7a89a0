import { p256 } from '@noble/curves/nist.js';
import { concat, toHex } from '../bytes.ts';
import type { Consenter } from './configuration.ts';
import { type OrderedBlock, orderedHeaderBytes } from './ordered-block.ts';
import { bytesAt, integerAt, listAt, messageAt, readMessage } from './wire.ts';

/** Most signatures looked at: each orderer signs once, and a stranger's list must not keep a reader busy. */
const MAX_SIGNATURES = 256;

/** What the signatures of a block establish. */
export interface BlockSignatures {
  /** Ids of the orderers whose signature verifies, each once. */
  readonly signers: ReadonlySet<number>;
  /** Number of the configuration block that was in force, as the signers say. */
  readonly configuration: number;
}

/**
 * Checks the BFT signatures of a block, the metadata of index 0: each covers that metadata's value (which names the configuration
 * in force), its own identifier header and the block's header (Fabric `protoutil.BlockSignatureVerifier`). A signature that
 * does not verify, is of no known orderer or of one that has already signed counts for nothing. Throws `ProofError` `malformed`.
 */
export function blockSignatures(
  header: Pick<OrderedBlock, 'number' | 'previousHash' | 'dataHash'>,
  signatures: Uint8Array,
  consenters: readonly Consenter[],
): BlockSignatures {
  const metadata = readMessage(signatures);
  const value = bytesAt(metadata, 1);
  const headerBytes = orderedHeaderBytes(header);
  const keys = new Map(consenters.map(({ id, publicKey }) => [id, publicKey]));
  const signers = new Set<number>();
  const seenKeys = new Set<string>();
  for (const bytes of listAt(metadata, 2).slice(0, MAX_SIGNATURES)) {
    const entry = readMessage(bytes);
    const identifier = bytesAt(entry, 3);
    if (bytesAt(entry, 1).length > 0 || identifier.length === 0) continue;
    const id = integerAt(readMessage(identifier), 1);
    const publicKey = keys.get(id);
    // Two ids with one key are one signer: whoever holds it would count twice.
    if (publicKey === undefined || signers.has(id) || seenKeys.has(toHex(publicKey))) continue;
    if (!isSigned(publicKey, concat(value, identifier, headerBytes), bytesAt(entry, 2))) continue;
    signers.add(id);
    seenKeys.add(toHex(publicKey));
  }
  return { signers, configuration: integerAt(messageAt(readMessage(value), 1), 1) };
}

/** ECDSA on P-256 over SHA-256, signature in DER with the lower S, as Fabric's crypto provider demands. */
function isSigned(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    return p256.verify(signature, message, publicKey, { format: 'der', lowS: true });
  } catch {
    return false; // not DER, or a key that is no point
  }
}
