import type { Blind } from '../blind-index/blind-key.ts';
import type { EntryRecord } from '../entries/entry-record.ts';
import type { Batch, ContentRow, Posting, ResourceRow, SpanRow, VersionRow } from '../storage/rows.ts';
import type { StoredVersion } from '../stored-version.ts';

/** An entry ready to be written. */
export interface PreparedEntry {
  readonly entry: number;
  readonly eventId: string;
  readonly object: string;
  readonly record: EntryRecord;
  readonly commitment: Uint8Array;
}

/** One change, ready to be written together with others. */
export interface Member {
  /** Erasures carried out when it was prepared: a later one may have destroyed the keys it is sealed under. */
  readonly erasures: number;
  /** Numbered without gaps. */
  readonly entries: PreparedEntry[];
  readonly names: { name: Blind; rid: number }[];
  readonly resources: ResourceRow[];
  readonly versions: VersionRow[];
  readonly contents: ContentRow[];
  /** Blind values by row, in lists that rows may share. */
  readonly keys: { rid: number; groups: readonly (readonly Blind[])[] }[];
  readonly spans: SpanRow[];
  readonly removedPostings: Posting[];
  readonly removedSpans: SpanRow[];
  readonly tombstones: Batch['tombstones'][number][];
  readonly holds: Batch['holds'][number][];
  readonly releasedHolds: string[];
  /** What the cache holds once it is durable. */
  readonly stored: { rid: number; version: StoredVersion }[];
  /** Blind names that are being written. */
  readonly pending: Blind[];
}

/** A member with nothing in it. */
export function emptyMember(erasures: number): Member {
  return {
    erasures,
    entries: [],
    names: [],
    resources: [],
    versions: [],
    contents: [],
    keys: [],
    spans: [],
    removedPostings: [],
    removedSpans: [],
    tombstones: [],
    holds: [],
    releasedHolds: [],
    stored: [],
    pending: [],
  };
}
