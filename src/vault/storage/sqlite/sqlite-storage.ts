import type { Database } from '../../../database/index.ts';
import type { Blind } from '../../blind-index/blind-key.ts';
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
import { ErasureTable } from './erasure-table.ts';
import { emptyWriteAheadLog, guarded } from './guarded.ts';
import { HeldPostings } from './held-postings.ts';
import { NameTable } from './name-table.ts';
import { countRows, findRows } from './plan-execution.ts';
import { PostingTable } from './posting-table.ts';
import { ResourceTable } from './resource-table.ts';
import type { Tables } from './row-source.ts';
import { SpanIndex } from './span-index.ts';

/** What the log gives: appends inside the open transaction, and returns the index of the first. */
export type Append = (commitments: readonly Uint8Array[]) => number;

/** A storage over one SQLite database; everything is answered at once. The methods are those of {@link Storage}. */
export class SqliteStorage implements Storage {
  readonly answersAtOnce = true;
  readonly #database: Database;
  readonly #append: Append;
  readonly #resources: ResourceTable;
  readonly #entries: EntryTable;
  readonly #postings: { readonly resource: PostingTable; readonly audit: AuditPostingTable };
  readonly #held: HeldPostings;
  readonly #spans: SpanIndex;
  readonly #names: NameTable;
  readonly #erasures: ErasureTable;

  /** Over a database opened with `vaultMigrations`. */
  constructor(database: Database, append: Append) {
    this.#database = database;
    this.#append = append;
    this.#resources = new ResourceTable(database);
    this.#entries = new EntryTable(database);
    this.#postings = { resource: new PostingTable(database), audit: new AuditPostingTable(database) };
    this.#held = new HeldPostings(this.#postings.resource);
    this.#spans = new SpanIndex(database);
    this.#names = new NameTable(database);
    this.#erasures = new ErasureTable(database);
  }

  lastNumbers(): LastNumbers {
    return guarded(() => {
      const rid = this.#database
        .prepare(`SELECT max(rid) AS last FROM vault_resources WHERE rid < ${FIRST_ENTRY}`)
        .get<{ last: number | null }>();
      const page = this.#lastPage();
      return { rid: rid?.last ?? 0, entry: page === undefined ? 0 : page.first + page.count - 1 };
    });
  }

