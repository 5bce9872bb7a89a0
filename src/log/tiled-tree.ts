import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { Database } from '../database/index.ts';
import { CompactRange, concat, HASH_BYTES, type Hash, rootAt } from '../proof/index.ts';
import { ENTRY_BYTES, unpackEntries } from './entry-bundle.ts';
import { EntryStore } from './entry-store.ts';
import { nativeHashing } from './native-hashing.ts';
import { TileNodes } from './tile-nodes.ts';
import { TILE_HEIGHT, TILE_WIDTH, type TileAddress } from './tile-path.ts';

/** Tiles kept with their inner nodes, 16 kB each: the right edge and what a burst of receipts touches, 2 MB a log. */
const MAX_CACHED_TILES = 128;

/** Entries hashed at one go: about 3 ms, and three mirrors in one process may take their turns one after the other. */
const SLICE_ENTRIES = 1_024;

/** Entries added to a tree, hashed but not yet stored. */
export interface Growth {
  /** Size before. */
  readonly from: number;
  readonly size: number;
  readonly root: Hash;
  readonly range: CompactRange;
  /** Roots of the tiles that were filled, by the level of the tile that holds them. */
  readonly filled: ReadonlyMap<number, readonly Hash[]>;
}

/**
 * The Merkle tree of one log, kept as C2SP tlog-tiles: stored tiles from level 1 up, level 0 from the entries. Growing
 * costs O(1) hashes an entry; reading a node touches one tile a level.
 */
export class TiledTree {
  /** Number in `log_trees`. */
  readonly tree: number;
  readonly origin: string;
  readonly entries: EntryStore;
  readonly #database: Database;
  readonly #cache = new LRUCache<string, TileNodes>({ max: MAX_CACHED_TILES });
  #size: number;
  #range: CompactRange;

  /** Opens the tree of an origin as the database holds it; a new one is empty and gets its row with the first use. */
  constructor(database: Database, origin: string) {
    this.#database = database;
    this.origin = origin;
    database.prepare('INSERT OR IGNORE INTO log_trees (origin) VALUES (?)').run(origin);
    const row = database
      .prepare('SELECT tree, size FROM log_trees WHERE origin = ?')
      .get<{ tree: number; size: number }>(origin);
    assert.ok(row !== undefined);
    this.tree = row.tree;
    this.entries = new EntryStore(database, row.tree);
    this.#size = row.size;
    this.#range = new CompactRange(row.size, this.#rightEdge(), nativeHashing);
  }

  /** Entries that the tree covers and tiles are served for. */
  get size(): number {
    return this.#size;
  }

  /** Root over {@link size} entries. */
  root(): Hash {
    return this.#range.root();
  }

