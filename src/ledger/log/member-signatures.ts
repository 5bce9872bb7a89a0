import { nativePrimitives } from '../../crypto/index.ts';
import {
  formatNote,
  ledgerQuorum,
  type NoteSignature,
  ProofError,
  parseNote,
  type TrustPolicy,
  verifyCosignature,
} from '../../proof/index.ts';
import { LedgerError } from '../error.ts';

/**
 * The checkpoint as a note signed by a quorum, ⌊2n/3⌋ + 1, of the members whose ledger keys the policy lists. Lines come
 * from other members and may be anything: those that do not verify, or come a second time from one member, are left out, and
 * so are those beyond the quorum: each signature in the note is one that it needs.
 * Throws `LedgerError` `unavailable` `quorum` when too few remain.
 */
export function noteWithQuorum(checkpoint: string, lines: readonly string[], policy: TrustPolicy): string {
  const needed = ledgerQuorum(policy.ledgerKeys.length);
  const signatures = new Map<string, NoteSignature>();
  for (const line of lines) {
    for (const signature of signaturesOf(checkpoint, line)) {
      const key = policy.ledgerKeys.find(
        ({ name, keyId }) => name === signature.name && keyId === signature.keyId,
      );
      if (key === undefined || signatures.has(key.name)) continue;
      const time = verifyCosignature(key.publicKey, checkpoint, signature.signature, nativePrimitives);
      if (time !== undefined) signatures.set(key.name, signature);
    }
  }
  if (signatures.size < needed) {
    const sentence = `only ${signatures.size} of the ${needed} members needed have signed; try again when more can be reached`;
    throw new LedgerError('unavailable', sentence, { reason: 'quorum' });
  }
  return formatNote({ text: checkpoint, signatures: [...signatures.values()].slice(0, needed) });
}

function signaturesOf(checkpoint: string, line: string): readonly NoteSignature[] {
  try {
    return parseNote(`${checkpoint}\n${line}`).signatures;
  } catch (error) {
    if (error instanceof ProofError) return [];
    throw error;
  }
}
