import { type Awaitable, after } from '../awaitable.ts';
import { MAX_PAGE_ENTRIES } from '../entries/entry-page.ts';
import { eventOf } from '../entries/entry-record.ts';
import type { AuditStretch, FollowedAudit } from '../vault.ts';
import type { ReadingParts } from './version-reader.ts';

/** Reads the AuditEvents of requests in the order in which they were committed, for whoever keeps up with them. */
export class AuditFollower {
  readonly #parts: ReadingParts;

  constructor(parts: ReadingParts) {
    this.#parts = parts;
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
          const { patients, content: text } = record;
          // Only a request's AuditEvent names its patients. Nobody decides on these: their facts are not looked for, nor are they kept.
          if (patients === undefined) continue;
          audits.push({ entry: number, audit: { id: eventOf(record).id, text, patients } });
        }
      }
      return { audits, last };
    });
  }
}
