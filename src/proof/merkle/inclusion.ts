import { equalBytes } from '../bytes.ts';
import { HASH_BYTES, type Hash } from '../hash.ts';
import { nodeHash } from './hashing.ts';

/** What an inclusion proof claims: the leaf stands at `leafIndex` of the tree with `treeSize` entries and this root. */
export interface InclusionClaim {
  leafIndex: bigint;
  treeSize: bigint;
  leafHash: Hash;
  /** Sibling hashes from the leaf up. */
  proof: readonly Hash[];
  root: Hash;
}

/** True when the proof leads from the leaf to the root (RFC 6962 §2.1.1, RFC 9162 §2.1.3.2). O(log n) hashes. */
export function verifyInclusion(claim: InclusionClaim): boolean {
  const { leafIndex, treeSize, proof } = claim;
  if (leafIndex < 0n || leafIndex >= treeSize || claim.leafHash.length !== HASH_BYTES) return false;
  let node = leafIndex;
  let last = treeSize - 1n;
  let hash = claim.leafHash;
  for (const sibling of proof) {
    if (last === 0n || sibling.length !== HASH_BYTES) return false;
    if ((node & 1n) === 1n || node === last) {
      hash = nodeHash(sibling, hash);
      // A node without a right neighbour moves up unhashed until it is a right child.
      while ((node & 1n) === 0n && node !== 0n) {
        node >>= 1n;
        last >>= 1n;
      }
    } else {
      hash = nodeHash(hash, sibling);
    }
    node >>= 1n;
    last >>= 1n;
  }
  return last === 0n && equalBytes(hash, claim.root);
}
