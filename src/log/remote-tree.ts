import { setImmediate } from 'node:timers/promises';
import { HASH_BYTES, type Hash, type NodeAt } from '../proof/index.ts';
import { decodeEntryBundle } from './entry-bundle.ts';
import { LogError } from './errors.ts';
import { TileNodes } from './tile-nodes.ts';
import { formatTilePath, TILE_HEIGHT, TILE_WIDTH, type TileAddress } from './tile-path.ts';
import type { FetchTile } from './tile-source.ts';

/** Bundles asked for at one time: enough to hide the way there and back, few enough to be no burden. */
const PARALLEL_FETCHES = 8;
/** Hash tiles read for one proof: two right edges of a tree of 2^53 entries have 14. */
const MAX_PROOF_TILES = 32;

/** A log held elsewhere, of which nothing is believed until it hashes to a signed checkpoint. */
export interface RemoteTree {
  readonly fetch: FetchTile;
  /** Entries under the checkpoint that the tiles are read for. */
  readonly size: number;
  readonly signal: AbortSignal;
}

/**
 * Entries `from` up to but without `beyond`. Throws `unavailable` when a bundle is not there and `tiles-mismatch` when one
 * is truncated or holds something else than entries.
 */
export async function fetchEntries(remote: RemoteTree, from: number, beyond: number): Promise<Uint8Array[]> {
  const first = Math.floor(from / TILE_WIDTH);
  const last = Math.floor((beyond - 1) / TILE_WIDTH);
  const bundles: Uint8Array[][] = [];
  for (let at = first; at <= last; at += PARALLEL_FETCHES) {
    const indices = Array.from({ length: Math.min(PARALLEL_FETCHES, last - at + 1) }, (_, i) => at + i);
    bundles.push(...(await Promise.all(indices.map((index) => fetchBundle(remote, index)))));
    // A log in this process answers at once: without this, nobody else would have a turn until all is read.
    await setImmediate();
  }
  return bundles.flat().slice(from - first * TILE_WIDTH, beyond - first * TILE_WIDTH);
}

async function fetchBundle(remote: RemoteTree, index: number): Promise<Uint8Array[]> {
  const address: TileAddress = { level: 'entries', index, width: widthOf(remote, 0, index) };
  const { bytes, width } = await fetchWithFallback(remote, address);
  try {
    return decodeEntryBundle(bytes, width).slice(0, address.width);
  } catch (cause) {
    throw new LogError('tiles-mismatch', 'An entry bundle is truncated or not one of a Holdfast log.', {
      cause,
    });
  }
}

/** What `compute` makes of the remote tree's nodes; its hash tiles are fetched as it asks for them. */
export async function withRemoteNodes<T>(remote: RemoteTree, compute: (nodeAt: NodeAt) => T): Promise<T> {
  const tiles = new Map<string, TileNodes>();
  for (let fetched = 0; fetched <= MAX_PROOF_TILES; fetched++) {
    try {
      return compute((level, index) => nodeOf(remote, tiles, level, index));
    } catch (error) {
      if (!(error instanceof MissingTile)) throw error;
      const { bytes, width } = await fetchWithFallback(remote, error.address);
      if (bytes.length !== width * HASH_BYTES) {
        throw new LogError('tiles-mismatch', 'A hash tile is truncated or too long.');
      }
      tiles.set(
        formatTilePath(error.address),
        new TileNodes(bytes.subarray(0, error.address.width * HASH_BYTES)),
      );
    }
  }
  throw new LogError('too-large', 'A proof asks for more tiles than a tree has levels.');
}

class MissingTile extends Error {
  readonly address: TileAddress;
  constructor(address: TileAddress) {
    super('a tile is still to be fetched');
    this.address = address;
  }
}

function nodeOf(remote: RemoteTree, tiles: Map<string, TileNodes>, level: number, index: number): Hash {
  const tileLevel = Math.floor(level / TILE_HEIGHT);
  const height = level % TILE_HEIGHT;
  const tile = Math.floor((index * 2 ** height) / TILE_WIDTH);
  const address = { level: tileLevel, index: tile, width: widthOf(remote, tileLevel, tile) };
  const nodes = tiles.get(formatTilePath(address));
  if (nodes === undefined) throw new MissingTile(address);
  const node = nodes.at(height, index - (tile * TILE_WIDTH) / 2 ** height);
  if (node === undefined) throw new LogError('too-large', 'A node was asked for that lies beyond the tree.');
  return node;
}

function widthOf(remote: RemoteTree, level: number, tile: number): number {
  return Math.min(TILE_WIDTH, Math.floor(remote.size / TILE_WIDTH ** level) - tile * TILE_WIDTH);
}

/** A partial tile may be gone once the full one is there (C2SP tlog-tiles, Partial Tiles): then that one is read. */
async function fetchWithFallback(
  remote: RemoteTree,
  address: TileAddress,
): Promise<{ bytes: Uint8Array; width: number }> {
  const bytes = await remote.fetch(formatTilePath(address), remote.signal);
  if (bytes !== undefined) return { bytes, width: address.width };
  const full = { ...address, width: TILE_WIDTH };
  const whole =
    address.width === TILE_WIDTH ? undefined : await remote.fetch(formatTilePath(full), remote.signal);
  if (whole === undefined)
    throw new LogError('unavailable', 'A tile of the log is not served; try again later.');
  return { bytes: whole, width: TILE_WIDTH };
}
