import { LRUCache } from 'lru-cache';
import { type Awaitable, after } from '../awaitable.ts';
import { openPage } from '../entries/entry-page.ts';
import type { EntryRecord } from '../entries/entry-record.ts';
import type { KeyHierarchy } from '../keys/key-hierarchy.ts';
import type { PageRow } from '../storage/rows.ts';
import type { Storage } from '../storage/storage.ts';

/** Opened pages kept: neighbours of what was just read are read next. About 12 MB. */
const MAX_PAGES = 256;

/** One log entry as the vault keeps it. */
export interface StoredEntry {
  readonly entry: number;
  readonly leaf: number;
  readonly record: EntryRecord;
}

/** Reads the openings of log entries. */
export class EntryReader {
  readonly #storage: Storage;
  readonly #keys: KeyHierarchy;
  readonly #organisation: string;
  readonly #pages = new LRUCache<number, EntryRecord[]>({ max: MAX_PAGES });

  constructor(storage: Storage, keys: KeyHierarchy, organisation: string) {
    this.#storage = storage;
    this.#keys = keys;
    this.#organisation = organisation;
  }

  /** An entry by number; undefined when there is none. Throws `VaultError` `damaged`. */
  read(entry: number): Awaitable<StoredEntry | undefined> {
    return after(this.#storage.page(entry), (page) => {
      const record = page === undefined ? undefined : this.open(page)[entry - page.first];
      if (page === undefined || record === undefined) return undefined;
      return { entry, leaf: page.leaf + (entry - page.first), record };
    });
  }

  /** Drops the pages that were opened. */
  clear(): void {
    this.#pages.clear();
  }

  /** The records of a page. Throws `VaultError` `damaged`. */
  open(page: PageRow): EntryRecord[] {
    const known = this.#pages.get(page.first);
    if (known !== undefined) return known;
    const records = openPage(this.#keys.audit(page.first), this.#organisation, page);
    this.#pages.set(page.first, records);
    return records;
  }
}
