import { equalBytes } from '../bytes.ts';
import { HASH_BYTES, type Hash } from '../hash.ts';
import { emptyRoot, nodeHash } from './hashing.ts';
import { verifyInclusion } from './inclusion.ts';

/**
 * True for bounds that name a subtree: `start` is a multiple of the smallest power of two that holds
 * `end` − `start` entries (draft-ietf-plants-merkle-tree-certs, Subtrees). Without it the hash of the range is not
 * one that the tree contains.
 */
function isSubtree(start: bigint, end: bigint): boolean {
  if (start < 0n || start >= end) return false;
  let width = 1n;
  while (width < end - start) width <<= 1n;
  return start % width === 0n;
}

/** What a subtree inclusion proof claims: the leaf stands at `leafIndex` (counted from the whole tree) in [start, end). */
export interface SubtreeInclusionClaim {
  leafIndex: bigint;
  start: bigint;
  end: bigint;
  leafHash: Hash;
  proof: readonly Hash[];
  subtreeRoot: Hash;
}

/** True when the proof leads from the leaf to the subtree's root. Bounds that are no subtree give false. */
export function verifySubtreeInclusion(claim: SubtreeInclusionClaim): boolean {
  const { leafIndex, start, end, leafHash, proof, subtreeRoot } = claim;
  if (!isSubtree(start, end)) return false;
  return verifyInclusion({
    leafIndex: leafIndex - start,
    treeSize: end - start,
    leafHash,
    proof,
    root: subtreeRoot,
  });
}

/** What a subtree consistency proof claims: the subtree over [start, end) is part of the tree of `treeSize`. */
export interface SubtreeConsistencyClaim {
  start: bigint;
  end: bigint;
  treeSize: bigint;
  subtreeRoot: Hash;
  root: Hash;
  proof: readonly Hash[];
}

/**
 * True when the proof shows that the tree contains the subtree (draft-ietf-plants-merkle-tree-certs, Subtree Consistency
 * Proofs). An empty subtree inside the tree is consistent with every tree: its root is that of the empty tree, its
 * proof is empty.
 */
export function verifySubtreeConsistency(claim: SubtreeConsistencyClaim): boolean {
  const { start, end, treeSize, subtreeRoot, root, proof } = claim;
  if (start < 0n || end > treeSize || proof.some((hash) => hash.length !== HASH_BYTES)) return false;
  if (start === end) return proof.length === 0 && equalBytes(subtreeRoot, emptyRoot());
  if (!isSubtree(start, end)) return false;
  // first, last: leftmost and rightmost node of the subtree; edge: rightmost node of the tree; all at the same level.
  let first = start;
  let last = end - 1n;
  let edge = treeSize - 1n;
  // Climb to the highest node of the subtree's right edge that the tree also contains.
  while (first !== last && (last === edge || (last & 1n) === 1n)) {
    first >>= 1n;
    last >>= 1n;
    edge >>= 1n;
  }
  const seed = first === last ? subtreeRoot : proof[0];
  if (seed === undefined || seed.length !== HASH_BYTES) return false;
  let subtreeHash = seed;
  let treeHash = seed;
  for (const hash of proof.slice(first === last ? 0 : 1)) {
    if (edge === 0n) return false;
    if ((last & 1n) === 1n || last === edge) {
      if (first < last) subtreeHash = nodeHash(hash, subtreeHash);
      treeHash = nodeHash(hash, treeHash);
      while ((last & 1n) === 0n && last !== 0n) {
        first >>= 1n;
        last >>= 1n;
        edge >>= 1n;
      }
    } else {
      treeHash = nodeHash(treeHash, hash);
    }
    first >>= 1n;
    last >>= 1n;
    edge >>= 1n;
  }
  return edge === 0n && equalBytes(subtreeHash, subtreeRoot) && equalBytes(treeHash, root);
}
