import type { Search } from '../r4/index.ts';
import type { Awaitable } from './awaitable.ts';
import type { Change, Logged } from './change.ts';
import type { ErasureOrder, Hold, HoldOrder, Tombstone } from './erasure/tombstone.ts';
import type { FsckOptions, FsckReport } from './integrity/report.ts';
import type { Merge } from './keys/merged-patients.ts';
import type { RotationProgress } from './keys/rotation.ts';
import type { Head, Opening, StoredVersion } from './stored-version.ts';

/** State as it is when the locks are held. */
export interface Reader {
  /** The newest version, or the one named; undefined when there is none. */
  read(type: string, id: string, version?: number): StoredVersion | undefined;
  /** The newest version's number; undefined when there is no such resource. */
  head(type: string, id: string): Head | undefined;
}

/** A search to run. */
export interface VaultQuery {
  readonly search: Search;
  /** Hits a page at most. */
  readonly limit: number;
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
  /** Only the compartment of this patient. */
  readonly patient?: string | undefined;
}

/** A resource that matches, at its newest version. */
export interface Hit {
  readonly type: string;
  readonly id: string;
  readonly version: number;
}

/** One page of hits. Without `_sort`, newest row first. */
export interface SearchPage {
  readonly hits: readonly Hit[];
  /** Where the next page begins; undefined at the end. */
  readonly next: string | undefined;
}

/** A history to read. */
export interface HistoryQuery {
  /** With `id`: of one resource. Without: of a type, or of everything. */
  readonly type?: string | undefined;
  readonly id?: string | undefined;
  /** RFC 3339: only versions updated at this time or later. */
  readonly since?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** One page of a history, newest first. Of an erased resource only its own history says that it was there. */
export interface HistoryPage {
  readonly versions: readonly StoredVersion[];
  readonly next: string | undefined;
}

/** The AuditEvent of a request with the number of its entry. */
export interface FollowedAudit {
  readonly entry: number;
  readonly audit: Required<Pick<StoredVersion, 'id' | 'text' | 'patients'>>;
}

/** What came after an entry, oldest first; `last` is the newest entry that was looked at. */
export interface AuditStretch {
  readonly audits: readonly FollowedAudit[];
  readonly last: number;
}

/** A version with the number of its entry. */
export interface FollowedVersion {
  readonly entry: number;
  readonly version: StoredVersion;
}

/** Versions written after an entry, oldest first; `last` is the newest entry that was looked at, `isEnd` when there was no more. */
export interface VersionStretch {
  readonly versions: readonly FollowedVersion[];
  readonly last: number;
  readonly isEnd: boolean;
}

/** A patient's compartment to read. */
export interface CompartmentQuery {
  readonly patient: string;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/**
 * An organisation's records: sealed versions, their blind index, and the openings of its log. Every method throws
 * `VaultError`. Reads answer at once when the store is in this process, and with a promise otherwise: await them.
 */
export interface Vault {
  /**
   * Read-modify-write. Takes the locks named (any strings; a resource's is `Type/id`), builds the change from the state it
   * then sees, and commits it together with other requests. Resolves when durable; receipts stand in the order versions,
   * audits, events. What `build` throws changes nothing.
   */
  transact<T>(
    locks: readonly string[],
    build: (read: Reader) => { change: Change; result: T },
  ): Promise<{ result: T; receipts: Logged[] }>;
  /** Commits what needs no lock: new ids, audits, events. Resolves when durable. */
  commit(change: Change): Promise<Logged[]>;
  /** Why nothing can be committed until the process starts anew; undefined while it can. */
  problem(): string | undefined;
  /** The newest version, or the one named; undefined when there is none. Deleted and erased ones say so. */
  read(type: string, id: string, version?: number): Awaitable<StoredVersion | undefined>;
  /** The newest version's number; undefined when there is no such resource. */
  head(type: string, id: string): Awaitable<Head | undefined>;
  /** One page of a search over newest versions. Throws `too-costly` rather than answer in part. */
  search(query: VaultQuery): Awaitable<SearchPage>;
  /** How many resources match. */
  count(query: Pick<VaultQuery, 'search' | 'patient'>): Awaitable<number>;
  /** Versions, newest first; no versions when there is no such resource. */
  history(query: HistoryQuery): Awaitable<HistoryPage>;
  /** Live resources in a patient's compartment, audit custody excepted. */
  compartment(query: CompartmentQuery): Awaitable<SearchPage>;
  /** What opens the entry of a version (`Type/id/_history/n`), or of an event by its id; undefined when there is none. */
  opening(objectOrEventId: string): Awaitable<Opening | undefined>;
  /** The AuditEvents of requests after an entry, in the order in which they were committed; about `limit` entries at once. */
  auditsAfter(entry: number, limit: number): Awaitable<AuditStretch>;
  /**
   * Versions written after an entry, of the types that are wanted, in the order in which they were committed; at most `limit` are looked
   * at. AuditEvents of requests are none of them, and what was erased is left out.
   */
  versionsAfter(entry: number, limit: number, wants: (type: string) => boolean): Awaitable<VersionStretch>;
  /** The id of the event at an entry, by which an entry is told from another of its number in a restored vault; undefined when there is none. */
  eventAt(entry: number): Awaitable<string | undefined>;
  /** The newest entry's number; 0 when there is none. */
  newestEntry(): Awaitable<number>;
  /** Erases a patient or a record for good (DESIGN §5). Throws `retained`, naming the rule or hold. */
  erase(order: ErasureOrder): Promise<Tombstone>;
  /** Every tombstone, oldest first. */
  tombstones(): Promise<Tombstone[]>;
  /** Destroys the keys of these ids where they are still here: after a restore, before anything is served. Returns how many were. */
  applyErasures(keyIds: readonly string[]): Promise<number>;
  /** Every erasure, oldest first: its tombstone, and the id of the event whose receipt proves it. */
  erasures(): Promise<{ tombstone: Tombstone; event: string }[]>;
  /**
   * Wraps the keys of one patient's compartment for another: one patient from now on, and apart again by {@link Vault.unmerge}.
   * Content, versions and receipts stay. Throws `not-found`, `erased`, or `retained` when one is merged already.
   */
  merge(from: string, into: string, actor: string): Promise<Merge>;
  /** Takes a merge apart. Throws `not-found`. */
  unmerge(from: string, actor: string): Promise<Merge>;
  /** Forbids erasure until released. */
  placeHold(order: HoldOrder): Promise<Hold>;
  /** Ends a hold. Throws `not-found`. */
  releaseHold(id: string, actor: string): Promise<void>;
  /** Holds that stand. */
  holds(): Promise<Hold[]>;
  /** Wraps every key anew, under a new key-encryption key and new compartment keys; content is not touched. */
  rotate(onProgress?: (progress: RotationProgress) => void): Promise<RotationProgress>;
  /** Checks everything against everything; changes nothing. */
  fsck(options?: FsckOptions): Promise<FsckReport>;
  /** Copies the data, which holds no key, to a new file; writers go on. */
  backupData(path: string): Promise<void>;
  /** Copies the key store to a new file, sealed under the epoch key of the day. */
  backupKeys(path: string): Promise<{ epoch: string; expires: string }>;
  /** Resolves when everything that was accepted is durable or refused; then refuses more. */
  close(): Promise<void>;
}
