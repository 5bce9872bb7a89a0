/** One thing that is wrong in a data folder, and where (FORMATS §7). */
export interface FolderProblem {
  /** Stable, for scripts. */
  readonly code: string;
  /** Whose it is; `ledger` for the ledger, which belongs to all. */
  readonly organisation: string;
  /** `Type/id/_history/n`, an event's id, a log's origin, a block, or a file of the folder. */
  readonly object: string;
  /** A sentence; no health data. */
  readonly detail: string;
}

/** How much was looked at. */
export interface FolderCounts {
  organisations: number;
  /** Resources and their versions. */
  resources: number;
  versions: number;
  /** Openings of log entries, and rows of the blind index. */
  openings: number;
  indexRows: number;
  /** Entries of the organisations' own logs, and of those that they mirror. */
  entries: number;
  mirrored: number;
  blocks: number;
}

/** What a check of a data folder found. */
export interface FolderReport {
  readonly ok: boolean;
  readonly checked: FolderCounts;
  readonly problems: readonly FolderProblem[];
}

/** Collects findings; the same one counts once. */
export class FolderFindings {
  readonly counts: FolderCounts = {
    organisations: 0,
    resources: 0,
    versions: 0,
    openings: 0,
    indexRows: 0,
    entries: 0,
    mirrored: 0,
    blocks: 0,
  };
  readonly #problems = new Map<string, FolderProblem>();

  add(problem: FolderProblem): void {
    const key = keyOf(problem);
    if (!this.#problems.has(key)) this.#problems.set(key, problem);
  }

  report(): FolderReport {
    const problems = [...this.#problems.values()];
    return { ok: problems.length === 0, checked: this.counts, problems };
  }
}

/** Findings of the second report that the first one has too: what was only under way in between is none. */
export function confirmed(first: FolderReport, second: FolderReport): FolderReport {
  const before = new Set(first.problems.map(keyOf));
  const problems = second.problems.filter((problem) => before.has(keyOf(problem)));
  return { ...second, ok: problems.length === 0, problems };
}

function keyOf({ code, organisation, object }: FolderProblem): string {
  return `${code}\n${organisation}\n${object}`;
}
