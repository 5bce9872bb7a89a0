import { hkdf, hmac, open, SEALING_KEY_BYTES, seal } from '../crypto/index.ts';
import type { Database } from '../database/index.ts';
import { fromUtf8, utf8 } from '../proof/index.ts';

/** What the audit room keeps rows of. */
export type RecordKind =
  | 'suspension'
  | 'request'
  | 'flag'
  | 'flag-once'
  | 'watch'
  | 'activity'
  | 'break-glass'
  | 'break-glass-call';

/** A page of rows, newest first. */
export interface RecordPage<T> {
  readonly records: readonly T[];
  /** Where the next page begins; undefined at the end. */
  readonly next: number | undefined;
}

interface Row {
  sequence: number;
  id: string;
  sealed: Uint8Array;
}

/**
 * Small sealed rows beside the audit trail: suspensions, requests of patients, flags. They are found by kind and id, or by the
 * patient they are about. Each change is durable when the call returns.
 */
export class RecordStore {
  readonly #database: Database;
  readonly #sealing: Buffer;
  readonly #owners: Buffer;

  /** Over a database opened with `auditMigrations`; `key` is 32 bytes of the organisation's keyring. */
  constructor(database: Database, key: Uint8Array) {
    this.#database = database;
    this.#sealing = hkdf(key, 'holdfast/audit/seal/v1', SEALING_KEY_BYTES);
    this.#owners = hkdf(key, 'holdfast/audit/owner/v1', SEALING_KEY_BYTES);
  }

  /** Writes a row, in the place of the one of the same kind and id. `owner` is a patient's logical id. */
  put(kind: RecordKind, id: string, value: unknown, owner?: string): void {
    const sealed = seal(this.#sealing, utf8(JSON.stringify(value)), place(kind, id));
    const sql = `INSERT INTO audit_records (kind, id, owner, sealed) VALUES (?1, ?2, ?3, ?4)
      ON CONFLICT (kind, id) DO UPDATE SET owner = ?3, sealed = ?4`;
    this.#database.transaction(() => {
      this.#database.prepare(sql).run(kind, id, owner === undefined ? null : this.#owner(owner), sealed);
    });
  }

  /** A row's value; undefined when there is none. Throws CryptoError for a changed one. */
  get<T>(kind: RecordKind, id: string): T | undefined {
    const sql = 'SELECT sequence, id, sealed FROM audit_records WHERE kind = ? AND id = ?';
    const row = this.#database.prepare(sql).get<Row>(kind, id);
    return row === undefined ? undefined : this.#open(kind, row);
  }

  /** Rows of a kind, newest first, of one patient where `owner` is given. */
  list<T>(
    kind: RecordKind,
    { owner, before, limit }: { owner?: string; before?: number; limit: number },
  ): RecordPage<T> {
    const from = before ?? Number.MAX_SAFE_INTEGER;
    const select = 'SELECT sequence, id, sealed FROM audit_records WHERE kind = ?1 AND sequence < ?2';
    const order = 'ORDER BY sequence DESC LIMIT';
    const rows =
      owner === undefined
        ? this.#database.prepare(`${select} ${order} ?3`).all<Row>(kind, from, limit + 1)
        : this.#database
            .prepare(`${select} AND owner = ?3 ${order} ?4`)
            .all<Row>(kind, from, this.#owner(owner), limit + 1);
    const page = rows.slice(0, limit);
    return {
      records: page.map((row) => this.#open<T>(kind, row)),
      next: rows.length > limit ? page.at(-1)?.sequence : undefined,
    };
  }

  /** The oldest rows of a kind with their ids, at most `limit`. */
  oldest<T>(kind: RecordKind, limit: number): { readonly id: string; readonly value: T }[] {
    const sql = 'SELECT sequence, id, sealed FROM audit_records WHERE kind = ? ORDER BY sequence LIMIT ?';
    const rows = this.#database.prepare(sql).all<Row>(kind, limit);
    return rows.map((row) => ({ id: row.id, value: this.#open<T>(kind, row) }));
  }

  /** A text as an id that tells nothing of it: 32 hexadecimal digits. */
  blind(text: string): string {
    return hmac(this.#owners, 'id\n', text).toString('hex', 0, 16);
  }

  /** Removes a row; false when there was none. */
  remove(kind: RecordKind, id: string): boolean {
    return this.#database.transaction(
      () =>
        this.#database.prepare('DELETE FROM audit_records WHERE kind = ? AND id = ?').run(kind, id).changes >
        0,
    );
  }

  /** How far a follower has come; undefined before its first step. */
  position(follower: string): number | undefined {
    const sql = 'SELECT entry FROM audit_positions WHERE follower = ?';
    return this.#database.prepare(sql).get<{ entry: number }>(follower)?.entry;
  }

  /** Notes that a follower is done with everything up to an entry. */
  advance(follower: string, entry: number): void {
    this.#database.transaction(() => {
      this.#database.prepare('INSERT OR REPLACE INTO audit_positions VALUES (?, ?)').run(follower, entry);
    });
  }

  #owner(patient: string): Buffer {
    return hmac(this.#owners, patient);
  }

  #open<T>(kind: RecordKind, { id, sealed }: Row): T {
    return JSON.parse(fromUtf8(open(this.#sealing, sealed, place(kind, id)))) as T;
  }
}

/** A row opens only where it was written. */
function place(kind: RecordKind, id: string): Uint8Array {
  return utf8(`holdfast/audit/v1\n${kind}\n${id}`);
}
