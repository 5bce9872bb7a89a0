import { consistencyProof, equalBytes, type Hash, verifyConsistency } from '../proof/index.ts';
import { LogError } from './errors.ts';
import { fetchEntries, type RemoteTree, withRemoteNodes } from './remote-tree.ts';
import { TILE_WIDTH } from './tile-path.ts';
import type { Growth, TiledTree } from './tiled-tree.ts';

/**
 * Entries taken over at one go, 2.2 MB to fetch: what a busy log makes in two seconds, and what one call may cost a
 * witness. One that is further behind catches up in steps, each of them verified and kept.
 */
export const MAX_STEP_ENTRIES = 65_536;

/** Entries that provably belong under a signed head, and the tree grown by them, not yet stored. */
export interface Step {
  readonly entries: readonly Uint8Array[];
  readonly growth: Growth;
  /** False when more steps are needed to reach the head. */
  readonly reachesHead: boolean;
}

/**
 * Fetches the next entries of a log and checks that they hash to the signed head, directly or (for a step that ends
 * before it) by a consistency proof from the log's own hash tiles. Throws `tiles-mismatch` when they do not, `unavailable`
 * when they cannot be had. Stores nothing.
 */
export async function nextStep(
  tree: TiledTree,
  remote: RemoteTree,
  root: Hash,
  maxEntries = MAX_STEP_ENTRIES,
): Promise<Step> {
  const from = tree.size;
  const reachesHead = remote.size - from <= maxEntries;
  // Ending on a full tile keeps the number of tiles that the proof needs small.
  const beyond = reachesHead ? remote.size : Math.floor((from + maxEntries) / TILE_WIDTH) * TILE_WIDTH;
  const entries = await fetchEntries(remote, from, beyond);
  const growth = await tree.growInSlices(entries);
  if (!(reachesHead ? equalBytes(growth.root, root) : await leadsTo(remote, growth, root))) {
    throw new LogError(
      'tiles-mismatch',
      'The entries served do not hash to the checkpoint that the log signed.',
    );
  }
  return { entries, growth, reachesHead };
}

async function leadsTo(remote: RemoteTree, growth: Growth, root: Hash): Promise<boolean> {
  const proof = await withRemoteNodes(remote, (nodeAt) => consistencyProof(growth.size, remote.size, nodeAt));
  return verifyConsistency({
    size1: BigInt(growth.size),
    size2: BigInt(remote.size),
    root1: growth.root,
    root2: root,
    proof,
  });
}
