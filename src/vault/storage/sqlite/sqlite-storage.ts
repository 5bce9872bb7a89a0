import type { Database, Statement } from '../../../database/index.ts';
import { type Blind, blindBytes, blindOf } from '../../blind-index/blind-key.ts';
import { FIRST_ENTRY, inAuditCustody } from '../../numbering.ts';
import type { FoundRow, Plan, PlanPage } from '../plan.ts';
import type {
  Batch,
  ContentRow,
  HoldRow,
  PageRow,
  Posting,
  ResourceRow,
  SpanRow,
  VersionRow,
} from '../rows.ts';
import type { CurrentRow, Erasure, HistoryScan, LastNumbers, Storage } from '../storage.ts';
import { AuditPostingTable } from './audit-posting-table.ts';
import { BUCKET_ROWS } from './bucket.ts';
import { EntryTable } from './entry-table.ts';
import { countRows, findRows } from './plan-execution.ts';
import { PostingTable } from './posting-table.ts';
import { ResourceTable } from './resource-table.ts';
import { SpanIndex } from './span-index.ts';
import { guarded } from './storage-failure.ts';

/** What the log gives: appends inside the open transaction, and returns the index of the first. */
export type Append = (commitments: readonly Uint8Array[]) => number;

/** A storage over one SQLite database; everything is answered at once. The methods are those of {@link Storage}. */
export class SqliteStorage implements Storage {
  readonly #database: Database;
  readonly #append: Append;
  readonly #resources: ResourceTable;
  readonly #entries: EntryTable;
  readonly #postings: { readonly resource: PostingTable; readonly audit: AuditPostingTable };
  readonly #spans: SpanIndex;
  readonly #insertName: Statement;
  readonly #named: Statement;
  readonly #nameOf: Statement;

  /** Over a database opened with `vaultMigrations`. */
  constructor(database: Database, append: Append) {
    this.#database = database;
    this.#append = append;
    this.#resources = new ResourceTable(database);
    this.#entries = new EntryTable(database);
    this.#postings = { resource: new PostingTable(database), audit: new AuditPostingTable(database) };
    this.#spans = new SpanIndex(database);
    this.#insertName = database.prepare('INSERT INTO vault_names VALUES (?, ?)');
    this.#named = database.prepare('SELECT rid FROM vault_names WHERE name = ?');
    this.#nameOf = database.prepare('SELECT name FROM vault_resources WHERE rid = ?');
  }

