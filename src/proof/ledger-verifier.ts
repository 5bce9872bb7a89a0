import { toHex } from './bytes.ts';
import { parseSignedCheckpoint, type SignedCheckpoint } from './checkpoint.ts';
import { type CosignatureVerdict, judgeCosignatures } from './checkpoint-trust.ts';
import { javascriptPrimitives, type Primitives } from './crypto.ts';
import { ProofError } from './errors.ts';
import { type OrderingFailure, type OrderingVerdict, verifyOrdering } from './fabric/ordering-evidence.ts';
import { blockEntryBytes, type LedgerEvidence, parseLedgerEvidence } from './ledger-evidence.ts';
import { leafHash } from './merkle/hashing.ts';
import { verifyInclusion } from './merkle/inclusion.ts';
import { ledgerOrigin } from './origin.ts';
import { ledgerQuorum } from './quorum.ts';
import { parsePolicy } from './tlog-policy.ts';
import { parseTlogProof, type TlogProof } from './tlog-proof.ts';
import type { TrustPolicy } from './trust-policy.ts';

/** Why evidence of a transaction does not verify: a closed set. */
export type EvidenceFailure =
  | 'policy-required'
  | 'policy-malformed'
  | 'policy-withdrawn'
  | 'evidence-malformed'
  /** The block has no transaction of this id, or two. */
  | 'transaction-missing'
  /** The transaction was ordered, but found invalid: it changed nothing. */
  | 'transaction-invalid'
  /** The block is not at its height in the block log of the checkpoint. */
  | 'inclusion-invalid'
  /** No given policy is of the ledger that the checkpoint names. */
  | 'unknown-ledger'
  | 'cosignature-invalid'
  /** Fewer than ⌊2n/3⌋ + 1 members signed. */
  | 'quorum-missing'
  /** The evidence brings signatures of orderers that do not hold. */
  | OrderingFailure;

/** The answer about a transaction's evidence. */
export type EvidenceVerdict =
  | {
      ok: true;
      ledger: string;
      /** The newest given policy that accepts; `hash` is hexadecimal. */
      policy: { version: number; hash: string };
      height: number;
      blockHash: string;
      /** Hexadecimal: compare with `transactionDigest` of what the transaction is said to be. */
      digest: string;
      /** RFC 3339: the members had signed before it. */
      committedBefore: string;
      /** Who ordered the block, when the evidence says it (on Fabric). */
      ordering?: OrderingVerdict & { ok: true };
    }
  | { ok: false; code: EvidenceFailure };

/**
 * Verifies, offline, that a transaction committed and was valid: its block is an entry of the ledger's block log, under a checkpoint
 * signed by ⌊2n/3⌋ + 1 of the n members that a network policy lists in its ledger lines (DESIGN §3, FORMATS §3). Signatures of
 * orderers that stand beside it must hold too; `genesis` is the hash of the channel's first block, when it is known from elsewhere
 * (without it the verdict names what the evidence claims). Never throws on bad input.
 */
export function verifyLedgerEvidence(
  value: unknown,
  policyTexts: readonly string[],
  primitives: Primitives = javascriptPrimitives,
  genesis?: string,
): EvidenceVerdict {
  if (policyTexts.length === 0) return { ok: false, code: 'policy-required' };
  const policies = attempt(() => policyTexts.map(parsePolicy));
  if (policies === undefined) return { ok: false, code: 'policy-malformed' };
  const read = attempt(() => readEvidence(value));
  if (read === undefined) return { ok: false, code: 'evidence-malformed' };
  const { evidence, signed } = read;
  const [transaction, ...same] = evidence.block.transactions.filter(({ id }) => id === evidence.transaction);
  if (transaction === undefined || same.length > 0) return { ok: false, code: 'transaction-missing' };
  if (!transaction.valid) return { ok: false, code: 'transaction-invalid' };
  if (!isIncluded(read)) return { ok: false, code: 'inclusion-invalid' };
  const ordering = evidence.ordering && verifyOrdering(evidence.block, evidence.ordering, genesis);
  if (ordering?.ok === false) return ordering;
  const ours = policies.filter(
    ({ header }) => header && ledgerOrigin(header.ledger) === signed.checkpoint.origin,
  );
  let refusal: EvidenceFailure = 'unknown-ledger';
  for (const policy of ours.sort((a, b) => (b.header?.version ?? 0) - (a.header?.version ?? 0))) {
    const verdict = judgeMembers(signed, policy, primitives);
    if (verdict.ok && policy.header) {
      return {
        ok: true,
        ledger: policy.header.ledger,
        policy: { version: policy.header.version, hash: toHex(policy.hash) },
        height: evidence.block.height,
        blockHash: evidence.block.hash,
        digest: transaction.digest,
        committedBefore: new Date(verdict.quorumTimeSeconds * 1000).toISOString(),
        ...(ordering === undefined ? {} : { ordering }),
      };
    }
    if (!verdict.ok) refusal = verdict.code;
  }
  return { ok: false, code: refusal };
}

interface ReadEvidence {
  evidence: LedgerEvidence;
  proof: TlogProof;
  signed: SignedCheckpoint;
}

function readEvidence(value: unknown): ReadEvidence {
  const evidence = parseLedgerEvidence(value);
  const proof = parseTlogProof(evidence.proof);
  return { evidence, proof, signed: parseSignedCheckpoint(proof.checkpoint) };
}

/** The leaf index must be the height: otherwise one block could be shown at another's place. */
function isIncluded({ evidence: { block }, proof, signed: { checkpoint } }: ReadEvidence): boolean {
  return (
    proof.index === BigInt(block.height) &&
    verifyInclusion({
      leafIndex: proof.index,
      treeSize: checkpoint.size,
      leafHash: leafHash(blockEntryBytes(block)),
      proof: proof.hashes,
      root: checkpoint.root,
    })
  );
}

function judgeMembers(
  { note }: SignedCheckpoint,
  policy: TrustPolicy,
  primitives: Primitives,
): CosignatureVerdict | { ok: false; code: 'policy-withdrawn' } {
  if (policy.withdrawn) return { ok: false, code: 'policy-withdrawn' };
  const needed = ledgerQuorum(policy.ledgerKeys.length);
  const keys = new Map(policy.ledgerKeys.map((key) => [key.name, key]));
  return judgeCosignatures(note, keys, (signed) => signed.size >= needed, primitives);
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProofError) return undefined;
    throw error;
  }
}
