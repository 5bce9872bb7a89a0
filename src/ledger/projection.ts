import { setTimeout as delay } from 'node:timers/promises';
import { LedgerError } from './error.ts';
import { HeightWaiters } from './height-waiters.ts';
import { MEMBERSHIP } from './kit/member-state.ts';
import type { Block, Committed, Ledger, Transaction } from './ledger.ts';

/** Pause after the ledger or a handler failed, before the same block is tried again. */
const RETRY_MS = 500;
/** Longest that `fresh` waits for its heartbeat to be seen: above the leader change of a BFT orderer, below a client's patience. */
const HEARTBEAT_WAIT_MS = 10_000;

/** The newest block that was handled. */
export interface ProjectionHead {
  readonly height: number;
  /** Hash, hexadecimal. */
  readonly block: string;
}

/** Where a projection keeps its head between runs. */
export interface ProjectionStore {
  /** The head that was saved last; undefined when there is none. */
  load(): ProjectionHead | undefined;
  save(head: ProjectionHead): void;
}

/** What a projection follows and how. */
export interface ProjectionOptions {
  readonly ledger: Ledger;
  /** Without one it begins at genesis each time. */
  readonly store?: ProjectionStore;
  /** A clock that only goes forward, in milliseconds; `performance.now` when left out. */
  readonly monotonicMs?: () => number;
}

/** What is done with each block, in order; its transactions count as seen when all handlers are done. */
export type BlockHandler = (block: Block) => void | Promise<void>;

/**
 * A node's view of the ledger: blocks in order to handlers, and how fresh the view is. Freshness needs no clock but one's
 * own: the view contains everything ordered before the newest of one's own transactions that was seen committed, so its age
 * is the time since that one was submitted.
 */
export class Projection {
  readonly #ledger: Ledger;
  readonly #store: ProjectionStore | undefined;
  readonly #monotonicMs: () => number;
  readonly #handlers: { readonly handle: BlockHandler; done: number }[] = [];
  readonly #waiters = new HeightWaiters();
  #head: ProjectionHead | undefined;
  #isForked = false;
  #problem: unknown;
  /** Own transactions that were committed but not seen yet: height, and when they were submitted. */
  #unseen: { readonly height: number; readonly submittedMs: number }[] = [];
  #freshAtMs = Number.NEGATIVE_INFINITY;
  #heartbeats = 0;
  #heartbeat: Promise<void> | undefined;

  /** A projection that has seen what its store says. */
  constructor(options: ProjectionOptions) {
    this.#ledger = options.ledger;
    this.#store = options.store;
    this.#monotonicMs = options.monotonicMs ?? (() => performance.now());
    this.#head = options.store?.load();
  }

  /**
   * Gives every block after height `after` to the handler (all of them when left out); one that it threw at comes again,
   * one that it took does not. Before `run`.
   */
  onBlock(handle: BlockHandler, after = -1): void {
    this.#handlers.push({ handle, done: after });
  }

