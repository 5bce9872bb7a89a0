import type { FsckReport, Problem, ProblemCode } from './report.ts';

/** A damaged file gives one problem for each of its records: enough to see what kind of damage it is. */
const DEFAULT_LIMIT = 1_000;

/** Gathers what a check finds. */
export class Findings {
  readonly checked = { versions: 0, entries: 0, resources: 0, indexRows: 0, keys: 0, unusedKeys: 0 };
  readonly #problems: Problem[] = [];
  readonly #limit: number;
  #found = 0;

  constructor(limit = DEFAULT_LIMIT) {
    this.#limit = limit;
  }

  /** Notes a problem. */
  add(code: ProblemCode, object: string, detail: string): void {
    this.#found += 1;
    if (this.#problems.length < this.#limit) this.#problems.push({ code, object, detail });
  }

  /** The report. */
  report(): FsckReport {
    return { ok: this.#found === 0, checked: { ...this.checked }, problems: this.#problems };
  }
}
