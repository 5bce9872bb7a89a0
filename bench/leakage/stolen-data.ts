import { DatabaseSync } from 'node:sqlite';

/** Row ids of one bucket of a posting, as the tables document it. */
const BUCKET_ROWS = 1024;
/** Row ids from here on are in audit custody. */
const FIRST_ENTRY = 2 ** 40;

/** A value that stands in the clear beside a row. */
export interface ClearValue {
  readonly key: string;
  readonly low: number;
  readonly high: number;
  readonly value: number;
}

/** What a thief reads from `data.db` without any key: plain SQL, nothing of the product's own code. */
export interface StolenData {
  /** Clinical rows in the order of their ids. */
  readonly rows: readonly { readonly rid: number; readonly type: string; readonly sealedBytes: number }[];
  /** Blind values (hexadecimal) and the rows they stand beside. */
  readonly postings: ReadonlyMap<string, readonly number[]>;
  readonly clear: ReadonlyMap<number, readonly ClearValue[]>;
  readonly blindValues: number;
  readonly auditEntries: number;
}

interface PostingRow {
  readonly key: Uint8Array;
  readonly bucket: number;
  readonly rids: Uint8Array;
}

function readPostings(database: DatabaseSync): Map<string, number[]> {
  const postings = new Map<string, number[]>();
  for (const row of database.prepare('SELECT key, bucket, rids FROM vault_postings').iterate()) {
    const { key, bucket, rids } = row as unknown as PostingRow;
    const name = Buffer.from(key).toString('hex');
    const list = postings.get(name) ?? [];
    for (let at = 0; at < rids.length; at += 2) {
      list.push(bucket * BUCKET_ROWS + (rids[at] ?? 0) + (rids[at + 1] ?? 0) * 256);
    }
    postings.set(name, list);
  }
  for (const list of postings.values()) list.sort((a, b) => a - b);
  return postings;
}

function readClear(database: DatabaseSync): Map<number, ClearValue[]> {
  const clear = new Map<number, ClearValue[]>();
  for (const row of database.prepare('SELECT key, rid, low, high, value FROM vault_spans').iterate()) {
    const { key, rid, ...numbers } = row as unknown as Omit<ClearValue, 'key'> & {
      key: Uint8Array;
      rid: number;
    };
    const list = clear.get(rid) ?? [];
    if (list.length === 0) clear.set(rid, list);
    list.push({ key: Buffer.from(key).toString('hex'), ...numbers });
  }
  return clear;
}

/** Reads the file. */
export function readStolen(path: string): StolenData {
  const database = new DatabaseSync(path, { readOnly: true });
  const count = (table: string, what = 'count(*)') =>
    (database.prepare(`SELECT ${what} AS n FROM ${table}`).get() as { n: number }).n;
  const rows = database
    .prepare(
      `SELECT r.rid, r.type, length(v.sealed) AS sealedBytes FROM vault_resources r
       JOIN vault_versions v ON v.entry = r.entry WHERE r.rid < ? ORDER BY r.rid`,
    )
    .all(FIRST_ENTRY) as unknown as StolenData['rows'];
  const data = {
    rows,
    postings: readPostings(database),
    clear: readClear(database),
    blindValues: count('vault_postings', 'count(DISTINCT key)'),
    auditEntries: count('vault_pages', 'sum(count)'),
  };
  database.close();
  return data;
}
