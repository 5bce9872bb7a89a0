import type { Database } from '../../database/index.ts';
import type { RecordSealing } from './sealing.ts';

/** Rows deleted in one go when they have expired: a few milliseconds. */
const SWEEP_ROWS = 500; // a busy clinic's sign-ins between two sweeps
/** Writes between two sweeps. */
const SWEEP_EVERY = 200; // so that the table stays near the size of what is alive

/** What a record belongs to, so that it can be found or ended together with it. */
export interface Belonging {
  readonly grant?: string | undefined;
  readonly subject?: string | undefined;
}

/** A record as it is kept. */
export interface KeptRecord {
  readonly value: Record<string, unknown>;
  /** Seconds since 1970 when it was used; undefined while it was not. */
  readonly consumed: number | undefined;
}

interface Row {
  sealed: Uint8Array;
  consumed_s: number | null;
}

/**
 * Records that live for a time and are found by an id that nobody can guess: sessions, grants, codes, refresh tokens,
 * challenges, one-time links. Ids are kept as HMACs. Every change is durable when it returns.
 */
export class ExpiringRecords {
  readonly #database: Database;
  readonly #sealing: RecordSealing;
  readonly #now: () => number;
  #writes = 0;

  /** `now` in milliseconds. */
  constructor(database: Database, sealing: RecordSealing, now: () => number = Date.now) {
    this.#database = database;
    this.#sealing = sealing;
    this.#now = now;
  }

  #seconds(): number {
    return Math.floor(this.#now() / 1000);
  }

  #id(kind: string, id: string): Buffer {
    return this.#sealing.hash(`record/${kind}`, id);
  }

  #place(kind: string, id: Buffer): string {
    return `record/${kind}/${id.toString('hex')}`;
  }

  #hashed(use: string, text: string | undefined): Buffer | null {
    return text === undefined ? null : this.#sealing.hash(use, text);
  }

  /** Keeps a record for `seconds`, in the place of one with the same id; a record that was used stays used. */
  put(kind: string, id: string, value: object, seconds: number, belonging: Belonging = {}): void {
    const key = this.#id(kind, id);
    this.#database
      .prepare(
        `INSERT INTO expiring_record (kind, id, grant_id, subject, sealed, expires_s) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (kind, id) DO UPDATE SET grant_id = excluded.grant_id, subject = excluded.subject,
           sealed = excluded.sealed, expires_s = excluded.expires_s`,
      )
      .run(
        kind,
        key,
        this.#hashed('grant', belonging.grant),
        this.#hashed(`subject/${kind}`, belonging.subject),
        this.#sealing.seal({ id, value }, this.#place(kind, key)),
        this.#seconds() + Math.max(1, Math.ceil(seconds)),
      );
    this.#writes += 1;
    if (this.#writes % SWEEP_EVERY === 0) this.sweep();
  }

  /** Keeps a record only when there is none with this id; false when there is. Of two at once, one succeeds. */
  putNew(kind: string, id: string, value: object, seconds: number): boolean {
    const key = this.#id(kind, id);
    const { changes } = this.#database
      .prepare(
        `INSERT INTO expiring_record (kind, id, sealed, expires_s) VALUES (?, ?, ?, ?)
         ON CONFLICT (kind, id) DO NOTHING`,
      )
      .run(
        kind,
        key,
        this.#sealing.seal({ id, value }, this.#place(kind, key)),
        this.#seconds() + Math.max(1, Math.ceil(seconds)),
      );
    return changes === 1;
  }

  /** The record; undefined when there is none, or it has expired. */
  get(kind: string, id: string): KeptRecord | undefined {
    const key = this.#id(kind, id);
    const row = this.#database
      .prepare('SELECT sealed, consumed_s FROM expiring_record WHERE kind = ? AND id = ? AND expires_s > ?')
      .get<Row>(kind, key, this.#seconds());
    return row && this.#read(kind, key, row);
  }

  /** Whether there is such a record, without opening it. */
  has(kind: string, id: string): boolean {
    const row = this.#database
      .prepare('SELECT 1 AS one FROM expiring_record WHERE kind = ? AND id = ? AND expires_s > ?')
      .get<{ one: number }>(kind, this.#id(kind, id), this.#seconds());
    return row !== undefined;
  }

  /** Every living record of a kind that belongs to a subject. */
  ofSubject(kind: string, subject: string): KeptRecord[] {
    return this.#database
      .prepare(
        'SELECT id, sealed, consumed_s FROM expiring_record WHERE kind = ? AND subject = ? AND expires_s > ?',
      )
      .all<Row & { id: Uint8Array }>(kind, this.#sealing.hash(`subject/${kind}`, subject), this.#seconds())
      .map((row) => this.#read(kind, Buffer.from(row.id), row));
  }

  /** Marks a record as used; false when it was used before, has expired or never was. Of two at once, one succeeds. */
  consume(kind: string, id: string): boolean {
    const { changes } = this.#database
      .prepare(
        `UPDATE expiring_record SET consumed_s = ?
         WHERE kind = ? AND id = ? AND consumed_s IS NULL AND expires_s > ?`,
      )
      .run(this.#seconds(), kind, this.#id(kind, id), this.#seconds());
    return changes === 1;
  }

  /** Takes a record out: it is given once. Undefined when there is none. */
  take(kind: string, id: string): Record<string, unknown> | undefined {
    const key = this.#id(kind, id);
    const row = this.#database
      .prepare(
        `DELETE FROM expiring_record WHERE kind = ? AND id = ? AND expires_s > ? RETURNING sealed, consumed_s`,
      )
      .get<Row>(kind, key, this.#seconds());
    return row && this.#read(kind, key, row).value;
  }

  /** Removes a record; nothing when there is none. */
  remove(kind: string, id: string): void {
    this.#database
      .prepare('DELETE FROM expiring_record WHERE kind = ? AND id = ?')
      .run(kind, this.#id(kind, id));
  }

  /** Removes everything of a kind that belongs to a subject. */
  removeOfSubject(kind: string, subject: string): void {
    this.#database
      .prepare('DELETE FROM expiring_record WHERE kind = ? AND subject = ?')
      .run(kind, this.#sealing.hash(`subject/${kind}`, subject));
  }

  /** Removes everything that belongs to a grant, or only one kind of it. */
  removeOfGrant(grant: string, kind?: string): void {
    const hash = this.#sealing.hash('grant', grant);
    if (kind === undefined)
      this.#database.prepare('DELETE FROM expiring_record WHERE grant_id = ?').run(hash);
    else
      this.#database.prepare('DELETE FROM expiring_record WHERE grant_id = ? AND kind = ?').run(hash, kind);
  }

  /** Deletes rows that have expired; those that expire later wait for the next sweep. */
  sweep(): void {
    this.#database
      .prepare(
        `DELETE FROM expiring_record WHERE (kind, id) IN
           (SELECT kind, id FROM expiring_record WHERE expires_s <= ? LIMIT ${SWEEP_ROWS})`,
      )
      .run(this.#seconds());
  }

  #read(kind: string, key: Buffer, { sealed, consumed_s }: Row): KeptRecord {
    const { value } = this.#sealing.open(sealed, this.#place(kind, key)) as {
      value: Record<string, unknown>;
    };
    return { value, consumed: consumed_s ?? undefined };
  }
}
