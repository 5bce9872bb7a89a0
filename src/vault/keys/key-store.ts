import type { Database, Parameter } from '../../database/index.ts';
import { type Blind, blindBytes, blindOf } from '../blind-index/blind-key.ts';
import { emptyWriteAheadLog, guarded } from '../storage/sqlite/guarded.ts';
import { DataKeyTable } from './data-key-table.ts';
import type {
  CompartmentRow,
  DataKeyRow,
  DestroyedRow,
  MergedRow,
  Rewrapping,
  SeriesRow,
} from './key-rows.ts';

const SERIES = 'purpose, number, key_id AS keyId, wrapped';
const COMPARTMENT = 'compartment, name, key_id AS keyId, wrapped';
const DESTROYED = 'key_id AS keyId, name, compartment, rid';

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
  /** The data keys that are on disk. */
  readonly data: DataKeyTable;
  readonly #database: Database;
  readonly #stagedSeries: SeriesRow[] = [];
  readonly #stagedCompartments = new Map<Blind, CompartmentRow>();
  readonly #stagedData: DataKeyRow[] = [];
  #scrubbed = true;

  /** Over a database opened with `keyStoreMigrations` and `secureDelete`. */
  constructor(database: Database) {
    this.#database = database;
    this.data = new DataKeyTable(database);
  }

  /** A fact about the store, such as whose it is; undefined when never set. */
  about(name: string): string | undefined {
    return this.#get<{ value: string }>('SELECT value FROM keys_about WHERE name = ?', name)?.value;
  }

  /** Sets a fact at once. */
  setAbout(name: string, value: string): void {
    this.#change(() => this.#run('INSERT OR REPLACE INTO keys_about VALUES (?, ?)', name, value));
  }

  /** A wrapped key of the organisation; undefined when there is none. */
  series(purpose: string, number: number): SeriesRow | undefined {
    const sql = `SELECT ${SERIES} FROM keys_series WHERE purpose = ? AND number = ?`;
    return this.#get(sql, purpose, number);
  }

  /** Every wrapped key of the organisation. */
  allSeries(): SeriesRow[] {
    return guarded(() => this.#database.prepare(`SELECT ${SERIES} FROM keys_series`).all<SeriesRow>());
  }

  /** The compartment of a Patient by blind name, staged or on disk; undefined when there is none. */
  compartmentNamed(name: Blind): CompartmentRow | undefined {
    return this.#stagedCompartments.get(name) ?? this.#compartments('WHERE name = ?', blindBytes(name))[0];
  }

  /** A compartment on disk; undefined when there is none. */
  compartment(compartment: number): CompartmentRow | undefined {
    return this.#compartments('WHERE compartment = ?', compartment)[0];
  }

  /** The compartment whose key has this id; undefined when there is none. */
  compartmentWithKey(keyId: Uint8Array): CompartmentRow | undefined {
    return this.#compartments('WHERE key_id = ?', keyId)[0];
  }

  /** Every wrapped compartment key. */
  compartments(): CompartmentRow[] {
    return this.#compartments('');
  }

  /** Whether a key of this id is still here: reads every data key. */
  hasKey(keyId: Uint8Array): boolean {
    return this.compartmentWithKey(keyId) !== undefined || this.data.resourcesWith(keyId).length > 0;
  }

  /** What was destroyed, patients last. */
  destroyed(): DestroyedRow[] {
    const sql = `SELECT ${DESTROYED} FROM keys_destroyed ORDER BY compartment IS NOT NULL`;
    return guarded(() => this.#database.prepare(sql).all<Stored<DestroyedRow>>().map(named));
  }

  /** The largest numbers given out, so that none is given twice even when one of the two files is older. */
  lastNumbers(): { rid: number; compartment: number } {
    const row = this.#get<{ last: number | null }>(
      `SELECT max(last) AS last FROM (SELECT max(compartment) AS last FROM keys_compartments
        UNION ALL SELECT max(compartment) FROM keys_destroyed)`,
    );
    return { rid: this.data.lastRid(), compartment: row?.last ?? 0 };
  }

  /** Stages a key of the organisation. */
  stageSeries(row: SeriesRow): void {
    this.#stagedSeries.push(row);
  }

  /** Stages a compartment key. */
  stageCompartment(row: CompartmentRow): void {
    this.#stagedCompartments.set(row.name, row);
  }

  /** Stages one wrap of a data key. */
  stageDataKey(row: DataKeyRow): void {
    this.#stagedData.push(row);
  }

  /** Writes what is staged; durable on return. When it throws, everything stays staged for the next attempt. */
  flush(): void {
    if (!this.#scrubbed) this.#scrub();
    if (this.#stagedSeries.length + this.#stagedCompartments.size + this.#stagedData.length === 0) return;
    this.#change(() => {
      for (const { purpose, number, keyId, wrapped } of this.#stagedSeries) {
        this.#run('INSERT INTO keys_series VALUES (?, ?, ?, ?)', purpose, number, keyId, wrapped);
      }
      for (const { compartment, name, keyId, wrapped } of this.#stagedCompartments.values()) {
        const sql = 'INSERT INTO keys_compartments VALUES (?, ?, ?, ?)';
        this.#run(sql, compartment, blindBytes(name), keyId, wrapped);
      }
      for (const row of this.#stagedData) this.data.put(row);
    });
    this.#stagedSeries.length = 0;
    this.#stagedCompartments.clear();
    this.#stagedData.length = 0;
  }

  /** Puts newly wrapped keys in the place of the same keys' older wraps, all or none. */
  rewrap(rows: {
    compartments?: readonly CompartmentRow[];
    series?: readonly SeriesRow[];
    data?: readonly DataKeyRow[];
  }): void {
    this.#change(() => {
      for (const { wrapped, compartment } of rows.compartments ?? []) {
        this.#run('UPDATE keys_compartments SET wrapped = ? WHERE compartment = ?', wrapped, compartment);
      }
      for (const { wrapped, purpose, number } of rows.series ?? []) {
        const sql = 'UPDATE keys_series SET wrapped = ? WHERE purpose = ? AND number = ?';
        this.#run(sql, wrapped, purpose, number);
      }
      for (const row of rows.data ?? []) this.data.rewrap(row);
    });
    this.#scrub();
  }

  /** Patients that were merged into others. */
  merged(): MergedRow[] {
    const sql = 'SELECT compartment, into_compartment AS "into", name, sealed FROM keys_merged';
    return guarded(() => this.#database.prepare(sql).all<Stored<MergedRow>>().map(named));
  }

  /** Moves wraps from compartment to compartment, all or none. */
  move({ added, removed, merged, unmerged }: Rewrapping): void {
    this.#change(() => {
      for (const row of added) this.data.put(row);
      for (const row of removed) this.data.remove(row);
      if (merged !== undefined) {
        const { compartment, into, name, sealed } = merged;
        const sql = 'INSERT INTO keys_merged VALUES (?, ?, ?, ?)';
        this.#run(sql, compartment, into, blindBytes(name), sealed);
      }
      if (unmerged !== undefined) this.#run('DELETE FROM keys_merged WHERE compartment = ?', unmerged);
    });
    this.#scrub();
  }

  /** Destroys a compartment key with everything wrapped under it. */
  destroyCompartment({ compartment, keyId, name }: CompartmentRow): void {
    this.#change(() => {
      this.data.destroyUnder(compartment);
      this.#run('DELETE FROM keys_compartments WHERE compartment = ?', compartment);
      this.#run('DELETE FROM keys_merged WHERE compartment = ?', compartment);
      const sql = 'INSERT OR REPLACE INTO keys_destroyed VALUES (?, ?, ?, NULL)';
      this.#run(sql, keyId, blindBytes(name), compartment);
    });
    this.#scrub();
  }

  /** Destroys the data keys of one resource, in every generation and compartment. */
  destroyResource(rid: number, name: Blind): void {
    this.#change(() => {
      const keys = this.data.ofResource(rid);
      this.data.destroyOf(rid);
      for (const { keyId } of keys) {
        const sql = 'INSERT OR REPLACE INTO keys_destroyed VALUES (?, ?, NULL, ?)';
        this.#run(sql, keyId, blindBytes(name), rid);
      }
    });
    this.#scrub();
  }

  /** A consistent copy in another file, for a backup. */
  copyTo(path: string): Promise<void> {
    return this.#database.backup(path);
  }

  /** Old pages wait in the write-ahead log, where `secure_delete` does not reach them: empty it, now or as soon as it can be. */
  #scrub(): void {
    this.#scrubbed = emptyWriteAheadLog(this.#database);
  }

  #compartments(where: string, ...values: Parameter[]): CompartmentRow[] {
    const sql = `SELECT ${COMPARTMENT} FROM keys_compartments ${where}`;
    const read = () => this.#database.prepare(sql).all<Stored<CompartmentRow>>(...values);
    return guarded(read).map(named);
  }

  #change(work: () => void): void {
    guarded(() => this.#database.transaction(work));
  }

  #get<T>(sql: string, ...values: Parameter[]): T | undefined {
    return guarded(() => this.#database.prepare(sql).get<T>(...values));
  }

  #run(sql: string, ...values: Parameter[]): void {
    this.#database.prepare(sql).run(...values);
  }
}
