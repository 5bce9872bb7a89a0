import type { Database, Parameter } from '../../database/index.ts';
import { type Blind, blindBytes, blindOf } from '../blind-index/blind-key.ts';
import type { CompartmentRow, DataKeyRow, DestroyedRow, SeriesRow } from './key-rows.ts';

const COLUMNS = {
  series: 'purpose, number, key_id AS keyId, wrapped',
  compartment: 'compartment, name, key_id AS keyId, wrapped',
  data: 'rid, generation, compartment, key_id AS keyId, wrapped',
  destroyed: 'key_id AS keyId, name, compartment, rid',
} as const;

/** A row as SQLite gives it. */
type Stored<T extends { name: Blind }> = Omit<T, 'name'> & { name: Uint8Array };

function named<T extends { name: Blind }>(row: Stored<T>): T {
  return { ...row, name: blindOf(row.name) } as unknown as T;
}

/**
 * The wrapped keys, apart from the data: only the latest state, deleted rows overwritten. New rows are staged and written
 * by {@link KeyStore.flush}, once for all requests of a commit, before anything sealed under them.
 */
export class KeyStore {
  readonly #database: Database;
  readonly #staged: { sql: string; values: Parameter[] }[] = [];

  /** Over a database opened with `keyStoreMigrations` and `secureDelete`. */
  constructor(database: Database) {
    this.#database = database;
  }

  /** A fact about the store, such as whose it is; undefined when never set. */
  about(name: string): string | undefined {
    return this.#get<{ value: string }>('SELECT value FROM keys_about WHERE name = ?', name)?.value;
  }

