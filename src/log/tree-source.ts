import { utf8 } from '../proof/index.ts';
import { encodeEntryBundle } from './entry-bundle.ts';
import { parseTilePath } from './tile-path.ts';
import { CHECKPOINT_TYPE, TILE_TYPE, type TileResource, type TileSource } from './tile-source.ts';
import type { TiledTree } from './tiled-tree.ts';

/** A tree as tiled log, with the checkpoint to show for it (undefined: none yet). */
export function treeSource(tree: TiledTree, checkpoint: () => string | undefined): TileSource {
  return {
    resource(path): TileResource | undefined {
      if (path === 'checkpoint') {
        const note = checkpoint();
        return note === undefined
          ? undefined
          : { bytes: utf8(note), contentType: CHECKPOINT_TYPE, immutable: false };
      }
      const address = parseTilePath(path);
      const tile = tree.tile(address);
      if (tile === undefined) return undefined;
      const bytes = address.level === 'entries' ? encodeEntryBundle(tile) : tile;
      return { bytes, contentType: TILE_TYPE, immutable: true };
    },
  };
}
