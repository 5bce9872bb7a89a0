import type { Blind } from '../blind-index/blind-key.ts';

/** Whether a version can be read. */
export type RowState = 'live' | 'deleted' | 'erased';

/** A resource as it stands now. Audits have none: their row id is the number of their entry. */
export interface ResourceRow {
  readonly rid: number;
  readonly name: Blind;
  readonly type: string;
  /** Number of the newest version. */
  readonly version: number;
  /** Entry of the newest version. */
  readonly entry: number;
  readonly state: RowState;
  /** The index rows of the newest version, packed, so that they can be removed without reading it. */
  readonly rows: Uint8Array;
}

/** One sealed version. */
export interface VersionRow {
  /** Number of the entry that committed to it. */
  readonly entry: number;
  readonly rid: number;
  readonly version: number;
  readonly type: string;
  /** `meta.lastUpdated`, milliseconds since 1970. */
  readonly updatedMs: number;
  /** Generation of the data key; 0 in audit custody, which has none. */
  readonly generation: number;
  readonly state: RowState;
  /** Null once erased. */
  readonly sealed: Uint8Array | null;
}

/** A page of sealed entries with its place in the log. */
export interface PageRow {
  readonly first: number;
  readonly count: number;
  /** Log index of the first entry; the others follow. */
  readonly leaf: number;
  readonly sealed: Uint8Array;
}

/** Content of an event that is kept under a resource's data key, so that it goes with it. */
export interface ContentRow {
  readonly entry: number;
  readonly rid: number;
  readonly generation: number;
  /** Null once erased. */
  readonly sealed: Uint8Array | null;
}

/** A blind value and the rows it is found by. */
export interface Posting {
  readonly key: Blind;
  readonly rids: readonly number[];
}

/** A value in the clear: a moment, a stretch of time, a number with its precision. */
export interface SpanRow {
  /** The search parameter, and the unit of a quantity. */
  readonly key: Blind;
  readonly rid: number;
  readonly low: number;
  readonly high: number;
  /** What it is compared and sorted by: a number without its precision, the beginning of a stretch of time. */
  readonly value: number;
}

/** A retention hold, sealed. */
export interface HoldRow {
  /** 32 hexadecimal digits. */
  readonly id: string;
  /** Of the resource or Patient. */
  readonly name: Blind;
  readonly sealed: Uint8Array;
}

/** Everything one group commit writes. */
export interface Batch {
  /** One for each entry, in order: what the log is given. */
  readonly commitments: readonly Uint8Array[];
  /** Their openings; `leaf` counts from the batch's first commitment. */
  readonly pages: readonly PageRow[];
  readonly names: readonly { readonly name: Blind; readonly rid: number }[];
  readonly resources: readonly ResourceRow[];
  readonly versions: readonly VersionRow[];
  readonly contents: readonly ContentRow[];
  readonly postings: readonly Posting[];
  readonly spans: readonly SpanRow[];
  readonly removedPostings: readonly Posting[];
  readonly removedSpans: readonly SpanRow[];
  /** Entries that hold a tombstone. */
  readonly tombstones: readonly number[];
  readonly holds: readonly HoldRow[];
  /** Ids of holds that end. */
  readonly releasedHolds: readonly string[];
}

/** A batch that writes nothing; spread it and set what is written. */
export const EMPTY_BATCH: Batch = {
  commitments: [],
  pages: [],
  names: [],
  resources: [],
  versions: [],
  contents: [],
  postings: [],
  spans: [],
  removedPostings: [],
  removedSpans: [],
  tombstones: [],
  holds: [],
  releasedHolds: [],
};