  /** Sets a fact at once. */
  setAbout(name: string, value: string): void {
    this.#database.transaction(() =>
      this.#run('INSERT OR REPLACE INTO keys_about VALUES (?, ?)', name, value),
    );
  }

  series(purpose: string, number: number): SeriesRow | undefined {
    return this.#get(
      `SELECT ${COLUMNS.series} FROM keys_series WHERE purpose = ? AND number = ?`,
      purpose,
      number,
    );
  }

  compartmentNamed(name: Blind): CompartmentRow | undefined {
    return this.#compartments('WHERE name = ?', blindBytes(name))[0];
  }

  compartment(compartment: number): CompartmentRow | undefined {
    return this.#compartments('WHERE compartment = ?', compartment)[0];
  }

  compartmentWithKey(keyId: Uint8Array): CompartmentRow | undefined {
    return this.#compartments('WHERE key_id = ?', keyId)[0];
  }

  /** The wraps of one data key; empty when every compartment that held it is gone. */
  dataKeys(rid: number, generation: number): DataKeyRow[] {
    const sql = `SELECT ${COLUMNS.data} FROM keys_data WHERE rid = ? AND generation = ?`;
    return this.#database.prepare(sql).all<DataKeyRow>(rid, generation);
  }

  /** The wraps of every generation of a resource. */
  dataKeysOf(rid: number): DataKeyRow[] {
    return this.#database.prepare(`SELECT ${COLUMNS.data} FROM keys_data WHERE rid = ?`).all<DataKeyRow>(rid);
  }

  /** Resources with a data key of this id: reads every row, for a restore. */
  resourcesWithKey(keyId: Uint8Array): number[] {
    const sql = 'SELECT DISTINCT rid FROM keys_data WHERE key_id = ?';
    return this.#database
      .prepare(sql)
      .all<{ rid: number }>(keyId)
      .map(({ rid }) => rid);
  }

  /** Whether a key of this id is still here: reads every data key. */
  hasKey(keyId: Uint8Array): boolean {
    return this.compartmentWithKey(keyId) !== undefined || this.resourcesWithKey(keyId).length > 0;
  }

  /** What was destroyed, patients last. */
  destroyed(): DestroyedRow[] {
    const sql = `SELECT ${COLUMNS.destroyed} FROM keys_destroyed ORDER BY compartment IS NOT NULL`;
    return this.#database.prepare(sql).all<Stored<DestroyedRow>>().map(named);
  }

  /** Every wrapped compartment key. */
  compartments(): CompartmentRow[] {
    return this.#compartments('');
  }

  /** Every wrapped key of the organisation. */
  allSeries(): SeriesRow[] {
    return this.#database.prepare(`SELECT ${COLUMNS.series} FROM keys_series`).all<SeriesRow>();
  }

  /** Data keys that a compartment wraps. */
  dataKeysUnder(compartment: number): DataKeyRow[] {
    const sql = `SELECT ${COLUMNS.data} FROM keys_data WHERE compartment = ?`;
    return this.#database.prepare(sql).all<DataKeyRow>(compartment);
  }

  /** Data keys row by row, in the order of their resources. */
  eachDataKey(): IterableIterator<DataKeyRow> {
    return this.#database.prepare(`SELECT ${COLUMNS.data} FROM keys_data`).iterate<DataKeyRow>();
  }

  /** The largest numbers given out, so that none is given twice even when one of the two files is older. */
  lastNumbers(): { rid: number; compartment: number } {
    const row = this.#get<{ rid: number | null; compartment: number | null }>(
      `SELECT (SELECT max(rid) FROM keys_data WHERE rid < ${2 ** 40}) AS rid,
              (SELECT max(c) FROM (SELECT max(compartment) AS c FROM keys_compartments
                UNION ALL SELECT max(compartment) FROM keys_destroyed)) AS compartment`,
    );
    return { rid: row?.rid ?? 0, compartment: row?.compartment ?? 0 };
  }

  stageSeries(row: SeriesRow): void {
    this.#stage(
      'INSERT INTO keys_series VALUES (?, ?, ?, ?)',
      row.purpose,
      row.number,
      row.keyId,
      row.wrapped,
    );
  }

  stageCompartment(row: CompartmentRow): void {
    const sql = 'INSERT INTO keys_compartments VALUES (?, ?, ?, ?)';
    this.#stage(sql, row.compartment, blindBytes(row.name), row.keyId, row.wrapped);
  }

  stageDataKey(row: DataKeyRow): void {
    const sql = 'INSERT INTO keys_data VALUES (?, ?, ?, ?, ?)';
    this.#stage(sql, row.rid, row.generation, row.compartment, row.keyId, row.wrapped);
  }

  /** Writes what is staged; durable on return. When it throws, everything stays staged for the next attempt. */
  flush(): void {
    if (this.#staged.length === 0) return;
    this.#database.transaction(() => {
      for (const { sql, values } of this.#staged) this.#run(sql, ...values);
    });
    this.#staged.length = 0;
  }

  /** Puts newly wrapped keys in the place of the same keys' older wraps, all or none. */
  rewrap(rows: {
    compartments?: readonly CompartmentRow[];
    series?: readonly SeriesRow[];
    data?: readonly DataKeyRow[];
  }): void {
    this.#database.transaction(() => {
      for (const row of rows.compartments ?? []) {
        this.#run(
          'UPDATE keys_compartments SET wrapped = ? WHERE compartment = ?',
          row.wrapped,
          row.compartment,
        );
      }
      for (const row of rows.series ?? []) {
        this.#run(
          'UPDATE keys_series SET wrapped = ? WHERE purpose = ? AND number = ?',
          row.wrapped,
          row.purpose,
          row.number,
        );
      }
      for (const row of rows.data ?? []) {
        const sql = 'UPDATE keys_data SET wrapped = ? WHERE rid = ? AND generation = ? AND compartment = ?';
        this.#run(sql, row.wrapped, row.rid, row.generation, row.compartment);
      }
    });
    this.#scrub();
  }

  /** Destroys a compartment key with everything wrapped under it. */
  destroyCompartment(row: CompartmentRow): void {
    this.#database.transaction(() => {
      this.#run('DELETE FROM keys_data WHERE compartment = ?', row.compartment);
      this.#run('DELETE FROM keys_compartments WHERE compartment = ?', row.compartment);
      this.#run(
        'INSERT OR REPLACE INTO keys_destroyed VALUES (?, ?, ?, NULL)',
        row.keyId,
        blindBytes(row.name),
        row.compartment,
      );
    });
    this.#scrub();
  }

  /** Destroys the data keys of one resource, in every generation and compartment. */
  destroyResource(rid: number, name: Blind): void {
    this.#database.transaction(() => {
      const keys = this.dataKeysOf(rid);
      this.#run('DELETE FROM keys_data WHERE rid = ?', rid);
      for (const { keyId } of keys) {
        this.#run(
          'INSERT OR REPLACE INTO keys_destroyed VALUES (?, ?, NULL, ?)',
          keyId,
          blindBytes(name),
          rid,
        );
      }
    });
    this.#scrub();
  }

  /** A consistent copy in another file, for a backup. */
  copyTo(path: string): Promise<void> {
    return this.#database.backup(path);
  }

  /** Old pages wait in the write-ahead log, where `secure_delete` does not reach them: empty it. */
  #scrub(): void {
    this.#database.checkpoint();
  }

  #compartments(where: string, ...values: Parameter[]): CompartmentRow[] {
    const sql = `SELECT ${COLUMNS.compartment} FROM keys_compartments ${where}`;
    return this.#database
      .prepare(sql)
      .all<Stored<CompartmentRow>>(...values)
      .map(named);
  }

  #get<T>(sql: string, ...values: Parameter[]): T | undefined {
    return this.#database.prepare(sql).get<T>(...values);
  }

  #run(sql: string, ...values: Parameter[]): void {
    this.#database.prepare(sql).run(...values);
  }

  #stage(sql: string, ...values: Parameter[]): void {
    this.#staged.push({ sql, values });
  }
}
