import type { Database, Statement } from '../../../database/index.ts';
import { type Blind, blindBytes, blindOf } from '../../blind-index/blind-key.ts';
import type { ResourceRow, RowState, VersionRow } from '../rows.ts';
import type { CurrentRow, HistoryScan } from '../storage.ts';

const STATES: readonly RowState[] = ['live', 'deleted', 'erased'];

/** The number of a state in the file. */
export function stateNumber(state: RowState): number {
  return STATES.indexOf(state);
}

/** Rows as SQLite gives them. */
type RawVersion = Omit<VersionRow, 'state'> & { state: number };
type RawResource<T extends ResourceRow> = Omit<T, 'state' | 'name'> & { state: number; name: Uint8Array };

function versionOf(raw: RawVersion): VersionRow {
  return { ...raw, state: STATES[raw.state] ?? 'erased' };
}

function resourceOf<T extends ResourceRow>(raw: RawResource<T>): T {
  return { ...raw, state: STATES[raw.state] ?? 'erased', name: blindOf(raw.name) } as unknown as T;
}

const RESOURCE = 'r.rid, r.name, r.type, r.version, r.entry, r.state, r.rows';
const VERSION = 'entry, rid, version, type, updated AS updatedMs, generation, state, sealed';
const CURRENT = `SELECT ${RESOURCE}, v.generation, v.updated AS updatedMs, v.sealed
  FROM vault_resources r JOIN vault_versions v ON v.entry = r.entry`;
/** Starts a history before everything. */
const NEWEST = Number.MAX_SAFE_INTEGER;

/** Resources and their sealed versions. */
export class ResourceTable {
  readonly #database: Database;
  readonly #put: Statement;
  readonly #insert: Statement;
  readonly #currentNamed: Statement;
  readonly #current: Statement;
  readonly #version: Statement;
  readonly #ofResource: Statement;
  readonly #ofType: Statement;
  readonly #ofAll: Statement;
  readonly #after: Statement;
  readonly #eraseVersion: Statement;

  constructor(database: Database) {
    this.#database = database;
    this.#put = database.prepare('INSERT OR REPLACE INTO vault_resources VALUES (?, ?, ?, ?, ?, ?, ?)');
    this.#insert = database.prepare('INSERT INTO vault_versions VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    this.#currentNamed = database.prepare(
      `${CURRENT} WHERE r.rid = (SELECT rid FROM vault_names WHERE name = ?1) AND r.name = ?1`,
    );
    this.#current = database.prepare(`${CURRENT} WHERE r.rid = ?`);
    const versions = `SELECT ${VERSION} FROM vault_versions WHERE`;
    this.#version = database.prepare(`${versions} rid = ? AND version = ?`);
    this.#ofResource = database.prepare(
      `${versions} rid = ? AND entry < ? AND updated >= ? ORDER BY version DESC LIMIT ?`,
    );
    this.#ofType = database.prepare(
      `${versions} type = ? AND (updated, entry) < (?, ?) AND updated >= ? ORDER BY updated DESC, entry DESC LIMIT ?`,
    );
    this.#ofAll = database.prepare(`${versions} entry < ? AND updated >= ? ORDER BY entry DESC LIMIT ?`);
    this.#after = database.prepare(`${versions} entry > ? ORDER BY entry LIMIT ?`);
    this.#eraseVersion = database.prepare(
      'UPDATE vault_versions SET state = 2, sealed = NULL WHERE entry = ?',
    );
  }

  put(row: ResourceRow): void {
    this.#put.run(
      row.rid,
      blindBytes(row.name),
      row.type,
      row.version,
      row.entry,
      stateNumber(row.state),
      row.rows,
    );
  }

  insertVersion(row: VersionRow): void {
    const { entry, rid, version, type, updatedMs, generation, state, sealed } = row;
    this.#insert.run(entry, rid, version, type, updatedMs, generation, stateNumber(state), sealed);
  }

  eraseVersion(entry: number): void {
    this.#eraseVersion.run(entry);
  }

  currentNamed(name: Blind): CurrentRow | undefined {
    const raw = this.#currentNamed.get<RawResource<CurrentRow>>(blindBytes(name));
    return raw === undefined ? undefined : resourceOf(raw);
  }

  current(rid: number): CurrentRow | undefined {
    const raw = this.#current.get<RawResource<CurrentRow>>(rid);
    return raw === undefined ? undefined : resourceOf(raw);
  }

  version(rid: number, version: number): VersionRow | undefined {
    const raw = this.#version.get<RawVersion>(rid, version);
    return raw === undefined ? undefined : versionOf(raw);
  }

  history({ rid, type, sinceMs, after, limit }: HistoryScan): VersionRow[] {
    const since = sinceMs ?? 0;
    const entry = after?.entry ?? NEWEST;
    if (rid !== undefined) return this.#ofResource.all<RawVersion>(rid, entry, since, limit).map(versionOf);
    if (type === undefined) return this.#ofAll.all<RawVersion>(entry, since, limit).map(versionOf);
    const updated = after?.updatedMs ?? NEWEST;
    return this.#ofType.all<RawVersion>(type, updated, entry, since, limit).map(versionOf);
  }

  versionsAfter(entry: number, limit: number): VersionRow[] {
    return this.#after.all<RawVersion>(entry, limit).map(versionOf);
  }

  *each(): Generator<ResourceRow, undefined, undefined> {
    const rows = this.#database
      .prepare(`SELECT ${RESOURCE} FROM vault_resources r`)
      .iterate<RawResource<ResourceRow>>();
    for (const raw of rows) yield resourceOf(raw);
  }

  *eachVersion(): Generator<VersionRow, undefined, undefined> {
    const sql = `SELECT ${VERSION} FROM vault_versions ORDER BY rid, version`;
    for (const raw of this.#database.prepare(sql).iterate<RawVersion>()) yield versionOf(raw);
  }
}
