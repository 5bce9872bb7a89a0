import { LedgerError } from '../error.ts';
import type { Urgency } from '../ledger.ts';
import { UsualTime } from './usual-time.ts';

/** Transactions under way at once, at first; from there it grows by one a round. */
const FIRST = 8;
/** Never fewer: with one, every transaction would wait for a block of its own. */
const LEAST = 2;
/** Never more: far below the 500 requests that the own peer's gateway takes at once (core.yaml, limits.concurrency.gatewayService). */
const MOST = 64;
/** Places beyond these that only urgent ones take: what is stuck, for up to a minute, does not keep a revocation out. */
const RESERVED = 2;
/** One that takes this much longer than twice what is usual waited at busy peers or orderers: under traffic a revocation is then in force elsewhere after some 2 s (docs/performance.md). */
const SLOW_MS = 500;
/** What is left of the window when that happens. */
const SHRINK = 0.7;
/** Most waiting of each kind: minutes of work. Beyond it submitters are told to come back. */
const MAX_PENDING = 4_096;

/** What an attempt says about the network: that it committed, or nothing. */
export type Telling = 'committed' | 'nothing';

/**
 * How many transactions of an organisation are under way at once, from their endorsement until their block is here: more with each round
 * in which all were done in time, and a part of it when they become slow (additive increase and multiplicative decrease, as RFC 5681
 * has it for TCP). What more the network was given would not be done sooner, and everything later would wait behind it. What is
 * urgent goes before what waits, a heartbeat before a revocation.
 */
export class SubmissionWindow {
  readonly #now: () => number;
  /** Who waits, in the order in which places are given. */
  readonly #queues: Readonly<Record<Urgency | 'other', (() => void)[]>> = {
    heartbeat: [],
    revocation: [],
    other: [],
  };
  readonly #usual: UsualTime;
  #limit = FIRST;
  #underWay = 0;
  /** What began earlier tells nothing about the window as it is now. */
  #shrunkAtMs = Number.NEGATIVE_INFINITY;

  /** `now` is a monotonic clock in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#usual = new UsualTime(now());
  }

  /** How many may be under way now that are not urgent. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  /**
   * Does the work when its turn comes. Only of what `telling` calls committed is learned how fast the network is: a refusal comes at once, and says
   * nothing. Throws `LedgerError` `unavailable` (`busy`) when too many wait already, and as the work does.
   */
  async run<T>(
    urgency: Urgency | undefined,
    work: () => Promise<T>,
    telling: (result: T) => Telling,
  ): Promise<T> {
    await this.#turn(urgency);
    const beganMs = this.#now();
    let told: Telling = 'nothing';
    try {
      const result = await work();
      told = telling(result);
      return result;
    } finally {
      this.#learn(beganMs, told);
      this.#underWay--;
      this.#admit();
    }
  }

  async #turn(urgency: Urgency | undefined): Promise<void> {
    const queue = this.#queues[urgency ?? 'other'];
    if (queue.length === 0 && this.#hasPlace(urgency !== undefined)) {
      this.#underWay++;
      return;
    }
    if (queue.length >= MAX_PENDING) {
      const sentence = 'too many transactions are waiting; try again shortly';
      throw new LedgerError('unavailable', sentence, { reason: 'busy' });
    }
    await new Promise<void>((resolve) => queue.push(resolve));
  }

  #hasPlace(isUrgent: boolean): boolean {
    return this.#underWay < this.limit + (isUrgent ? RESERVED : 0);
  }

  #admit(): void {
    const { heartbeat, revocation, other } = this.#queues;
    for (const queue of [heartbeat, revocation, other]) {
      while (queue.length > 0 && this.#hasPlace(queue !== other)) {
        this.#underWay++;
        queue.shift()?.();
      }
    }
  }

  #learn(beganMs: number, told: Telling): void {
    const nowMs = this.#now();
    const tookMs = nowMs - beganMs;
    if (tookMs > SLOW_MS + 2 * this.#usual.ms) {
      if (beganMs >= this.#shrunkAtMs) {
        this.#limit = Math.max(LEAST, this.#limit * SHRINK);
        this.#shrunkAtMs = nowMs;
      }
    } else if (told === 'committed' && 2 * this.#underWay >= this.limit) {
      this.#limit = Math.min(MOST, this.#limit + 1 / this.#limit);
    }
    if (told === 'committed') this.#usual.count(tookMs, nowMs, this.limit <= LEAST);
  }
}
