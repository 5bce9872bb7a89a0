import type { Blind } from '../../blind-index/blind-key.ts';
import { GenerationCache } from '../../generation-cache.ts';
import type { PostingPiece, PostingPieces } from './posting-table.ts';

/** Postings held, twice as many at most: a few for each patient of a busy day. With the bounds below 16 MB at most. */
const MAX_HELD = 1_024;
/** Only short postings are held: a longer one is read piece by piece, as far as a page needs. */
const MAX_HELD_PIECES = 16; // as many as are read at first
const MAX_HELD_ROWS = 4_096; // 8 kB

const TOO_LONG: readonly PostingPiece[] = [];

/**
 * Postings that were read, unpacked, as they are on disk: whoever writes a posting drops it here before the write is answered.
 * They hold no more than the index does, blind values and row numbers, and decide nothing: what is found is read and judged.
 */
export class HeldPostings implements PostingPieces {
  readonly #table: PostingPieces;
  readonly #held = new GenerationCache<Blind, readonly PostingPiece[]>(MAX_HELD);

  constructor(table: PostingPieces) {
    this.#table = table;
  }

  descend(key: Blind, bucket: number, limit: number): readonly PostingPiece[] {
    const pieces = this.#held.get(key) ?? this.#read(key);
    if (pieces === TOO_LONG) return this.#table.descend(key, bucket, limit);
    const at = pieces.findIndex((piece) => piece.bucket <= bucket);
    return at < 0 ? [] : pieces.slice(at, at + limit);
  }

  /** Drops postings that were written. */
  drop(keys: Iterable<Blind>): void {
    for (const key of keys) this.#held.delete(key);
  }

  /** Drops everything. */
  clear(): void {
    this.#held.clear();
  }

  #read(key: Blind): readonly PostingPiece[] {
    const pieces = this.#table.descend(key, Number.MAX_SAFE_INTEGER, MAX_HELD_PIECES + 1);
    const rows = pieces.reduce((sum, { offsets }) => sum + offsets.length, 0);
    const held = pieces.length > MAX_HELD_PIECES || rows > MAX_HELD_ROWS ? TOO_LONG : [...pieces];
    this.#held.set(key, held);
    return held;
  }
}
