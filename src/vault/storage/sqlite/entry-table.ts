import type { Database, Statement } from '../../../database/index.ts';
import type { ContentRow, PageRow } from '../rows.ts';

/** The openings of log entries, and contents kept beside them. */
export class EntryTable {
  readonly #database: Database;
  readonly #insertPage: Statement;
  readonly #page: Statement;
  readonly #pagesAfter: Statement;
  readonly #insertContent: Statement;
  readonly #content: Statement;
  readonly #contentsOf: Statement;
  readonly #eraseContent: Statement;

  constructor(database: Database) {
    this.#database = database;
    this.#insertPage = database.prepare('INSERT INTO vault_pages VALUES (?, ?, ?, ?)');
    this.#page = database.prepare(
      'SELECT first, count, leaf, sealed FROM vault_pages WHERE first <= ?1 ORDER BY first DESC LIMIT 1',
    );
    this.#pagesAfter = database.prepare(
      'SELECT first, count, leaf, sealed FROM vault_pages WHERE first > ?1 ORDER BY first LIMIT ?2',
    );
    this.#insertContent = database.prepare('INSERT INTO vault_contents VALUES (?, ?, ?, ?)');
    const contents = 'SELECT entry, rid, generation, sealed FROM vault_contents';
    this.#content = database.prepare(`${contents} WHERE entry = ?`);
    this.#contentsOf = database.prepare(`${contents} WHERE rid = ?`);
    this.#eraseContent = database.prepare('UPDATE vault_contents SET sealed = NULL WHERE entry = ?');
  }

  insertPage({ first, count, leaf, sealed }: PageRow): void {
    this.#insertPage.run(first, count, leaf, sealed);
  }

  page(entry: number): PageRow | undefined {
    const row = this.#page.get<PageRow>(entry);
    return row === undefined || entry >= row.first + row.count ? undefined : row;
  }

  pagesAfter(entry: number, limit: number): PageRow[] {
    const within = this.page(entry);
    const begun = within !== undefined && entry < within.first + within.count - 1 ? [within] : [];
    return [...begun, ...this.#pagesAfter.all<PageRow>(entry, limit - begun.length)];
  }

  insertContent({ entry, rid, generation, sealed }: ContentRow): void {
    this.#insertContent.run(entry, rid, generation, sealed);
  }

  content(entry: number): ContentRow | undefined {
    return this.#content.get<ContentRow>(entry);
  }

  contentsOf(rid: number): ContentRow[] {
    return this.#contentsOf.all<ContentRow>(rid);
  }

  eraseContent(entry: number): void {
    this.#eraseContent.run(entry);
  }

  eachPage(): IterableIterator<PageRow> {
    return this.#database.prepare('SELECT first, count, leaf, sealed FROM vault_pages').iterate<PageRow>();
  }
}
