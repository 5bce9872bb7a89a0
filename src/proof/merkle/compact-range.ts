import { ProofError } from '../errors.ts';
import { HASH_BYTES, type Hash } from '../hash.ts';
import { emptyRoot, nodeHash, type TreeHashing } from './hashing.ts';

/**
 * The right edge of a growing RFC 6962 tree: the roots of its complete subtrees, largest first, one for each set
 * bit of the size. Appending costs O(1) hashes on average and O(log n) at worst; memory is O(log n).
 */
export class CompactRange {
  #size: number;
  readonly #hashes: Hash[];
  readonly #nodeHash: TreeHashing['nodeHash'];

  /**
   * A range over nothing, or one resumed from `size` and the `hashes` it had. Throws `malformed` when their number does
   * not fit the size. It cannot know whether the hashes are right: compare {@link root} with a trusted checkpoint.
   * `hashing` is a native one where there is any.
   */
  constructor(size = 0, hashes: readonly Hash[] = [], hashing: Pick<TreeHashing, 'nodeHash'> = { nodeHash }) {
    if (!Number.isSafeInteger(size) || size < 0)
      throw new ProofError('too-large', 'A tree size is an integer from 0 to 2^53 − 1.');
    if (hashes.length !== countOnes(size) || hashes.some((hash) => hash.length !== HASH_BYTES)) {
      throw new ProofError('malformed', 'A compact range has one 32-byte hash for each set bit of its size.');
    }
    this.#size = size;
    this.#hashes = [...hashes];
    this.#nodeHash = hashing.nodeHash;
  }

  /** Number of entries, up to 2^53 − 1. */
  get size(): number {
    return this.#size;
  }

  /** Roots of the complete subtrees, largest (leftmost) first: what a later {@link CompactRange} resumes from. */
  get hashes(): readonly Hash[] {
    return [...this.#hashes];
  }

  /**
   * Adds one leaf hash and returns the nodes it completed, lowest first: the leaf at level 0, then each subtree that it
   * closed. The node at level L has index ⌊(size before) / 2^L⌋.
   */
  append(leaf: Hash): readonly Hash[] {
    if (this.#size === Number.MAX_SAFE_INTEGER) throw new ProofError('too-large', 'The log is full.');
    const completed: Hash[] = [leaf];
    let node = leaf;
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) {
      const left = this.#hashes.pop();
      if (left === undefined)
        throw new TypeError('compact range holds fewer hashes than its size has set bits');
      node = this.#nodeHash(left, node);
      completed.push(node);
    }
    this.#hashes.push(node);
    this.#size += 1;
    return completed;
  }

  /** Root of the tree; of the empty tree when nothing was added (RFC 6962 §2.1). */
  root(): Hash {
    let root: Hash | undefined;
    for (const hash of this.#hashes.toReversed())
      root = root === undefined ? hash : this.#nodeHash(hash, root);
    return root ?? emptyRoot();
  }

  /** An independent copy, to try appends on. */
  clone(): CompactRange {
    return new CompactRange(this.#size, this.#hashes, { nodeHash: this.#nodeHash });
  }
}

function countOnes(size: number): number {
  let ones = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) ones += rest % 2;
  return ones;
}

/** Root over the leaf hashes of all entries, in order; of the empty tree for none (RFC 6962 §2.1). */
export function rootFromLeaves(leafHashes: Iterable<Hash>): Hash {
  const range = new CompactRange();
  for (const hash of leafHashes) range.append(hash);
  return range.root();
}
