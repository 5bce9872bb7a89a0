/** What can be wrong. */
export type ProblemCode =
  /** The file itself: SQLite's own check. */
  | 'file-damaged'
  /** A version does not decrypt, or not as what it is stored as. */
  | 'version-damaged'
  /** The key of a version is gone, and nothing says that it was erased. */
  | 'key-missing'
  /** A wrapped key does not open. */
  | 'key-damaged'
  /** A version is missing between others, or the newest one is. */
  | 'version-missing'
  /** A version has no log entry that says what it says. */
  | 'commitment-mismatch'
  /** A page of openings does not decrypt. */
  | 'entry-damaged'
  /** An opening does not open the log's leaf, or the log has none there. */
  | 'leaf-mismatch'
  /** An opening's event tells of something that is not stored. */
  | 'object-missing'
  /** Index rows are not what the content gives. */
  | 'index-mismatch'
  /** A row stands under a blind name that is not its own, or has none. */
  | 'name-mismatch'
  /** A tombstone's key is still here. */
  | 'erasure-incomplete';

/** One thing that is wrong, and where. */
export interface Problem {
  readonly code: ProblemCode;
  /** `Type/id/_history/n`, `Type/id`, an event id, or `row <n>` when nothing more is known. */
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
    /** Data keys of writes that were cut short: harmless. */
    readonly unusedKeys: number;
  };
  readonly problems: readonly Problem[];
}

/** How to check. */
export interface FsckOptions {
  /** The log's record at a leaf; undefined when it has none. Without it, openings are not held against the log. */
  readonly entry?: (leaf: number) => Uint8Array | undefined;
  /** Problems reported at most. */
  readonly limit?: number;
}
