import {
  encodeCosignature,
  formatCheckpoint,
  formatNote,
  fromBase64,
  type NoteSignature,
  ProofError,
  type TrustPolicy,
} from '../proof/index.ts';

/** A cosignature as it stands on the ledger. */
export interface AnchoredCosignature {
  readonly [name: string]: string | number;
  readonly organisation: string;
  /** POSIX seconds. */
  readonly time: number;
  /** Base64 of the 64 bytes. */
  readonly signature: string;
}

/** What an anchor's note is made of. */
export interface AnchoredContent {
  /** The log's owner. */
  readonly organisation: string;
  readonly origin: string;
  readonly size: number;
  /** Base64. */
  readonly root: string;
  /** The log's, base64. */
  readonly signature: string;
  readonly cosignatures: readonly AnchoredCosignature[];
}

/**
 * The signed note of an anchor: its text and its signatures under the names that a network policy gives the keys. Throws
 * `ProofError` `no-verifiable-signature` when the policy does not know one of the signers.
 */
export function anchorNote(anchor: AnchoredContent, policy: TrustPolicy): string {
  const { organisation: owner, cosignatures } = anchor;
  const log = policy.logs.find((key) => key.name === anchor.origin);
  if (log === undefined) throw unknownSigner(owner);
  const signatures: NoteSignature[] = [{ ...log, signature: fromBase64(anchor.signature) }];
  for (const cosignature of cosignatures) {
    const key = policy.witnesses.get(cosignature.organisation);
    if (key === undefined) throw unknownSigner(cosignature.organisation);
    const bytes = encodeCosignature(cosignature.time, fromBase64(cosignature.signature));
    signatures.push({ name: key.name, keyId: key.keyId, signature: bytes });
  }
  const { size, root } = anchor;
  return formatNote({
    text: formatCheckpoint({ origin: anchor.origin, size, root: fromBase64(root) }),
    signatures,
  });
}

function unknownSigner(organisationId: string): ProofError {
  return new ProofError('no-verifiable-signature', `The policy names no key of ${organisationId} for this.`);
}
