import type { Awaitable } from '../awaitable.ts';
import type { Blind } from '../blind-index/blind-key.ts';
import type { FoundRow, Plan, PlanPage } from './plan.ts';
import type {
  Batch,
  ContentRow,
  HoldRow,
  PageRow,
  Posting,
  ResourceRow,
  SpanRow,
  VersionRow,
} from './rows.ts';

/** A resource with its newest version. */
export interface CurrentRow extends ResourceRow {
  readonly generation: number;
  readonly updatedMs: number;
  readonly sealed: Uint8Array | null;
}

/** One page of a history, newest first. */
export interface HistoryScan {
  /** Of one resource. */
  readonly rid?: number;
  /** Of a type; with neither, of everything. */
  readonly type?: string;
  /** Only versions updated at this time or later. */
  readonly sinceMs?: number;
  /** Only what comes after this one. */
  readonly after?: { readonly updatedMs: number; readonly entry: number };
  readonly limit: number;
}

/** The largest numbers given out. */
export interface LastNumbers {
  readonly entry: number;
  readonly rid: number;
}

/** What erasing resources does to the data: versions lose their bytes, resources their index rows. */
export interface Erasure {
  /** Versions by entry. */
  readonly versions: readonly number[];
  /** Resources whose newest version is among them. */
  readonly resources: readonly ResourceRow[];
  /** Contents by entry. */
  readonly contents: readonly number[];
  readonly removedPostings: readonly Posting[];
  readonly removedSpans: readonly SpanRow[];
  /** Ids of the destroyed keys, which are then known to be applied. */
  readonly applied: readonly Uint8Array[];
}

/**
 * Where rows are kept. It sees no key and no value in the clear but those of `SpanRow`. A store in this process answers
 * with values, one behind a network with promises. Errors are `VaultError`: `full`, `busy`, `unavailable`, `damaged`.
 */
export interface Storage {
  /** True when every answer is a value, false when some are promises. */
  readonly answersAtOnce: boolean;
  /** The largest numbers in use; 0 where there are none. */
  lastNumbers(): Awaitable<LastNumbers>;
  /** Writes a batch and appends its commitments to the log, all or nothing, durable on return. Returns the log index of the first. */
  commit(batch: Batch): Awaitable<number>;
  /** Reads these postings anew: another connection may have written them. */
  forget(keys: Iterable<Blind>): void;
  /** Applies an erasure, all or nothing, durable on return. */
  erase(erasure: Erasure): Awaitable<void>;
  /** The row id under a blind name; undefined when there is none. */
  named(name: Blind): Awaitable<number | undefined>;
  /** The entry of an event by its id, which stands among the postings of audit custody; undefined when there is none. */
  entryOf(eventId: Blind): Awaitable<number | undefined>;
  /** A resource by blind name; undefined when there is none. */
  currentNamed(name: Blind): Awaitable<CurrentRow | undefined>;
  /** A resource by row id; undefined when there is none. */
  current(rid: number): Awaitable<CurrentRow | undefined>;
  /** One version of a resource; undefined when there is none. */
  version(rid: number, version: number): Awaitable<VersionRow | undefined>;
  /** Versions, newest first. */
  history(scan: HistoryScan): Awaitable<VersionRow[]>;
  /** Versions with an entry beyond this one, oldest first. */
  versionsAfter(entry: number, limit: number): Awaitable<VersionRow[]>;
  /** Blind names of rows, in their order; undefined where there is none. */
  namesOf(rids: readonly number[]): Awaitable<(Blind | undefined)[]>;
  /** The page that holds an entry; undefined when none does. */
  page(entry: number): Awaitable<PageRow | undefined>;
  /** Pages with an entry beyond this one, oldest first, at most so many. */
  pagesAfter(entry: number, limit: number): Awaitable<PageRow[]>;
  /** The content kept for an entry; undefined when there is none. */
  content(entry: number): Awaitable<ContentRow | undefined>;
  /** The contents kept under the data keys of a resource. */
  contentsOf(rid: number): Awaitable<ContentRow[]>;
  /** One page of a plan. Throws `VaultError` `too-costly` when sorting would hold too many rows. */
  find(page: PlanPage): Awaitable<FoundRow[]>;
  /** How many rows a plan has. */
  count(plan: Plan): Awaitable<number>;
  /** Entries that hold tombstones, oldest first. */
  tombstones(): Awaitable<number[]>;
  /** Destroyed keys whose erasure has been applied to the data. */
  applied(): Awaitable<Uint8Array[]>;
  /** Holds that stand. */
  holds(): Awaitable<HoldRow[]>;
  /** Every row of a table, for `fsck`, in the order of its key. */
  eachResource(): AnyIterable<ResourceRow>;
  eachVersion(): AnyIterable<VersionRow>;
  eachPage(): AnyIterable<PageRow>;
  eachName(): AnyIterable<{ name: Blind; rid: number }>;
  eachPosting(): AnyIterable<Posting>;
  eachSpan(): AnyIterable<SpanRow>;
  /** Rows that a search would pass over although their spans are there. */
  hidden(): Awaitable<number[]>;
  /** What the store itself finds wrong with its files; empty when nothing. */
  problems(): Awaitable<string[]>;
  /** A consistent copy, for a backup; writers go on meanwhile. */
  copyTo(path: string): Promise<void>;
}

/** Iterated with `for await`. */
export type AnyIterable<T> = Iterable<T> | AsyncIterable<T>;
