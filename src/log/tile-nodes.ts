import { HASH_BYTES, type Hash } from '../proof/index.ts';
import { nativeHashing } from './native-hashing.ts';

/**
 * The subtree that one tile spans, with its inner nodes: 255 hashes are computed once for a full tile (about 0.3 ms), and
 * each proof through it then costs none. Nodes whose range the tile does not fill are absent.
 */
export class TileNodes {
  /** By height above the tile's own level: 0 its hashes, 8 the root of a full tile. */
  readonly #heights: Hash[][];

  /** Takes the tile's bytes: 1–256 hashes, one after the other. */
  constructor(tile: Uint8Array) {
    let row = splitHashes(tile);
    this.#heights = [row];
    while (row.length > 1) {
      const above: Hash[] = [];
      for (let i = 0; i + 1 < row.length; i += 2)
        above.push(nativeHashing.nodeHash(row[i] as Hash, row[i + 1] as Hash));
      this.#heights.push(above);
      row = above;
    }
  }

  /** The node `height` levels above the tile's own, counted from the tile's left edge; undefined when it is not complete. */
  at(height: number, position: number): Hash | undefined {
    return this.#heights[height]?.[position];
  }
}

/** The hashes of a tile, as views. */
export function splitHashes(tile: Uint8Array): Hash[] {
  return Array.from({ length: Math.floor(tile.length / HASH_BYTES) }, (_, i) =>
    tile.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES),
  );
}
