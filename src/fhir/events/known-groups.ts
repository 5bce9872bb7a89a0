import type { Affiliations } from '../../consent/index.ts';

/** Asked after each judgement, with its entry: true when it rests on known groups, or these were waited for long enough. */
export type IsKnown = (entry: number) => boolean;

/**
 * Whether it is known who belongs to the groups that consents name, for one stream. While that is being read they deny, and what a stream
 * passes over then it would never come back to.
 */
export class KnownGroups {
  readonly #groups: Pick<Affiliations['groups'], 'knownSince'> | undefined;
  readonly #patienceMs: number;
  readonly #clock: () => number;
  /** The entry that waits, and since when. */
  #waiting: { readonly entry: number; readonly sinceMs: number } | undefined;
  /** It was waited for long enough, and what is not known is not known since. */
  #isOver = false;

  /** Without `groups` nothing is named, and everything is known. `clock`: milliseconds since any beginning. */
  constructor(
    groups: Pick<Affiliations['groups'], 'knownSince'> | undefined,
    patienceMs: number,
    clock = () => performance.now(),
  ) {
    this.#groups = groups;
    this.#patienceMs = patienceMs;
    this.#clock = clock;
  }

  /** Begins a look: what is judged from now on must rest on the same reading of the groups. */
  look(): IsKnown {
    const groups = this.#groups;
    if (groups === undefined) return () => true;
    const known = groups.knownSince();
    if (known !== undefined) this.#isOver = false;
    return (entry) => {
      if (known !== undefined && groups.knownSince() === known) {
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
