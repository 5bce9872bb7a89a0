/** What is usual is the median of so many commits: a single one may have come just before its block was cut. */
const SAMPLE = 8;
/** What lasts less is a burst, and moves nothing: a peer that starts again, or an import that another organisation makes. */
const PERIOD_MS = 30 * 60_000;
/** Fewest medians that a period says something by: who hardly submits does not forget sooner. */
const FEWEST = 8;

/**
 * How long a commit takes on this network when nothing is in its way: the fastest median so far. It is forgotten for the fastest of a
 * whole period when the window was at its least for most of it, so that the network itself became slower: time that an organisation's own
 * traffic costs must not become usual, or the window would grow by it again, and so on.
 */
export class UsualTime {
  #ms = Number.POSITIVE_INFINITY;
  #sample: number[] = [];
  #period: { readonly beganMs: number; fastestMs: number; medians: number; atLeast: number };

  /** `nowMs` of a monotonic clock, as in {@link count}. */
  constructor(nowMs: number) {
    this.#period = begun(nowMs);
  }

  /** Milliseconds; infinity before enough was seen. */
  get ms(): number {
    return this.#ms;
  }

  /** Takes a commit into account; `isAtLeast` when the window is as small as it gets. */
  count(tookMs: number, nowMs: number, isAtLeast: boolean): void {
    this.#sample.push(tookMs);
    if (this.#sample.length < SAMPLE) return;
    const medianMs = this.#sample.sort((a, b) => a - b)[SAMPLE / 2] ?? tookMs;
    this.#sample = [];
    this.#ms = Math.min(this.#ms, medianMs);
    const period = this.#period;
    period.fastestMs = Math.min(period.fastestMs, medianMs);
    period.medians += 1;
    period.atLeast += isAtLeast ? 1 : 0;
    if (nowMs - period.beganMs < PERIOD_MS || period.medians < FEWEST) return;
    if (2 * period.atLeast > period.medians) this.#ms = period.fastestMs;
    this.#period = begun(nowMs);
  }
}

const begun = (nowMs: number) => ({
  beganMs: nowMs,
  fastestMs: Number.POSITIVE_INFINITY,
  medians: 0,
  atLeast: 0,
});
