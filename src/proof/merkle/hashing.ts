import { HASH_BYTES, type Hash, type Sha256, sha256 } from '../hash.ts';

/** First byte of what is hashed for a leaf (RFC 6962 §2.1): without it a node could be shown as an entry. */
const LEAF_PREFIX = 0x00;
/** First byte of what is hashed for a node (RFC 6962 §2.1). */
const NODE_PREFIX = 0x01;

/** The two hashes that a tree is made of. */
export interface TreeHashing {
  /** Hash of an entry: SHA-256(0x00 ‖ entry) (RFC 6962 §2.1). */
  readonly leafHash: (entry: Uint8Array) => Hash;
  /** Hash of two neighbouring subtrees: SHA-256(0x01 ‖ left ‖ right) (RFC 6962 §2.1). Both must be 32 bytes. */
  readonly nodeHash: (left: Hash, right: Hash) => Hash;
}

/** The hashes of a tree over an implementation of SHA-256. */
export function treeHashing(hash: Sha256): TreeHashing {
  const nodeInput = new Uint8Array(1 + 2 * HASH_BYTES);
  nodeInput[0] = NODE_PREFIX;
  return {
    leafHash(entry) {
      const input = new Uint8Array(1 + entry.length);
      input[0] = LEAF_PREFIX;
      input.set(entry, 1);
      return hash(input);
    },
    nodeHash(left, right) {
      nodeInput.set(left, 1);
      nodeInput.set(right, 1 + HASH_BYTES);
      return hash(nodeInput);
    },
  };
}

const inJavaScript = treeHashing(sha256);

/** Hash of an entry, in JavaScript. */
export const leafHash = (entry: Uint8Array): Hash => inJavaScript.leafHash(entry);

/** Hash of two neighbouring subtrees, in JavaScript. */
export const nodeHash = (left: Hash, right: Hash): Hash => inJavaScript.nodeHash(left, right);

const EMPTY_ROOT = sha256(new Uint8Array(0));

/** Root of the tree without entries: SHA-256 of nothing (RFC 6962 §2.1). A new array each time. */
export function emptyRoot(): Hash {
  return EMPTY_ROOT.slice();
}
