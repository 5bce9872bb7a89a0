import { LedgerError } from '../error.ts';

/** Transactions under way at once, at first: enough to fill blocks. */
const FIRST = 8;
/** Never fewer: one would wait for itself. */
const LEAST = 2;
/** Never more: a peer's gateway refuses beyond 500 by default, and four organisations share it. */
const MOST = 64;
/** One that takes this much longer than twice the fastest one waited at busy peers or orderers. */
const SLOW_MS = 500; // with it, a revocation is in force elsewhere in little more than a second
/** What is left of the window when that happens. */
const SHRINK = 0.7;
/** Most transactions waiting; beyond it submitters are told to come back. */
const MAX_PENDING = 4_096;

/**
 * How many transactions of an organisation are under way at once, from their endorsement until their block is here: more with each round
 * in which all were done in time, and a part of it when they become slow (additive increase and multiplicative decrease, as RFC 5681
 * has it for TCP). What more the network was given would not be done sooner, and everything later would wait behind it. What is
 * urgent goes before what waits.
 */
export class SubmissionWindow {
  readonly #now: () => number;
  readonly #urgent: (() => void)[] = [];
  readonly #waiting: (() => void)[] = [];
  #limit = FIRST;
  #underWay = 0;
  #fastestMs = Number.POSITIVE_INFINITY;
  /** What began earlier tells nothing about the window as it is now. */
  #shrunkAtMs = Number.NEGATIVE_INFINITY;

  /** `now` is a monotonic clock in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** How many may be under way now. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** Does the work when its turn comes. Throws `LedgerError` `unavailable` (`busy`) when too many wait already, and as the work does. */
  async run<T>(isUrgent: boolean, work: () => Promise<T>): Promise<T> {
    await this.#turn(isUrgent);
    const beganMs = this.#now();
    try {
      return await work();
    } finally {
      this.#learn(beganMs);
      this.#underWay--;
      this.#admit();
    }
  }

  async #turn(isUrgent: boolean): Promise<void> {
    if (this.#underWay < this.limit && this.#urgent.length + this.#waiting.length === 0) {
      this.#underWay++;
      return;
    }
    const queue = isUrgent ? this.#urgent : this.#waiting;
    if (queue.length >= MAX_PENDING) {
      const sentence = 'too many transactions are waiting; try again shortly';
      throw new LedgerError('unavailable', sentence, { reason: 'busy' });
    }
    await new Promise<void>((resolve) => queue.push(resolve));
  }

  #admit(): void {
    while (this.#underWay < this.limit) {
      const next = this.#urgent.shift() ?? this.#waiting.shift();
      if (next === undefined) return;
      this.#underWay++;
      next();
    }
  }

  #learn(beganMs: number): void {
    const nowMs = this.#now();
    const tookMs = nowMs - beganMs;
    this.#fastestMs = Math.min(this.#fastestMs, tookMs);
    if (tookMs > SLOW_MS + 2 * this.#fastestMs) {
      if (beganMs < this.#shrunkAtMs) return;
      this.#limit = Math.max(LEAST, this.#limit * SHRINK);
      this.#shrunkAtMs = nowMs;
    } else if (2 * this.#underWay >= this.limit) {
      this.#limit = Math.min(MOST, this.#limit + 1 / this.#limit);
    }
  }
}
