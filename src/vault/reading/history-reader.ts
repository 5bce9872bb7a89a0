import { type Awaitable, after, all } from '../awaitable.ts';
import { PLAIN_SPAN } from '../blind-index/forms.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { VaultError } from '../error.ts';
import type { Plan } from '../storage/plan.ts';
import type { VersionRow } from '../storage/rows.ts';
import type { StoredVersion } from '../stored-version.ts';
import type { HistoryPage, HistoryQuery } from '../vault.ts';
import type { ReadingParts, VersionReader } from './version-reader.ts';

/** Where a page ends. */
interface Mark {
  readonly updatedMs: number;
  readonly entry: number;
}

/** A version with its place in the history; without the version when nothing may be told of it. */
interface Step extends Mark {
  readonly version: StoredVersion | undefined;
}

/** Reads histories, newest first. */
export class HistoryReader {
  readonly #parts: ReadingParts;
  readonly #reader: VersionReader;

  constructor(parts: ReadingParts, reader: VersionReader) {
    this.#parts = parts;
    this.#reader = reader;
  }

  /** One page. Throws `VaultError` `malformed` for a cursor or time of another form. */
  history(query: HistoryQuery): Awaitable<HistoryPage> {
    const from = query.cursor === undefined ? undefined : markOf(query.cursor);
    const sinceMs = query.since === undefined ? undefined : Date.parse(query.since);
    if (Number.isNaN(sinceMs)) throw new VaultError('malformed', 'A time is RFC 3339.');
    const asked = { from, sinceMs, limit: query.limit };
    if (query.id !== undefined) return this.#ofResource(query.type ?? '', query.id, asked);
    const { type } = query;
    if (type === 'AuditEvent') {
      return after(all([this.#versions(type, asked), this.#audits(asked)]), (lists) =>
        page(merge(lists), asked.limit),
      );
    }
    if (type !== undefined) return after(this.#versions(type, asked), (steps) => page(steps, asked.limit));
    return after(all([this.#versions(undefined, asked), this.#audits(asked)]), (lists) =>
      page(merge(lists), asked.limit),
    );
  }

  #ofResource(type: string, id: string, { from, sinceMs, limit }: Asked): Awaitable<HistoryPage> {
    return after(this.#reader.currentOf(type, id), (current) => {
      if (current === undefined) {
        return after(this.#reader.read(type, id), (audit) => {
          const told =
            audit !== undefined && from === undefined && Date.parse(audit.lastUpdated) >= (sinceMs ?? 0);
          return { versions: told ? [audit] : [], next: undefined };
        });
      }
      const scan = { rid: current.rid, limit: limit + 1, ...optional(from, sinceMs) };
      return after(this.#parts.storage.history(scan), (rows) => {
        const steps = rows.map((row) => ({
          ...markOfRow(row),
          version: this.#reader.open(row, current.name, id),
        }));
        return page(steps, limit);
      });
    });
  }

  /** Versions of a type or of all types, the AuditEvents of requests excepted. */
  #versions(type: string | undefined, { from, sinceMs, limit }: Asked): Awaitable<Step[]> {
    const { storage } = this.#parts;
    const scan = { limit: limit + 1, ...(type === undefined ? {} : { type }), ...optional(from, sinceMs) };
    return after(storage.history(scan), (rows) =>
      after(storage.namesOf(rows.map(({ rid }) => rid)), (names) =>
        rows.map((row, at) => {
          const name = names[at];
          // The logical id of an erased resource is not known any more.
          const known = name !== undefined && row.sealed !== null;
          return { ...markOfRow(row), version: known ? this.#reader.open(row, name) : undefined };
        }),
      ),
    );
  }

  /** The AuditEvents of requests: their rows are numbered by entry. */
  #audits({ from, sinceMs, limit }: Asked): Awaitable<Step[]> {
    const { index, storage } = this.#parts;
    const events: Plan = { kind: 'keys', keys: [index.all('AuditEvent')], custody: 'audit' };
    const updated = index.key('AuditEvent', '_lastUpdated', PLAIN_SPAN);
    const recent: Plan[] =
      sinceMs === undefined
        ? []
        : [{ kind: 'span', key: updated, test: { lowAtLeast: sinceMs }, custody: 'audit' }];
    const before = from === undefined ? {} : { after: { rid: from.entry, values: [] } };
    const found = storage.find({
      plan: { kind: 'and', plans: [events, ...recent] },
      order: [],
      limit: limit + 1,
      ...before,
    });
    return after(found, (rows) =>
      after(all(rows.map(({ rid }) => this.#parts.entries.read(rid))), (entries) =>
        entries.flatMap((entry) => {
          const version = entry === undefined ? undefined : this.#reader.audit(entry);
          if (entry === undefined || version === undefined) return [];
          return [{ entry: entry.entry, updatedMs: Date.parse(version.lastUpdated), version }];
        }),
      ),
    );
  }
}

interface Asked {
  readonly from: Mark | undefined;
  readonly sinceMs: number | undefined;
  readonly limit: number;
}

function optional(from: Mark | undefined, sinceMs: number | undefined) {
  return { ...(from === undefined ? {} : { after: from }), ...(sinceMs === undefined ? {} : { sinceMs }) };
}

function markOfRow({ updatedMs, entry }: VersionRow): Mark {
  return { updatedMs, entry };
}

/** In the order in which they were written, newest first. */
function merge(lists: readonly (readonly Step[])[]): Step[] {
  return lists.flat().sort((a, b) => b.entry - a.entry);
}

function page(steps: readonly Step[], limit: number): HistoryPage {
  const shown = steps.slice(0, limit);
  const last = shown.at(-1);
  const next =
    steps.length > limit && last !== undefined ? encodeCursor([last.updatedMs, last.entry]) : undefined;
  return { versions: shown.flatMap(({ version }) => version ?? []), next };
}

function markOf(cursor: string): Mark {
  const [updatedMs, entry] = decodeCursor(cursor);
  if (typeof updatedMs !== 'number' || typeof entry !== 'number') {
    throw new VaultError('malformed', 'This is no cursor of a history: start again.');
  }
  return { updatedMs, entry };
}
