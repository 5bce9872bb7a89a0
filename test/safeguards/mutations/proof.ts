import type { Mutation } from '../mutation.ts';

const INTEGRITY = '45 CFR 164.312(c)(2)';

/** What a receipt, a checkpoint and an anchor are refused for. */
export const proofMutations: readonly Mutation[] = [
  {
    safeguard: 'a receipt whose log did not sign is refused',
    clauses: [INTEGRITY],
    file: 'src/proof/checkpoint-trust.ts',
    find: 'if (!verifyEd25519(own.key.publicKey, text, own.line.signature, primitives)) {',
    replace: 'if (own.line.signature.length === 0) {',
    turnsRed: 'src/proof/tampering.test.ts › stops verifying when any single bit of its file changes',
  },
  {
    safeguard: 'a receipt whose event is not in the log is refused',
    clauses: [INTEGRITY],
    file: 'src/proof/verifier.ts',
    find: "if (!isIncluded) throw new Refusal('inclusion-invalid');",
    replace: '',
    turnsRed: 'src/proof/verifier.test.ts › does not verify with another event, salt, index or path',
  },
  {
    safeguard: 'a checkpoint without its quorum of witnesses is refused',
    clauses: [INTEGRITY],
    file: 'src/proof/quorum.ts',
    find: 'return met >= quorum.threshold;',
    replace: 'return met >= 1;',
    turnsRed: 'src/proof/tlog-policy.test.ts › with nested groups is judged by its quorum',
  },
  {
    safeguard: 'the owner of a log never counts among its witnesses',
    clauses: [INTEGRITY],
    file: 'src/proof/checkpoint-trust.ts',
    find: '.filter(([witness, key]) => !isOwner(checkpoint.origin, witness, key))',
    replace: '',
    turnsRed: 'src/proof/verifier.test.ts › is never completed by the owner of the log',
  },
  {
    safeguard: 'an organisation proves only what stands in its own log',
    clauses: [INTEGRITY],
    file: 'src/proof/verifier.ts',
    find: 'if (parseLogOrigin(checkpoint.origin)?.organisation !== event.organisation)',
    replace: 'if (parseLogOrigin(checkpoint.origin)?.organisation === undefined)',
    turnsRed: 'src/proof/verifier.test.ts › of an organisation that does not own the log is refused',
  },
  {
    safeguard: 'content that is not what was logged is refused (digest of the AuditEvent)',
    clauses: ['45 CFR 164.312(b)', INTEGRITY],
    file: 'src/proof/verifier.ts',
    find: "if (!equalBytes(commitment, fromBase64(receipt.event.content))) throw new Refusal('content-mismatch');",
    replace: "if (commitment.length === 0) throw new Refusal('content-mismatch');",
    turnsRed: 'src/proof/verifier.test.ts › is another when a digit is lost',
  },
  {
    safeguard: 'a key that accepts any message is refused',
    clauses: [INTEGRITY],
    file: 'src/proof/crypto.ts',
    find: '  if (!isAcceptablePoint(publicKey, 0) || !isAcceptablePoint(signature, 0)) return false;\n',
    replace: '',
    turnsRed: 'src/proof/crypto.test.ts › a point of small order %s is refused as key and as R',
  },
  {
    safeguard: 'an anchor that rewrites the log is refused by the ledger',
    clauses: ['45 CFR 164.312(b)', INTEGRITY],
    file: 'src/log/contract.ts',
    find: 'if (!verifyConsistency({ ...sizes, root1, root2, proof: consistency.map(fromBase64) })) {',
    replace: 'if (sizes.size2 < sizes.size1) {',
    turnsRed: 'src/log/contract.test.ts › an anchor is refused',
  },
  {
    safeguard: 'a witness signs no head that does not continue the one before',
    clauses: [INTEGRITY],
    file: 'src/log/witness.ts',
    find: 'if (contradicts || !isConsistent(request, last)) return',
    replace: 'if (contradicts) return',
    turnsRed: 'src/log/witness.test.ts › proofs that are wrong, short, long, or for nothing',
  },
  {
    safeguard: 'evidence of the ledger needs more than two thirds of the members',
    clauses: [INTEGRITY],
    file: 'src/proof/ledger-verifier.ts',
    find: '(signed) => signed.size >= needed',
    replace: '(signed) => signed.size >= Math.min(1, needed)',
    turnsRed:
      'src/proof/ledger-verifier.test.ts › needs more than two thirds, each member once, no strangers',
  },
];
