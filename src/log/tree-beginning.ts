import { consistencyProof, equalBytes, type Hash, rootAt, verifyConsistency } from '../proof/index.ts';
import { LogError } from './errors.ts';
import { withRemoteNodes } from './remote-tree.ts';
import type { FetchTile } from './tile-source.ts';
import type { TiledTree } from './tiled-tree.ts';

/** Tiles of one proof from one source. */
const PROOF_TIMEOUT_MS = 10_000;

/**
 * Whether the tree of a larger head begins with the entries held here, as one source shows it by its hash tiles. `differs`
 * is proven: the hashes of a consistency proof fix both roots, so a source cannot lie about either. Undefined when it shows
 * nothing that hashes to the head.
 */
export async function beginningOf(
  tree: TiledTree,
  head: { readonly size: number; readonly root: Hash },
  fetch: FetchTile,
): Promise<'agrees' | 'differs' | undefined> {
  const size = tree.size;
  const own = tree.root();
  if (size === 0) return 'agrees';
  try {
    const remote = { fetch, size: head.size, signal: AbortSignal.timeout(PROOF_TIMEOUT_MS) };
    const shown = await withRemoteNodes(remote, (nodeAt) => ({
      root: rootAt(size, nodeAt),
      proof: consistencyProof(size, head.size, nodeAt),
    }));
    const sizes = { size1: BigInt(size), size2: BigInt(head.size) };
    if (!verifyConsistency({ ...sizes, root1: shown.root, root2: head.root, proof: shown.proof }))
      return undefined;
    return equalBytes(shown.root, own) ? 'agrees' : 'differs';
  } catch (error) {
    if (error instanceof LogError) return undefined;
    throw error;
  }
}
