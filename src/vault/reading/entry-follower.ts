import { type Awaitable, after } from '../awaitable.ts';
import type { Blind } from '../blind-index/blind-key.ts';
import { MAX_PAGE_ENTRIES } from '../entries/entry-page.ts';
import { eventOf } from '../entries/entry-record.ts';
import type { VersionRow } from '../storage/rows.ts';
import type { StoredVersion } from '../stored-version.ts';
import type { AuditStretch, FollowedAudit, VersionStretch } from '../vault.ts';
import type { ReadingParts, VersionReader } from './version-reader.ts';

/**
 * Reads what was committed in its order, for whoever keeps up with it. Entries are numbered in the order of their commits, so nothing
 * appears behind `last` later.
 */
export class EntryFollower {
  readonly #parts: ReadingParts;
  readonly #reader: VersionReader;

  constructor(parts: ReadingParts, reader: VersionReader) {
    this.#parts = parts;
    this.#reader = reader;
  }

  /** The AuditEvents of requests after an entry. */
  audits(entry: number, limit: number): Awaitable<AuditStretch> {
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

  /** The versions after an entry, of the types that are wanted. */
  versions(entry: number, limit: number, wants: (type: string) => boolean): Awaitable<VersionStretch> {
    const { storage } = this.#parts;
    return after(storage.versionsAfter(entry, limit), (rows) => {
      const wanted = rows.filter(({ type, sealed }) => sealed !== null && wants(type));
      return after(storage.namesOf(wanted.map(({ rid }) => rid)), (names) => ({
        versions: wanted.flatMap((row, at) => {
          const version = this.#open(row, names[at]);
          return version === undefined ? [] : [{ entry: row.entry, version }];
        }),
        last: rows.at(-1)?.entry ?? entry,
        isEnd: rows.length < limit,
      }));
    });
  }

  /** The id of the event at an entry. */
  eventAt(entry: number): Awaitable<string | undefined> {
    return after(this.#parts.entries.read(entry), (found) =>
      found === undefined ? undefined : eventOf(found.record).id,
    );
  }

  #open(row: VersionRow, name: Blind | undefined): StoredVersion | undefined {
    // Whoever keeps up reads what was just written, and several may read it.
    const known = this.#parts.cache.ofRow(row.rid);
    if (known?.version === row.version) return known;
    return name === undefined ? undefined : this.#reader.merged(this.#reader.open(row, name));
  }
}
