import { type Awaitable, after } from '../awaitable.ts';
import { MAX_PAGE_ENTRIES } from '../entries/entry-page.ts';
import type { AuditStretch, FollowedAudit } from '../vault.ts';
import type { ReadingParts, VersionReader } from './version-reader.ts';

/** Reads the AuditEvents of requests in the order in which they were committed, for whoever keeps up with them. */
export class AuditFollower {
  readonly #parts: ReadingParts;
  readonly #reader: VersionReader;

  constructor(parts: ReadingParts, reader: VersionReader) {
    this.#parts = parts;
    this.#reader = reader;
  }

  /** What came after an entry. Entries are numbered in the order of their commits, so nothing appears behind `last` later. */
  after(entry: number, limit: number): Awaitable<AuditStretch> {
    const { storage, entries } = this.#parts;
    const count = Math.max(1, Math.ceil(limit / MAX_PAGE_ENTRIES));
    return after(storage.pagesAfter(entry, count), (pages) => {
      const audits: FollowedAudit[] = [];
      let last = entry;
      for (const page of pages) {
        for (const [at, record] of entries.open(page).entries()) {
          const number = page.first + at;
          if (number <= entry) continue;
          last = number;
          const audit = this.#reader.audit({ entry: number, leaf: page.leaf + at, record });
          if (audit !== undefined) audits.push({ entry: number, audit });
        }
      }
      return { audits, last };
    });
  }
}