  lastNumbers(): LastNumbers {
    return this.#guarded(() => {
      const rid = this.#database
        .prepare(`SELECT max(rid) AS last FROM vault_resources WHERE rid < ${FIRST_ENTRY}`)
        .get<{ last: number | null }>();
      const page = this.#lastPage();
      return { rid: rid?.last ?? 0, entry: page === undefined ? 0 : page.first + page.count - 1 };
    });
  }

  commit(batch: Batch): number {
    return this.#guarded(() => this.#database.transaction(() => this.#write(batch)));
  }

  erase(erasure: Erasure): void {
    this.#guarded(() =>
      this.#database.transaction(() => {
        for (const entry of erasure.versions) this.#resources.eraseVersion(entry);
        for (const row of erasure.resources) this.#resources.put(row);
        for (const entry of erasure.contents) this.#entries.eraseContent(entry);
        this.#remove(erasure.removedPostings);
        this.#spans.remove(erasure.removedSpans);
        for (const keyId of erasure.applied) {
          this.#database.prepare('INSERT OR IGNORE INTO vault_applied VALUES (?)').run(keyId);
        }
      }),
    );
  }

  named(name: Blind): number | undefined {
    return this.#guarded(() => this.#named.get<{ rid: number }>(blindBytes(name))?.rid);
  }

  auditNamed(id: Blind): number | undefined {
    return this.#guarded(() => {
      const [piece] = this.#postings.audit.descend(id, Number.MAX_SAFE_INTEGER, 1);
      return piece === undefined ? undefined : piece.bucket * BUCKET_ROWS + (piece.offsets[0] ?? 0);
    });
  }

  currentNamed(name: Blind): CurrentRow | undefined {
    return this.#guarded(() => this.#resources.currentNamed(name));
  }

  current(rid: number): CurrentRow | undefined {
    return this.#guarded(() => this.#resources.current(rid));
  }

  version(rid: number, version: number): VersionRow | undefined {
    return this.#guarded(() => this.#resources.version(rid, version));
  }

  history(scan: HistoryScan): VersionRow[] {
    return this.#guarded(() => this.#resources.history(scan));
  }

  namesOf(rids: readonly number[]): (Blind | undefined)[] {
    return this.#guarded(() =>
      rids.map((rid) => {
        const row = this.#nameOf.get<{ name: Uint8Array }>(rid);
        return row === undefined ? undefined : blindOf(row.name);
      }),
    );
  }

  page(entry: number): PageRow | undefined {
    return this.#guarded(() => this.#entries.page(entry));
  }

  content(entry: number): ContentRow | undefined {
    return this.#guarded(() => this.#entries.content(entry));
  }

  contentsOf(rid: number): ContentRow[] {
    return this.#guarded(() => this.#entries.contentsOf(rid));
  }

  find(page: PlanPage): FoundRow[] {
    return this.#guarded(() => findRows(page, { postings: this.#postings, spans: this.#spans }));
  }

  count(plan: Plan): number {
    return this.#guarded(() => countRows(plan, { postings: this.#postings, spans: this.#spans }));
  }

  tombstones(): number[] {
    const rows = this.#all<{ entry: number }>('SELECT entry FROM vault_tombstones ORDER BY entry');
    return rows.map(({ entry }) => entry);
  }

  applied(): Uint8Array[] {
    return this.#all<{ id: Uint8Array }>('SELECT key_id AS id FROM vault_applied').map(({ id }) => id);
  }

  holds(): HoldRow[] {
    const rows = this.#all<Omit<HoldRow, 'name'> & { name: Uint8Array }>(
      'SELECT id, name, sealed FROM vault_holds ORDER BY id',
    );
    return rows.map((row) => ({ ...row, name: blindOf(row.name) }));
  }

  eachResource(): Iterable<ResourceRow> {
    return this.#resources.each();
  }

  eachVersion(): Iterable<VersionRow> {
    return this.#resources.eachVersion();
  }

  eachPage(): Iterable<PageRow> {
    return this.#entries.eachPage();
  }

  *eachName(): Generator<{ name: Blind; rid: number }, undefined, undefined> {
    const rows = this.#database
      .prepare('SELECT name, rid FROM vault_names')
      .iterate<{ name: Uint8Array; rid: number }>();
    for (const { name, rid } of rows) yield { name: blindOf(name), rid };
  }

  *eachPosting(): Generator<Posting, undefined, undefined> {
    yield* this.#postings.resource.each();
    yield* this.#postings.audit.each();
  }

  eachSpan(): Iterable<SpanRow> {
    return this.#spans.each();
  }

  hidden(): number[] {
    return this.#guarded(() => this.#spans.hidden());
  }

  problems(): string[] {
    return this.#guarded(() => this.#database.problems());
  }

  copyTo(path: string): Promise<void> {
    return this.#database.backup(path);
  }

  /** Runs inside a transaction. Returns the log index of the first commitment, 0 when there is none. */
  #write(batch: Batch): number {
    const leaf = batch.commitments.length === 0 ? 0 : this.#append(batch.commitments);
    for (const page of batch.pages) this.#entries.insertPage({ ...page, leaf: page.leaf + leaf });
    for (const { name, rid } of batch.names) this.#insertName.run(blindBytes(name), rid);
    for (const version of batch.versions) this.#resources.insertVersion(version);
    for (const resource of batch.resources) this.#resources.put(resource);
    for (const content of batch.contents) this.#entries.insertContent(content);
    this.#remove(batch.removedPostings);
    for (const custody of ['resource', 'audit'] as const) {
      this.#postings[custody].add(batch.postings.filter((posting) => custodyOf(posting) === custody));
    }
    this.#spans.remove(batch.removedSpans);
    if (batch.spans.length > 0) this.#spans.add(batch.spans);
    for (const entry of batch.tombstones) {
      this.#database.prepare('INSERT INTO vault_tombstones VALUES (?)').run(entry);
    }
    for (const { id, name, sealed } of batch.holds) {
      this.#database.prepare('INSERT INTO vault_holds VALUES (?, ?, ?)').run(id, blindBytes(name), sealed);
    }
    for (const id of batch.releasedHolds) {
      this.#database.prepare('DELETE FROM vault_holds WHERE id = ?').run(id);
    }
    return leaf;
  }

  #remove(postings: readonly Posting[]): void {
    for (const posting of postings) this.#postings[custodyOf(posting)].remove(posting);
  }

  #lastPage(): PageRow | undefined {
    const sql = 'SELECT first, count, leaf, sealed FROM vault_pages ORDER BY first DESC LIMIT 1';
    return this.#database.prepare(sql).get<PageRow>();
  }

  #all<T>(sql: string): T[] {
    return this.#guarded(() => this.#database.prepare(sql).all<T>());
  }

  #guarded<T>(work: () => T): T {
    return guarded(work);
  }
}

/** The rows of one blind value are all of one custody: its key is. */
function custodyOf({ rids }: Posting): 'resource' | 'audit' {
  return inAuditCustody(rids[0] ?? 0) ? 'audit' : 'resource';
}