  /**
   * Hashes entries that follow the tree's last, or those of an earlier growth, without storing anything: about 3 µs an
   * entry.
   */
  grow(entries: readonly Uint8Array[], after?: Growth): Growth {
    const range = (after?.range ?? this.#range).clone();
    const filled = new Map<number, Hash[]>();
    for (const [level, hashes] of after?.filled ?? []) filled.set(level, [...hashes]);
    for (const entry of entries) {
      const nodes = range.append(nativeHashing.leafHash(entry));
      for (let level = 1; level * TILE_HEIGHT < nodes.length; level++) {
        const hashes = filled.get(level) ?? [];
        hashes.push(nodes[level * TILE_HEIGHT] as Hash);
        filled.set(level, hashes);
      }
    }
    return { from: this.size, size: range.size, root: range.root(), range, filled };
  }

  /** The same, giving way to other work between slices, so that many entries do not hold up a request for long. */
  async growInSlices(entries: readonly Uint8Array[]): Promise<Growth> {
    let growth = this.grow(entries.slice(0, SLICE_ENTRIES));
    for (let at = SLICE_ENTRIES; at < entries.length; at += SLICE_ENTRIES) {
      await setImmediate();
      growth = this.grow(entries.slice(at, at + SLICE_ENTRIES), growth);
    }
    return growth;
  }

  /** Writes a growth inside an open transaction; call {@link adopt} once that has committed. */
  store(growth: Growth): void {
    assert.ok(this.#database.inTransaction && growth.from === this.size, 'a growth continues the tree');
    for (const [level, hashes] of growth.filled) {
      const first = Math.floor(growth.from / TILE_WIDTH ** level);
      for (let done = 0; done < hashes.length; ) {
        const tile = Math.floor((first + done) / TILE_WIDTH);
        const room = TILE_WIDTH - ((first + done) % TILE_WIDTH);
        const held = this.#stored(level, tile).subarray(0, (TILE_WIDTH - room) * HASH_BYTES);
        this.#database
          .prepare('INSERT OR REPLACE INTO log_tiles (tree, level, tile, hashes) VALUES (?, ?, ?, ?)')
          .run(this.tree, level, tile, concat(held, ...hashes.slice(done, done + room)));
        done += room;
      }
    }
    this.#database.prepare('UPDATE log_trees SET size = ? WHERE tree = ?').run(growth.size, this.tree);
  }

  /** Goes on from a growth whose transaction has committed. */
  adopt(growth: Growth): void {
    assert.equal(growth.from, this.size, 'a growth is adopted once');
    this.#range = growth.range;
    this.#size = growth.size;
  }

  /** Root over the first `size` entries, for any size up to the tree's own. O(log n) nodes. */
  rootAt(size: number): Hash {
    assert.ok(size <= this.size);
    return rootAt(size, this.nodeAt);
  }

  /** The hash over entries [index · 2^level, (index + 1) · 2^level), which must lie inside the tree: proof's `NodeAt`. */
  readonly nodeAt = (level: number, index: number): Hash => {
    const tileLevel = Math.floor(level / TILE_HEIGHT);
    const height = level % TILE_HEIGHT;
    const tile = Math.floor((index * 2 ** height) / TILE_WIDTH);
    const node = this.#nodes(tileLevel, tile).at(height, index - (tile * TILE_WIDTH) / 2 ** height);
    assert.ok(node !== undefined, 'a node inside the tree is in its tile');
    return node;
  };

  /** The bytes of a hash tile, or the packed entries of a bundle; undefined when the tree does not fill that width. */
  tile(address: TileAddress): Uint8Array | undefined {
    const { index, width } = address;
    const level = address.level === 'entries' ? 0 : address.level;
    if (width > this.#available(level, index)) return undefined;
    if (address.level === 'entries') return this.entries.bundle(index).subarray(0, ENTRY_BYTES * width);
    return this.#hashes(level, index).subarray(0, HASH_BYTES * width);
  }

  /** Roots of the complete subtrees, largest first, from which a compact range goes on. */
  #rightEdge(): Hash[] {
    const hashes: Hash[] = [];
    for (let at = 0; at < this.#size; ) {
      let level = 0;
      while (2 ** (level + 1) <= this.#size - at) level += 1;
      hashes.push(this.nodeAt(level, at / 2 ** level));
      at += 2 ** level;
    }
    return hashes;
  }

  /** Hashes that a tile holds at the tree's size, 0–256. */
  #available(level: number, tile: number): number {
    const hashes = Math.floor(this.#size / TILE_WIDTH ** level) - tile * TILE_WIDTH;
    return Math.max(0, Math.min(TILE_WIDTH, hashes));
  }

  #nodes(level: number, tile: number): TileNodes {
    const width = this.#available(level, tile);
    const name = `${level}/${tile}/${width}`;
    const known = this.#cache.get(name);
    if (known !== undefined) return known;
    const nodes = new TileNodes(this.#hashes(level, tile).subarray(0, HASH_BYTES * width));
    this.#cache.set(name, nodes);
    return nodes;
  }

  #hashes(level: number, tile: number): Uint8Array {
    if (level > 0) return this.#stored(level, tile);
    return concat(...unpackEntries(this.entries.bundle(tile)).map(nativeHashing.leafHash));
  }

  #stored(level: number, tile: number): Uint8Array {
    const row = this.#database
      .prepare('SELECT hashes FROM log_tiles WHERE tree = ? AND level = ? AND tile = ?')
      .get<{ hashes: Uint8Array }>(this.tree, level, tile);
    return row?.hashes ?? new Uint8Array(0);
  }
}
