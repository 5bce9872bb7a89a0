/** Asked after each judgement, with its entry: true when it rests on known affiliations, or these were waited for long enough. */
export type IsKnown = (entry: number) => boolean;

/**
 * Whether it is known who belongs to the groups that consents name, and for whom a representative may ask, for one stream. While that is
 * being read it denies, and what a stream passes over then it would never come back to.
 */
export class KnownAffiliations {
  readonly #knownReading: () => number | undefined;
  readonly #patienceMs: number;
  readonly #clock: () => number;
  /** The entry that waits, and since when. */
  #waiting: { readonly entry: number; readonly sinceMs: number } | undefined;
  /** It was waited for long enough, and what is not known is not known since. */
  #isOver = false;

  /** `knownReading`: number of the newest reading, undefined while something is not known. `clock`: milliseconds since any beginning. */
  constructor(
    knownReading: () => number | undefined,
    patienceMs: number,
    clock: () => number = () => performance.now(),
  ) {
    this.#knownReading = knownReading;
    this.#patienceMs = patienceMs;
    this.#clock = clock;
  }

  /** Begins a look: what is judged from now on must rest on the same reading. */
  look(): IsKnown {
    const known = this.#knownReading();
    if (known !== undefined) this.#isOver = false;
    return (entry) => {
      if (known !== undefined && this.#knownReading() === known) {
        this.#waiting = undefined;
        return true;
      }
      return this.#isOver || this.#hasWaited(entry);
    };
  }

  #hasWaited(entry: number): boolean {
    const nowMs = this.#clock();
    if (this.#waiting?.entry !== entry) this.#waiting = { entry, sinceMs: nowMs };
    this.#isOver = nowMs - this.#waiting.sinceMs > this.#patienceMs;
    return this.#isOver;
  }
}
