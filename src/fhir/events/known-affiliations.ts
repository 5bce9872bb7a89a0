/** Asked after each judgement: true when it rests on known affiliations, or these were waited for long enough. */
export type IsKnown = () => boolean;

/**
 * Whether it is known who belongs to the groups that consents name, and for whom a representative may ask, for one stream. While that is
 * being read it denies, and what a stream passes over then it would never come back to.
 */
export class KnownAffiliations {
  readonly #knownReading: () => number | undefined;
  readonly #patienceMs: number;
  readonly #clock: () => number;
  /** Since when something waits. Ended only by a look at which nothing had to: what goes on changing is waited for once. */
  #sinceMs: number | undefined;
  /** It was waited for long enough, and what is not known is not known since. */
  #isOver = false;
  /** Of the look before: whether it was known then, and whether anything judged by it had to wait. */
  #before = { isKnown: true, hasWaited: false };

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
    const { isKnown, hasWaited } = this.#before;
    // Nothing waits any more, or waited for long enough for what is not known yet.
    if (!hasWaited && (isKnown || !this.#isOver)) {
      this.#sinceMs = undefined;
      this.#isOver = false;
    }
    this.#before = { isKnown: this.#knownReading() !== undefined, hasWaited: false };
    return this.lookAgain();
  }

  /** As {@link look}, at what the last look found: one that has to wait here waits since the first did. */
  lookAgain(): IsKnown {
    const known = this.#knownReading();
    return () => (known !== undefined && this.#knownReading() === known) || this.#isLongEnough();
  }

  #isLongEnough(): boolean {
    const nowMs = this.#clock();
    this.#before.hasWaited = true;
    this.#sinceMs ??= nowMs;
    this.#isOver ||= nowMs - this.#sinceMs > this.#patienceMs;
    return this.#isOver;
  }
}