  /**
   * Goes on after a block that cannot be read any more; whoever vouches for its hash has also given the handlers what they need of
   * before. The next block must follow it. Before `run`; nothing when the view is as far already.
   */
  skipTo(head: ProjectionHead): void {
    if ((this.#head?.height ?? -1) >= head.height) return;
    this.#head = head;
    this.#store?.save(head);
    for (const handler of this.#handlers) handler.done = Math.max(handler.done, head.height);
    this.#waiters.reached(this.height);
  }

  /** Height up to which every handler has taken the blocks; −1 when there is none. */
  get height(): number {
    return Math.min(this.#head?.height ?? -1, ...this.#handlers.map(({ done }) => done));
  }

  /** The newest block seen, of an earlier run too; undefined before the first. */
  head(): ProjectionHead | undefined {
    return this.#head;
  }

  /** What stops the projection at the moment; undefined while all is well. For readiness reports. */
  get problem(): unknown {
    return this.#problem;
  }

  /** Submits a transaction and remembers when, which is what freshness is measured by. As `Ledger.submit`. */
  async submit(transaction: Transaction): Promise<Committed> {
    const submittedMs = this.#monotonicMs();
    const committed = await this.#ledger.submit(transaction);
    // A duplicate was ordered some time before: it says nothing about now.
    if (!committed.duplicate) this.#ownCommitted(committed.height, submittedMs);
    return committed;
  }

  #ownCommitted(height: number, submittedMs: number): void {
    this.#unseen.push({ height, submittedMs });
    this.#countSeen();
  }

  #countSeen(): void {
    for (const own of this.#unseen) {
      if (own.height <= this.height) this.#freshAtMs = Math.max(this.#freshAtMs, own.submittedMs);
    }
    this.#unseen = this.#unseen.filter((own) => own.height > this.height);
  }

  /** Milliseconds that the view may be behind; `Infinity` before the first own transaction was seen, and after a fork. */
  ageMs(): number {
    return this.#isForked ? Number.POSITIVE_INFINITY : this.#monotonicMs() - this.#freshAtMs;
  }

  /**
   * Whether the view is at most `boundMs` old. At more than half of it a heartbeat is submitted; beyond it, that is waited
   * for. False when it does not come: whoever discloses must then refuse.
   */
  async fresh(boundMs: number): Promise<boolean> {
    if (this.#isForked) return false;
    if (this.ageMs() <= boundMs / 2) return true;
    this.#heartbeat ??= this.#beat().finally(() => {
      this.#heartbeat = undefined;
    });
    if (this.ageMs() > boundMs) await this.#heartbeat;
    return this.ageMs() <= boundMs;
  }

  /** Never throws: what came of it shows in the age. */
  async #beat(): Promise<void> {
    const timeout = Promise.withResolvers<void>();
    const timer = setTimeout(timeout.resolve, HEARTBEAT_WAIT_MS);
    const sent = this.submit({
      contract: MEMBERSHIP,
      name: 'heartbeat',
      args: { sequence: ++this.#heartbeats },
      // Behind what others wait for, it would make this organisation refuse everybody's disclosures as stale.
      urgency: 'heartbeat',
    })
      .then(({ height }) => this.reached(height, HEARTBEAT_WAIT_MS))
      .catch(() => false);
    await Promise.race([sent, timeout.promise]);
    clearTimeout(timer);
  }

  /** True once the block of this height was handled; false when it was not within `timeoutMs`. */
  reached(height: number, timeoutMs: number): Promise<boolean> {
    return this.#waiters.until(height, this.height, timeoutMs);
  }

  /**
   * Follows the ledger until the signal aborts. After a failure, of the ledger or a handler, the same block is tried again;
   * meanwhile `problem` says what it was and the view ages. A block that does not follow the one before ends it for good.
   */
  async run(signal: AbortSignal): Promise<void> {
    // From the newest block on, that one included: a ledger that was put back or replaced is noticed at once.
    while (!signal.aborted && !this.#isForked) {
      try {
        for await (const block of this.#ledger.blocks(BigInt(Math.max(0, this.height)), signal)) {
          await this.#handle(block);
          this.#problem = undefined;
        }
      } catch (error) {
        this.#problem = error;
        await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async #handle(block: Block): Promise<void> {
    const height = Number(block.height);
    const newest = this.#head?.height ?? -1;
    if (height > newest ? !this.#follows(block) : height === newest && block.hash !== this.#head?.block) {
      this.#isForked = true;
      throw new LedgerError(
        'unavailable',
        `block ${height} does not follow what was seen; two histories exist`,
        {
          reason: 'forked',
        },
      );
    }
    for (const handler of this.#handlers) {
      if (handler.done >= height) continue;
      await handler.handle(block);
      handler.done = height;
    }
    if (height > newest) {
      this.#head = { height, block: block.hash };
      this.#store?.save(this.#head);
    }
    this.#countSeen();
    this.#waiters.reached(this.height);
  }

  #follows({ height, previous }: Block): boolean {
    const head = this.#head;
    return head === undefined ? height === 0n : Number(height) === head.height + 1 && previous === head.block;
  }
}
