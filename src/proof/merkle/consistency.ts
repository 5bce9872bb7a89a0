import { equalBytes } from '../bytes.ts';
import type { Hash } from '../hash.ts';
import { verifySubtreeConsistency } from './subtree.ts';

/** What a consistency proof claims: the tree of `size1` is what the tree of `size2` began with. */
export interface ConsistencyClaim {
  size1: bigint;
  size2: bigint;
  root1: Hash;
  root2: Hash;
  proof: readonly Hash[];
}

/**
 * True when the proof shows that nothing of the smaller tree was changed or removed (RFC 6962 §2.1.2). A proof from the
 * empty tree says nothing, so `size1` = 0 is always false: the caller decides what it means. Equal sizes need equal
 * roots and an empty proof.
 */
export function verifyConsistency(claim: ConsistencyClaim): boolean {
  const { size1, size2, root1, root2, proof } = claim;
  if (size1 <= 0n || size1 > size2) return false;
  if (size1 === size2) return proof.length === 0 && equalBytes(root1, root2);
  return verifySubtreeConsistency({
    start: 0n,
    end: size1,
    treeSize: size2,
    subtreeRoot: root1,
    root: root2,
    proof,
  });
}
