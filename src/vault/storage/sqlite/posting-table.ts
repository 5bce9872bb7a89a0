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

/** What a posting table does, however its rows are ordered. */
const STATEMENTS = {
  resource: {
    insert: 'INSERT INTO vault_postings (key, bucket, rids) VALUES (?1, ?2, ?3)',
    table: 'vault_postings',
    descend: 'SELECT bucket, rids FROM vault_postings WHERE key = ? AND bucket <= ? ORDER BY bucket DESC LIMIT ?',
  },
  audit: {
    insert: 'INSERT INTO vault_audit_postings (key, bucket, rids) VALUES (?1, ?2, ?3)',
    table: 'vault_audit_postings',
    // One probe for each bucket: 10 ms in ten million entries, less when enough is found before.
    descend: `SELECT p.bucket, p.rids FROM vault_audit_buckets b
      CROSS JOIN vault_audit_postings p ON p.bucket = b.bucket AND p.key = ?
      WHERE b.bucket <= ? ORDER BY b.bucket DESC LIMIT ?`,
  },
} as const;

/** Blind values and the rows they are found by, of one custody. */
export class PostingTable {
  readonly #insert: Statement;
  readonly #read: Statement;
  readonly #update: Statement;
  readonly #delete: Statement;
  readonly #descend: Statement;
  readonly #insertBucket: Statement | undefined;
  readonly #each: () => IterableIterator<{ key: Uint8Array; bucket: number; rids: Uint8Array }>;

  constructor(database: Database, custody: 'resource' | 'audit') {
    const { insert, table, descend } = STATEMENTS[custody];
    this.#insert = database.prepare(`${insert} ON CONFLICT DO UPDATE SET rids = CAST(rids || ?3 AS BLOB)`);
    this.#read = database.prepare(`SELECT rids FROM ${table} WHERE key = ? AND bucket = ?`);
    this.#update = database.prepare(`UPDATE ${table} SET rids = ?3 WHERE key = ?1 AND bucket = ?2`);
    this.#delete = database.prepare(`DELETE FROM ${table} WHERE key = ? AND bucket = ?`);
    this.#descend = database.prepare(descend);
    if (custody === 'audit') this.#insertBucket = database.prepare('INSERT OR IGNORE INTO vault_audit_buckets VALUES (?)');
    this.#each = () => database.prepare(`SELECT key, bucket, rids FROM ${table}`).iterate();
  }

  /** Adds rows. */
  add(postings: readonly Posting[]): void {
    let last = -1;
    for (const { key, rids } of postings) {
      for (let from = 0; from < rids.length; ) {
        const bucket = bucketOf(rids[from] ?? 0);
        let to = from + 1;
        while (to < rids.length && bucketOf(rids[to] ?? 0) === bucket) to += 1;
        if (bucket !== last) this.#insertBucket?.run(bucket);
        last = bucket;
        this.#insert.run(blindBytes(key), bucket, packOffsets(rids, from, to));
        from = to;
      }
    }
  }

  /** Removes rows; those that are not there are passed over. */
  remove({ key, rids }: Posting): void {
    for (const rid of rids) {
      const bucket = bucketOf(rid);
      const row = this.#read.get<{ rids: Uint8Array }>(blindBytes(key), bucket);
      if (row === undefined) continue;
      const kept = [...unpackOffsets(row.rids)].filter((offset) => offset !== rid % BUCKET_ROWS);
      if (kept.length === 0) this.#delete.run(blindBytes(key), bucket);
      else this.#update.run(blindBytes(key), bucket, packOffsets(kept, 0, kept.length));
    }
  }

  /** At most `limit` pieces of a posting from a bucket downwards. */
  descend(key: Blind, bucket: number, limit: number): PostingPiece[] {
    const rows = this.#descend.all<{ bucket: number; rids: Uint8Array }>(blindBytes(key), bucket, limit);
    return rows.map((row) => ({ bucket: row.bucket, offsets: unpackOffsets(row.rids) }));
  }

  /** Every posting, piece by piece. */
  *each(): Generator<Posting, undefined, undefined> {
    for (const { key, bucket, rids } of this.#each()) {
      const first = bucket * BUCKET_ROWS;
      yield { key: blindOf(key), rids: Array.from(unpackOffsets(rids), (offset) => first + offset) };
    }
  }
}
