import { extractIndex, parseResource, type Search } from '../../r4/index.ts';
import { type Awaitable, after, all } from '../awaitable.ts';
import { custodyOf } from '../blind-index/blind-index.ts';
import { PLAIN_SPAN } from '../blind-index/forms.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { VaultError } from '../error.ts';
import type { ReadingParts, VersionReader } from '../reading/version-reader.ts';
import type { Plan, Position, SpanOrder } from '../storage/plan.ts';
import type { StoredVersion } from '../stored-version.ts';
import type { CompartmentQuery, Hit, SearchPage, VaultQuery } from '../vault.ts';
import { entriesMatch } from './entry-match.ts';
import type { PlainFilter } from './filter-plan.ts';
import { SearchPlanner } from './search-planner.ts';

/** Rows read for one page when the index says too much: about a tenth of a second; past it the search must be narrowed. */
const MAX_RECHECKED = 2_000;
/** Rows read at a time once some were dropped. */
const NEXT_ROWS = 64;

/** What is asked of a search's rows beyond the plan. */
type Keep = (version: StoredVersion) => boolean;

interface Walk {
  readonly plan: Plan;
  readonly order: readonly SpanOrder[];
  readonly keep: Keep;
  readonly limit: number;
  readonly cursor: string | undefined;
}

/** Runs searches. */
export class SearchReader {
  readonly #parts: ReadingParts;
  readonly #reader: VersionReader;
  readonly #planner: SearchPlanner;

  constructor(parts: ReadingParts, reader: VersionReader) {
    this.#parts = parts;
    this.#reader = reader;
    this.#planner = new SearchPlanner(parts);
  }

  /** One page. Throws `VaultError` `too-costly` or `malformed`. */
  search({ search, limit, cursor, patient }: VaultQuery): Awaitable<SearchPage> {
    const order = search.sort.map(({ param, descending }): SpanOrder => {
      const key = this.#parts.index.key(search.type, param, PLAIN_SPAN);
      return { key, descending, custody: custodyOf(search.type) };
    });
    return after(this.#planner.plan(search, patient), ({ plan, recheck }) =>
      this.#page({ plan, order, keep: keeper(search, recheck, patient), limit, cursor }),
    );
  }

  /** How many match. Throws `VaultError` `too-costly`. */
  count({ search, patient }: Pick<VaultQuery, 'search' | 'patient'>): Awaitable<number> {
    return after(this.#planner.plan(search, patient), ({ plan, recheck }) => {
      if (recheck.length === 0 && patient === undefined) return this.#parts.storage.count(plan);
      return after(
        this.#page({
          plan,
          order: [],
          keep: keeper(search, recheck, patient),
          limit: MAX_RECHECKED,
          cursor: undefined,
        }),
        ({ hits, next }) => {
          if (next !== undefined) throw tooCostly();
          return hits.length;
        },
      );
    });
  }

  /** One page of a patient's compartment. */
  compartment({ patient, cursor, limit }: CompartmentQuery): Awaitable<SearchPage> {
    const own = [patient, ...this.#parts.merges.into(patient)];
    const keys = own.map((each) => this.#parts.index.compartment('', each));
    const plan: Plan = { kind: 'keys', keys, custody: 'resource' };
    // Deleted resources stay members, and so do those that moved to another patient.
    const keep: Keep = (version) => version.deleted === undefined && version.patients.includes(patient);
    return this.#page({ plan, order: [], keep, limit, cursor });
  }

  #page(walk: Walk): Awaitable<SearchPage> {
    return this.#fill(walk, walk.cursor === undefined ? undefined : positionOf(walk.cursor), [], 0);
  }

  /** Reads rows until the page is full. One row more than asked for tells whether there is a next page. */
  #fill(walk: Walk, from: Position | undefined, hits: Hit[], seen: number): Awaitable<SearchPage> {
    const wanted = Math.max(walk.limit - hits.length + 1, seen === 0 ? 0 : NEXT_ROWS);
    const position = from === undefined ? {} : { after: from };
    const found = this.#parts.storage.find({
      plan: walk.plan,
      order: walk.order,
      limit: wanted,
      ...position,
    });
    return after(found, (rows) =>
      after(all(rows.map(({ rid }) => this.#reader.ofRow(rid))), (versions) => {
        let last = from;
        for (const [at, row] of rows.entries()) {
          const version = versions[at];
          if (version !== undefined && walk.keep(version)) {
            if (hits.length === walk.limit)
              return { hits, next: last === undefined ? undefined : cursorOf(last) };
            hits.push({ type: version.type, id: version.id, version: version.version });
          }
          last = row;
        }
        if (rows.length < wanted || last === undefined) return { hits, next: undefined };
        if (seen + rows.length > MAX_RECHECKED + walk.limit) {
          if (hits.length === 0) throw tooCostly();
          return { hits, next: cursorOf(last) };
        }
        return this.#fill(walk, last, hits, seen + rows.length);
      }),
    );
  }
}

function keeper(search: Search, recheck: readonly PlainFilter[], patient: string | undefined): Keep {
  return (version) => {
    if (version.text === undefined || version.type !== search.type) return false;
    if (patient !== undefined && !version.patients.includes(patient)) return false;
    if (recheck.length === 0) return true;
    const entries = extractIndex(parseResource(version.text).resource);
    return recheck.every((filter) => entriesMatch(filter, entries, version.id));
  };
}

function cursorOf({ rid, values }: Position): string {
  return encodeCursor([rid, ...values]);
}

function positionOf(cursor: string): Position {
  const [rid, ...values] = decodeCursor(cursor);
  if (typeof rid !== 'number')
    throw new VaultError('malformed', 'This is no cursor of a search: start again.');
  return { rid, values };
}

function tooCostly(): VaultError {
  return new VaultError('too-costly', 'The search would have to read too many resources: narrow it.');
}