  commit(batch: Batch): number {
    try {
      return guarded(() => this.#database.transaction(() => this.#write(batch)));
    } finally {
      for (const postings of [batch.postings, batch.removedPostings])
        this.forget(postings.map(({ key }) => key));
    }
  }

  forget(keys: Iterable<Blind>): void {
    this.#held.drop(keys);
  }

  erase(erasure: Erasure): void {
    guarded(() => {
      // Values in the clear must not stay behind in unused parts of pages, nor in the write-ahead log.
      this.#database.exec('PRAGMA secure_delete = ON');
      try {
        this.#database.transaction(() => this.#erase(erasure));
        // While a backup reads, this waits for the next checkpoint.
        emptyWriteAheadLog(this.#database);
      } finally {
        this.#held.clear();
        this.#database.exec('PRAGMA secure_delete = OFF');
      }
    });
  }

  named(name: Blind): number | undefined {
    return guarded(() => this.#names.rid(name));
  }

  entryOf(eventId: Blind): number | undefined {
    return guarded(() => {
      const [piece] = this.#postings.audit.descend(eventId, Number.MAX_SAFE_INTEGER, 1);
      return piece === undefined ? undefined : piece.bucket * BUCKET_ROWS + (piece.offsets[0] ?? 0);
    });
  }

  currentNamed(name: Blind): CurrentRow | undefined {
    return guarded(() => this.#resources.currentNamed(name));
  }

  current(rid: number): CurrentRow | undefined {
    return guarded(() => this.#resources.current(rid));
  }

  version(rid: number, version: number): VersionRow | undefined {
    return guarded(() => this.#resources.version(rid, version));
  }

  history(scan: HistoryScan): VersionRow[] {
    return guarded(() => this.#resources.history(scan));
  }

  versionsAfter(entry: number, limit: number): VersionRow[] {
    return guarded(() => this.#resources.versionsAfter(entry, limit));
  }

  namesOf(rids: readonly number[]): (Blind | undefined)[] {
    return guarded(() => rids.map((rid) => this.#names.name(rid)));
  }

  page(entry: number): PageRow | undefined {
    return guarded(() => this.#entries.page(entry));
  }

  pagesAfter(entry: number, limit: number): PageRow[] {
    return guarded(() => this.#entries.pagesAfter(entry, limit));
  }

  content(entry: number): ContentRow | undefined {
    return guarded(() => this.#entries.content(entry));
  }

  contentsOf(rid: number): ContentRow[] {
    return guarded(() => this.#entries.contentsOf(rid));
  }

  find(page: PlanPage): FoundRow[] {
    return guarded(() => findRows(page, this.#tables));
  }

  count(plan: Plan): number {
    return guarded(() => countRows(plan, this.#tables));
  }

  tombstones(): number[] {
    return guarded(() => this.#erasures.tombstones());
  }

  applied(): Uint8Array[] {
    return guarded(() => this.#erasures.applied());
  }

  holds(): HoldRow[] {
    return guarded(() => this.#erasures.holds());
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

  eachName(): Iterable<{ name: Blind; rid: number }> {
    return this.#names.each();
  }

  *eachPosting(): Generator<Posting, undefined, undefined> {
    yield* this.#postings.resource.each();
    yield* this.#postings.audit.each();
  }

  eachSpan(): Iterable<SpanRow> {
    return this.#spans.each();
  }

  hidden(): number[] {
    return guarded(() => this.#spans.hidden());
  }

  problems(): string[] {
    return guarded(() => this.#database.problems());
  }

  copyTo(path: string): Promise<void> {
    return this.#database.backup(path);
  }

  get #tables(): Tables {
    return { postings: { resource: this.#held, audit: this.#postings.audit }, spans: this.#spans };
  }

  /** Runs inside a transaction. Returns the log index of the first commitment, 0 when there is none. */
  #write(batch: Batch): number {
    const leaf = batch.commitments.length === 0 ? 0 : this.#append(batch.commitments);
    for (const page of batch.pages) this.#entries.insertPage({ ...page, leaf: page.leaf + leaf });
    for (const { name, rid } of batch.names) this.#names.add(name, rid);
    for (const version of batch.versions) this.#resources.insertVersion(version);
    for (const resource of batch.resources) this.#resources.put(resource);
    for (const content of batch.contents) this.#entries.insertContent(content);
    this.#remove(batch.removedPostings);
    for (const custody of ['resource', 'audit'] as const) {
      this.#postings[custody].add(batch.postings.filter((posting) => custodyOf(posting) === custody));
    }
    this.#spans.remove(batch.removedSpans);
    if (batch.spans.length > 0) this.#spans.add(batch.spans);
    this.#erasures.write(batch);
    return leaf;
  }

  #erase(erasure: Erasure): void {
    for (const entry of erasure.versions) this.#resources.eraseVersion(entry);
    for (const row of erasure.resources) this.#resources.put(row);
    for (const entry of erasure.contents) this.#entries.eraseContent(entry);
    this.#remove(erasure.removedPostings);
    this.#spans.remove(erasure.removedSpans);
    for (const keyId of erasure.applied) this.#erasures.apply(keyId);
  }

  #remove(postings: readonly Posting[]): void {
    for (const posting of postings) this.#postings[custodyOf(posting)].remove(posting);
  }

  #lastPage(): PageRow | undefined {
    const sql = 'SELECT first, count, leaf, sealed FROM vault_pages ORDER BY first DESC LIMIT 1';
    return this.#database.prepare(sql).get<PageRow>();
  }
}

/** The rows of one blind value are all of one custody: its key is. */
function custodyOf({ rids }: Posting): 'resource' | 'audit' {
  return inAuditCustody(rids[0] ?? 0) ? 'audit' : 'resource';
}
