import type { Database } from '../../database/index.ts';
import { FIRST_ENTRY } from '../numbering.ts';
import type { DataKeyRow } from './key-rows.ts';

const COLUMNS = 'rid, generation, compartment, key_id AS keyId, wrapped';

/** The wrapped data keys. Changes run inside the caller's transaction. */
export class DataKeyTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The wraps of one data key; empty when every compartment that held it is gone. */
  of(rid: number, generation: number): DataKeyRow[] {
    return this.#all('WHERE rid = ? AND generation = ?', rid, generation);
  }

  /** The wraps of every generation of a resource. */
  ofResource(rid: number): DataKeyRow[] {
    return this.#all('WHERE rid = ?', rid);
  }

  /** Data keys that a compartment wraps. */
  under(compartment: number): DataKeyRow[] {
    return this.#all('WHERE compartment = ?', compartment);
  }

  /** Resources with a data key of this id: reads every row, for a restore. */
  resourcesWith(keyId: Uint8Array): number[] {
    const rows = this.#database
      .prepare('SELECT DISTINCT rid FROM keys_data WHERE key_id = ?')
      .all<{ rid: number }>(keyId);
    return rows.map(({ rid }) => rid);
  }

  /** Data keys row by row, in the order of their resources. */
  each(): IterableIterator<DataKeyRow> {
    return this.#database.prepare(`SELECT ${COLUMNS} FROM keys_data`).iterate<DataKeyRow>();
  }

  /** The largest row id of a clinical resource; 0 when there is none. */
  lastRid(): number {
    const sql = `SELECT max(rid) AS last FROM keys_data WHERE rid < ${FIRST_ENTRY}`;
    return this.#database.prepare(sql).get<{ last: number | null }>()?.last ?? 0;
  }

  /** Adds a wrap. One that stands there already is of a commit that failed: nothing was sealed under it. */
  put({ rid, generation, compartment, keyId, wrapped }: DataKeyRow): void {
    const sql = 'INSERT OR REPLACE INTO keys_data VALUES (?, ?, ?, ?, ?)';
    this.#database.prepare(sql).run(rid, generation, compartment, keyId, wrapped);
  }

  /** Puts a new wrap in the place of an older one of the same key. */
  rewrap({ rid, generation, compartment, wrapped }: DataKeyRow): void {
    const sql = 'UPDATE keys_data SET wrapped = ? WHERE rid = ? AND generation = ? AND compartment = ?';
    this.#database.prepare(sql).run(wrapped, rid, generation, compartment);
  }

  /** Removes one wrap; the key itself stays where another wrap of it is. */
  remove({ rid, generation, compartment }: Omit<DataKeyRow, 'wrapped' | 'keyId'>): void {
    const sql = 'DELETE FROM keys_data WHERE rid = ? AND generation = ? AND compartment = ?';
    this.#database.prepare(sql).run(rid, generation, compartment);
  }

  /** Destroys what a compartment wraps. */
  destroyUnder(compartment: number): void {
    this.#database.prepare('DELETE FROM keys_data WHERE compartment = ?').run(compartment);
  }

  /** Destroys every wrap of a resource's data keys. */
  destroyOf(rid: number): void {
    this.#database.prepare('DELETE FROM keys_data WHERE rid = ?').run(rid);
  }

  #all(where: string, ...values: number[]): DataKeyRow[] {
    return this.#database.prepare(`SELECT ${COLUMNS} FROM keys_data ${where}`).all<DataKeyRow>(...values);
  }
}
