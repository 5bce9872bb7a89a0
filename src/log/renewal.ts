import {
  equalBytes,
  formatTlogProof,
  fromBase64,
  inclusionProof,
  leafHash,
  type NodeAt,
  ProofError,
  parseSignedCheckpoint,
  parseTlogProof,
  verifyInclusion,
} from '../proof/index.ts';
import { ENTRY_BYTES } from './entry-bundle.ts';
import { LogError } from './errors.ts';
import type { OrganisationLog } from './organisation-log.ts';
import type { Witness } from './witness.ts';

/** A log as far as it is held here, and the newest head of it that has a quorum. */
interface HeldLog {
  /** Entries held and hashed. */
  readonly size: number;
  readonly nodeAt: NodeAt;
  rootAt(size: number): Uint8Array;
  readonly head: { readonly size: number; readonly note: string } | undefined;
}

/** What renews receipts: the own log, and the mirrors of others. */
export interface RenewalServices {
  readonly log: OrganisationLog;
  readonly witness: Witness;
}

/**
 * The proof of an entry under the newest head that has a quorum, for a proof under any earlier head: from the own log, or from
 * a mirror under the newest anchored head, so that a receipt outlives its organisation. `leaf` is the entry, base64.
 *
 * Throws `malformed` (also from proof), `unknown-log` when the log is neither own nor mirrored, `invalid-proof` when the old
 * proof does not lead to its root or that root is not one of the log held here, `not-covered` when no head with a quorum
 * reaches the old one yet. The old signatures are not asked for: a root of the held log says more.
 */
export function renew({ leaf, proof }: { leaf: string; proof: string }, services: RenewalServices): string {
  const entry = fromBase64(leaf);
  if (entry.length !== ENTRY_BYTES) throw new LogError('malformed', 'The leaf is not base64 of 32 bytes.');
  const old = parseTlogProof(proof);
  const { checkpoint } = parseSignedCheckpoint(old.checkpoint);
  const held = heldLog(checkpoint.origin, services);
  if (held === undefined) throw new LogError('unknown-log', 'This log is neither kept nor mirrored here.');
  const path = {
    leafIndex: old.index,
    treeSize: checkpoint.size,
    leafHash: leafHash(entry),
    proof: old.hashes,
  };
  if (!verifyInclusion({ ...path, root: checkpoint.root })) {
    throw new LogError(
      'invalid-proof',
      'The proof does not lead from the leaf to the root of its checkpoint.',
    );
  }
  const { head } = held;
  if (head === undefined || checkpoint.size > BigInt(head.size) || head.size > held.size) {
    throw new LogError('not-covered', 'No newer head with a quorum is known here yet; try again later.');
  }
  if (!equalBytes(held.rootAt(Number(checkpoint.size)), checkpoint.root)) {
    throw new LogError('invalid-proof', 'The log held here never had this root.');
  }
  const hashes = inclusionProof(Number(old.index), head.size, held.nodeAt);
  return formatTlogProof({ index: old.index, hashes, checkpoint: head.note });
}

function heldLog(origin: string, { log, witness }: RenewalServices): HeldLog | undefined {
  if (origin === log.origin) {
    const { nodeAt } = log;
    return { size: log.treeSize(), nodeAt, rootAt: (size) => log.rootAt(size), head: log.cosigned() };
  }
  if (witness.mirrorSource(origin) === undefined) return undefined;
  const anchored = witness.anchoredTree(origin);
  if (anchored === undefined) return { size: 0, nodeAt: noNodes, rootAt: noNodes, head: undefined };
  const { tree, head } = anchored;
  return { size: tree.size, nodeAt: tree.nodeAt, rootAt: (size) => tree.rootAt(size), head };
}

function noNodes(): Uint8Array {
  throw new ProofError('invalid-proof', 'Nothing of this log is held.');
}
