import type { Database, Statement } from '../../../database/index.ts';
import { type Blind, blindBytes, blindOf } from '../../blind-index/blind-key.ts';
import type { Posting } from '../rows.ts';
import { BUCKET_ROWS, bucketOf, packOffsets, unpackOffsets } from './bucket.ts';

/** A stored piece of a posting. */
export interface PostingPiece {
  readonly bucket: number;
  /** Ascending offsets in the bucket. */
  readonly offsets: Uint16Array;
}

/** Where pieces of postings are read from. */
export interface PostingPieces {
  /** At most `limit` pieces of a posting from a bucket downwards. */
  descend(key: Blind, bucket: number, limit: number): readonly PostingPiece[];
}

/** Blind values and the clinical rows they are found by. */
export class PostingTable implements PostingPieces {
  readonly #insert: Statement;
  readonly #read: Statement;
  readonly #update: Statement;
  readonly #delete: Statement;
  readonly #descend: Statement;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
    this.#insert = database.prepare(
      'INSERT INTO vault_postings VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET rids = CAST(rids || ?3 AS BLOB)',
    );
    this.#read = database.prepare('SELECT rids FROM vault_postings WHERE key = ? AND bucket = ?');
    this.#update = database.prepare('UPDATE vault_postings SET rids = ?3 WHERE key = ?1 AND bucket = ?2');
    this.#delete = database.prepare('DELETE FROM vault_postings WHERE key = ? AND bucket = ?');
    this.#descend = database.prepare(
      'SELECT bucket, rids FROM vault_postings WHERE key = ? AND bucket <= ? ORDER BY bucket DESC LIMIT ?',
    );
  }

  /** Adds rows. */
  add(postings: readonly Posting[]): void {
    for (const { key, rids } of postings) {
      const bytes = blindBytes(key);
      for (let from = 0; from < rids.length; ) {
        const bucket = bucketOf(rids[from] ?? 0);
        let to = from + 1;
        while (to < rids.length && bucketOf(rids[to] ?? 0) === bucket) to += 1;
        this.#insert.run(bytes, bucket, packOffsets(rids, from, to));
        from = to;
      }
    }
  }

  /** Removes rows; those that are not there are passed over. */
  remove({ key, rids }: Posting): void {
    const bytes = blindBytes(key);
    for (const rid of rids) {
      const bucket = bucketOf(rid);
      const row = this.#read.get<{ rids: Uint8Array }>(bytes, bucket);
      if (row === undefined) continue;
      const kept = [...unpackOffsets(row.rids)].filter((offset) => offset !== rid % BUCKET_ROWS);
      if (kept.length === 0) this.#delete.run(bytes, bucket);
      else this.#update.run(bytes, bucket, packOffsets(kept, 0, kept.length));
    }
  }

  descend(key: Blind, bucket: number, limit: number): PostingPiece[] {
    const rows = this.#descend.all<{ bucket: number; rids: Uint8Array }>(blindBytes(key), bucket, limit);
    return rows.map((row) => ({ bucket: row.bucket, offsets: unpackOffsets(row.rids) }));
  }

  /** Every posting, piece by piece. */
  *each(): Generator<Posting, undefined, undefined> {
    const rows = this.#database
      .prepare('SELECT key, bucket, rids FROM vault_postings')
      .iterate<{ key: Uint8Array; bucket: number; rids: Uint8Array }>();
    for (const { key, bucket, rids } of rows) {
      const first = bucket * BUCKET_ROWS;
      yield { key: blindOf(key), rids: Array.from(unpackOffsets(rids), (offset) => first + offset) };
    }
  }
}
