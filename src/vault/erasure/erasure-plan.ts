import { type Awaitable, after, all } from '../awaitable.ts';
import type { Blind } from '../blind-index/blind-key.ts';
import { type IndexRows, NO_ROWS, packRows, unpackRows } from '../blind-index/index-rows.ts';
import type { DataKeyRow } from '../keys/key-rows.ts';
import type { ReadingParts } from '../reading/version-reader.ts';
import type { ContentRow, Posting, SpanRow, VersionRow } from '../storage/rows.ts';
import type { CurrentRow, Erasure } from '../storage/storage.ts';

/** Versions of one resource read at once: more than any resource has. */
const ALL_VERSIONS = 1_000_000;
/** Members of one compartment: more than any patient's record has. */
const ALL_MEMBERS = 10_000_000;

/** What an erasure comes to in the data. */
export interface ErasurePlan {
  readonly erasure: Omit<Erasure, 'applied'>;
  /** Resources whose newest version goes. */
  readonly erased: readonly CurrentRow[];
  /** Resources that another patient's key still opens. */
  readonly shared: readonly CurrentRow[];
}

/** Whether a data key's wraps all go. True for one that has none any more. */
type Goes = (wraps: readonly DataKeyRow[]) => boolean;

interface Found {
  readonly current: CurrentRow;
  readonly versions: readonly VersionRow[];
  readonly contents: readonly ContentRow[];
}

/** Works out what an erasure touches, before and after the keys are destroyed alike. */
export class ErasurePlanner {
  readonly #parts: ReadingParts;

  constructor(parts: ReadingParts) {
    this.#parts = parts;
  }

  /** All that a compartment alone holds, by the blind names of the Patient and of those merged into it. */
  patient(names: readonly Blind[], compartment: number): Awaitable<ErasurePlan> {
    const { storage, index } = this.#parts;
    const members = names.map((name) => index.member(name));
    const found = members.map((member) =>
      storage.find({
        plan: { kind: 'keys', keys: [member], custody: 'resource' },
        order: [],
        limit: ALL_MEMBERS,
      }),
    );
    return after(all(found), (lists) => {
      const postings = members.map((key, at) => ({ key, rids: (lists[at] ?? []).map(({ rid }) => rid) }));
      const rids = [...new Set(postings.flatMap((posting) => posting.rids))];
      const plan = this.#plan(rids, (wraps) => wraps.every((wrap) => wrap.compartment === compartment));
      return after(plan, (planned) => withoutMembers(planned, postings));
    });
  }

  /** One record with every version. */
  record(rid: number): Awaitable<ErasurePlan> {
    return this.#plan([rid], () => true);
  }

  #plan(rids: readonly number[], goes: Goes): Awaitable<ErasurePlan> {
    return after(all(rids.map((rid) => this.#find(rid))), (found) =>
      planOf(
        found.filter((each) => each !== undefined),
        (rid, generation) => goes(this.#parts.keys.store.data.of(rid, generation)),
      ),
    );
  }

  #find(rid: number): Awaitable<Found | undefined> {
    const { storage } = this.#parts;
    return after(storage.current(rid), (current) => {
      if (current === undefined) return undefined;
      return after(storage.history({ rid, limit: ALL_VERSIONS }), (versions) =>
        after(storage.contentsOf(rid), (contents) => ({ current, versions, contents })),
      );
    });
  }
}

function planOf(found: readonly Found[], isGone: (rid: number, generation: number) => boolean): ErasurePlan {
  const versions: number[] = [];
  const contents: number[] = [];
  const erased: CurrentRow[] = [];
  const shared: CurrentRow[] = [];
  for (const each of found) {
    const { rid } = each.current;
    const gone = new Map<number, boolean>();
    const goes = (generation: number): boolean => {
      const known = gone.get(generation) ?? isGone(rid, generation);
      gone.set(generation, known);
      return known;
    };
    for (const { entry, generation } of each.versions) if (goes(generation)) versions.push(entry);
    for (const { entry, generation } of each.contents) if (goes(generation)) contents.push(entry);
    (goes(each.current.generation) ? erased : shared).push(each.current);
  }
  const erasure = {
    versions,
    contents,
    resources: erased.map(({ rid, name, type, version, entry }) => {
      return { rid, name, type, version, entry, state: 'erased' as const, rows: packRows(NO_ROWS) };
    }),
    ...removedRows(erased),
  };
  return { erasure, erased, shared };
}

function removedRows(erased: readonly CurrentRow[]): { removedPostings: Posting[]; removedSpans: SpanRow[] } {
  const rows = erased.map(({ rid, rows: packed }): [number, IndexRows] => [rid, unpackRows(packed)]);
  return {
    removedPostings: rows.flatMap(([rid, { keys, members }]) =>
      [...keys, ...members].map((key) => ({ key, rids: [rid] })),
    ),
    removedSpans: rows.flatMap(([rid, { spans }]) => spans.map((span) => ({ rid, ...span }))),
  };
}

/** A compartment that is gone has no members, whatever other compartments they are in. */
function withoutMembers(plan: ErasurePlan, postings: readonly Posting[]): ErasurePlan {
  const { erasure, shared } = plan;
  const gone = new Set(postings.map(({ key }) => key));
  const kept = shared.map(({ rid, name, type, version, entry, state, rows }) => {
    const { keys, members, spans } = unpackRows(rows);
    const others = members.filter((key) => !gone.has(key));
    return { rid, name, type, version, entry, state, rows: packRows({ keys, members: others, spans }) };
  });
  const removedPostings = [...erasure.removedPostings, ...postings];
  return { ...plan, erasure: { ...erasure, resources: [...erasure.resources, ...kept], removedPostings } };
}
