import { ProofError } from '../errors.ts';
import type { Hash } from '../hash.ts';
import { emptyRoot, nodeHash } from './hashing.ts';

/**
 * The hash of a complete subtree: the one over entries [index · 2^level, (index + 1) · 2^level). Asked only for
 * subtrees that lie wholly inside the tree, so tiles can answer it.
 */
export type NodeAt = (level: number, index: number) => Hash;

/** Root of the first `size` entries; of the empty tree for 0 (RFC 6962 §2.1). O(log n) nodes are read. */
export function rootAt(size: number, nodeAt: NodeAt): Hash {
  assertSize(size);
  return size === 0 ? emptyRoot() : hashOfRange(0, size, nodeAt);
}

/**
 * The sibling hashes that lead from the leaf up to the root of the first `treeSize` entries (RFC 6962 §2.1.1). Throws
 * `invalid-proof` when the index is not inside the tree.
 */
export function inclusionProof(leafIndex: number, treeSize: number, nodeAt: NodeAt): Hash[] {
  assertSize(treeSize);
  if (!Number.isSafeInteger(leafIndex) || leafIndex < 0 || leafIndex >= treeSize) {
    throw new ProofError('invalid-proof', `Entry ${leafIndex} is not in a tree of ${treeSize} entries.`);
  }
  const fromRoot: Hash[] = [];
  let begin = 0;
  let end = treeSize;
  while (end - begin > 1) {
    const middle = begin + largestPowerBelow(end - begin);
    if (leafIndex < middle) {
      fromRoot.push(hashOfRange(middle, end, nodeAt));
      end = middle;
    } else {
      fromRoot.push(hashOfRange(begin, middle, nodeAt));
      begin = middle;
    }
  }
  return fromRoot.reverse();
}

/**
 * The hashes that show the first `size1` entries to be what the first `size2` begin with (RFC 6962 §2.1.2); empty when
 * the sizes are equal. Throws `invalid-proof` unless 0 < size1 ≤ size2.
 */
export function consistencyProof(size1: number, size2: number, nodeAt: NodeAt): Hash[] {
  assertSize(size1);
  assertSize(size2);
  if (size1 === 0 || size1 > size2) {
    throw new ProofError('invalid-proof', `No consistency proof leads from ${size1} to ${size2} entries.`);
  }
  const fromRoot: Hash[] = [];
  let begin = 0;
  let end = size2;
  while (size1 !== end) {
    const middle = begin + largestPowerBelow(end - begin);
    if (size1 <= middle) {
      fromRoot.push(hashOfRange(middle, end, nodeAt));
      end = middle;
    } else {
      fromRoot.push(hashOfRange(begin, middle, nodeAt));
      begin = middle;
    }
  }
  // The verifier knows the subtree from 0 as the old root; any other it must be given.
  if (begin !== 0) fromRoot.push(hashOfRange(begin, end, nodeAt));
  return fromRoot.reverse();
}

/** Hash over [begin, end), where begin is a multiple of the smallest power of two that holds the range. */
function hashOfRange(begin: number, end: number, nodeAt: NodeAt): Hash {
  const parts: Hash[] = [];
  for (let at = begin; at < end; ) {
    let level = 0;
    let width = 1;
    while (width * 2 <= end - at) {
      width *= 2;
      level += 1;
    }
    parts.push(nodeAt(level, at / width));
    at += width;
  }
  return parts.reduceRight((right, left) => nodeHash(left, right));
}

function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

function assertSize(size: number): void {
  if (!Number.isSafeInteger(size) || size < 0)
    throw new ProofError('too-large', 'A tree size is an integer from 0 to 2^53 − 1.');
}
