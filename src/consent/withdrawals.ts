/** Withdrawals remembered: more than a busy organisation sees while one answer is made. */
const MAX_REMEMBERED = 4_096; // some hundred kilobytes; whoever asks about an earlier time is told that there was one

/** How long a revocation took to be refused by, in seconds, from its request here or from the time that the ledger has for it. */
export interface RevocationDelay {
  readonly seconds: number;
  readonly from: 'request' | 'ledger';
}

/**
 * Notes when something that was permitted is permitted no more: a consent was revoked or replaced, a team or a representative
 * changed. An answer that took a while to make is held against it before it leaves.
 */
export class Withdrawals {
  /** The patient of each, oldest first; undefined where it may be anybody. */
  readonly #recent: (string | undefined)[] = [];
  readonly #listeners: ((delay: RevocationDelay) => void)[] = [];
  #count = 0;

  /** How many there were so far: a point in time to ask about later. */
  get count(): number {
    return this.#count;
  }

  /** Notes that something was withdrawn for a patient; for anybody when left out. */
  note(patient?: string): void {
    this.#count += 1;
    this.#recent.push(patient);
    if (this.#recent.length > MAX_REMEMBERED) this.#recent.shift();
  }

  /** Whether anything was withdrawn for one of these patients since there were `count`. */
  since(count: number, patients: ReadonlySet<string>): boolean {
    const missed = this.#count - count;
    if (missed === 0) return false;
    if (missed > this.#recent.length) return true;
    return this.#recent.slice(-missed).some((patient) => patient === undefined || patients.has(patient));
  }

  /** Notes how long a revocation took to count here. */
  took(delay: RevocationDelay): void {
    for (const listener of this.#listeners) listener(delay);
  }

  /** Hears of every delay from now on. */
  onDelay(listener: (delay: RevocationDelay) => void): void {
    this.#listeners.push(listener);
  }
}
