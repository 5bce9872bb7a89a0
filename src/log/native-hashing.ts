import { sha256Short } from '../crypto/index.ts';
import { treeHashing } from '../proof/index.ts';

/**
 * What the trees of a node are hashed with: its own and each mirror, every entry of every member. The proof room is pure and takes
 * it as it takes a native Ed25519.
 */
export const nativeHashing = treeHashing(sha256Short);
