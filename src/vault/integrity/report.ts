/** What can be wrong. */
export type ProblemCode =
  /** The file itself: SQLite's own check. */
  | 'file-damaged'
  /** A version does not decrypt, or is not what it is stored as. */
  | 'version-damaged'
  /** A version is missing between others, is the newest one and gone, or was emptied without an erasure. */
  | 'version-missing'
  /** A version has no log entry that says what it says. */
  | 'commitment-mismatch'
  /** The key of a version is not in the key store, and nothing says that it was erased. */
  | 'key-missing'
  /** A wrapped key does not open. */
  | 'key-damaged'
  /** A page of openings does not decrypt, or what it holds is not of its form. */
  | 'entry-damaged'
  /** A leaf of the log has no opening, and recovery did not lose it. */
  | 'entry-missing'
  /** An opening does not open the log's leaf, or the log has none there. */
  | 'leaf-mismatch'
  /** An entry tells of a version that is not stored. */
  | 'object-missing'
  /** Index rows are not what the content gives. */
  | 'index-mismatch'
  /** A row stands under a blind name that is not its own, or under none. */
  | 'name-mismatch'
  /** A legal hold does not decrypt. */
  | 'hold-damaged'
  /** A tombstone's key is still here, or its data is. */
  | 'erasure-incomplete';

/** One thing that is wrong, and where. */
export interface Problem {
  readonly code: ProblemCode;
  /** `Type/id/_history/n`, `Type/id`, an event's object, or `row <n>` when nothing more can be known. */
  readonly object: string;
  /** No health data. */
  readonly detail: string;
}

/** What a check found. */
export interface FsckReport {
  readonly ok: boolean;
  readonly checked: {
    readonly versions: number;
    readonly entries: number;
    readonly resources: number;
    readonly indexRows: number;
    readonly keys: number;
    /** Data keys of writes that were cut short before they were acknowledged: harmless. */
    readonly unusedKeys: number;
  };
  /** At most as many as asked for. */
  readonly problems: readonly Problem[];
}

/** How to check. */
export interface FsckOptions {
  /** The log; without it, openings are not held against it. */
  readonly log?: {
    /** The record at a leaf; undefined when there is none. */
    readonly entry: (leaf: number) => Uint8Array | undefined;
    readonly size: () => number;
    /** Leaves whose openings a recovery lost; `beyond` is one past the last. */
    readonly recovered?: () => readonly { readonly first: number; readonly beyond: number }[];
  };
  /** Problems reported at most; 1,000 when absent. */
  readonly limit?: number;
}
