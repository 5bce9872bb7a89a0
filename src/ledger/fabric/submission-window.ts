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

type Kind = Urgency | 'other';

/** What an attempt says about the network: that it committed, or nothing. */
export type Telling = 'committed' | 'nothing';

/**
 * How many transactions of an organisation are under way at once, from their endorsement until their block is here: more with each round
 * in which all were done in time, and a part of it when they become slow (additive increase and multiplicative decrease, as RFC 5681
 * has it for TCP). What more the network was given would not be done sooner, and everything later would wait behind it. What is
 * urgent goes before what waits, the first heartbeat under way before a revocation, more of them after: where they take minutes they must not
 * keep revocations out.
 */
export class SubmissionWindow {
  readonly #now: () => number;
  /** Who waits. */
  readonly #queues: Readonly<Record<Kind, (() => void)[]>> = {
    heartbeat: [],
    revocation: [],
    other: [],
  };
  readonly #usual: UsualTime;
  #limit = FIRST;
  #underWay = 0;
  #heartbeats = 0;
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
    const kind = urgency ?? 'other';
    await this.#turn(kind);
    const beganMs = this.#now();
    let told: Telling = 'nothing';
    try {
      const result = await work();
      told = telling(result);
      return result;
    } finally {
      this.#learn(beganMs, told);
      this.#leave(kind);
      this.#admit();
    }
  }

  async #turn(kind: Kind): Promise<void> {
    const queue = this.#queues[kind];
    if (queue.length === 0 && this.#hasPlace(kind)) {
      this.#enter(kind);
      return;
    }
    if (queue.length >= MAX_PENDING) {
      const sentence = 'too many transactions are waiting; try again shortly';
      throw new LedgerError('unavailable', sentence, { reason: 'busy' });
    }
    await new Promise<void>((resolve) => queue.push(resolve));
  }

  #isFirst(kind: Kind): boolean {
    return kind === 'heartbeat' ? this.#heartbeats === 0 : kind === 'revocation';
  }

  #hasPlace(kind: Kind): boolean {
    return this.#underWay < this.limit + (this.#isFirst(kind) ? RESERVED : 0);
  }

  #enter(kind: Kind): void {
    this.#underWay++;
    if (kind === 'heartbeat') this.#heartbeats++;
  }

  #leave(kind: Kind): void {
    this.#underWay--;
    if (kind === 'heartbeat') this.#heartbeats--;
  }

  #admit(): void {
    for (;;) {
      const order: readonly Kind[] = this.#isFirst('heartbeat')
        ? ['heartbeat', 'revocation', 'other']
        : ['revocation', 'heartbeat', 'other'];
      const kind = order.find((each) => this.#queues[each].length > 0 && this.#hasPlace(each));
      if (kind === undefined) return;
      this.#enter(kind);
      this.#queues[kind].shift()?.();
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
