import { setTimeout as delay } from 'node:timers/promises';
import type { OrderedBlock } from '../../proof/index.ts';
import { LedgerError } from '../error.ts';
import { LEDGER_KEY, MEMBERSHIP } from '../kit/member-state.ts';
import type { Block } from '../ledger.ts';
import { type ChannelView, decodeBlock, isWhole } from './decode-block.ts';

/** First pause after the peer was lost; doubled up to the longest. */
const RETRY_MS = 100;
/** Longest pause: a peer that was started again is followed within it. */
const MAX_RETRY_MS = 2_000;

/** Where blocks come from. */
export interface BlockSource {
  blocks(from: bigint, signal: AbortSignal): AsyncIterable<OrderedBlock>;
}

/** How one own transaction ended, from its block. */
export interface CommitOutcome {
  readonly height: number;
  readonly block: string;
  readonly valid: boolean;
}

/**
 * The blocks of the channel in order from a height on, without end until the signal aborts: whenever the peer is lost it is asked
 * again from the next block on, however long that takes. `onTrouble` hears why nothing comes, and undefined when it does again.
 */
export async function* followBlocks(
  source: BlockSource,
  view: ChannelView,
  from: bigint,
  signal: AbortSignal,
  onTrouble: (error: unknown) => void = () => undefined,
): AsyncGenerator<Block, undefined, undefined> {
  let next = from;
  let pauseMs = RETRY_MS;
  while (!signal.aborted) {
    try {
      for await (const block of source.blocks(next, signal)) {
        if (signal.aborted) return;
        assertNext(block, next);
        next++;
        pauseMs = RETRY_MS;
        onTrouble(undefined);
        yield decodeBlock(block, view);
      }
    } catch (error) {
      if (signal.aborted) return;
      onTrouble(error);
    }
    await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    pauseMs = Math.min(2 * pauseMs, MAX_RETRY_MS);
  }
}

/** Stops a stream that skips, repeats, or gives other envelopes than its header names. */
function assertNext(block: OrderedBlock, wanted: bigint): void {
  if (BigInt(block.number) !== wanted || !isWhole(block)) {
    const sentence = `the peer gave block ${block.number} where ${wanted} was due, or not whole; check its disk`;
    throw new LedgerError('unavailable', sentence, { reason: 'block-stream' });
  }
}

/**
 * What an engine knows of the channel while it runs: its newest block, and where each own transaction ended. One stream,
 * begun at the peer's newest block and taken up again wherever it broke.
 */
export class BlockFeed {
  readonly #waiting = new Map<string, (outcome: CommitOutcome) => void>();
  readonly #onLedger: (id: string) => void;
  #height = -1;
  #problem: unknown;

  /** `onLedger` hears the ledger's id when a block brings it. */
  constructor(onLedger: (id: string) => void) {
    this.#onLedger = onLedger;
  }

  /** Height of the newest block seen; −1 before the first. */
  get height(): number {
    return this.#height;
  }

  /** Why no blocks come at the moment; undefined while they do. */
  get problem(): unknown {
    return this.#problem;
  }

  /** Follows the channel until the signal aborts. */
  async run(source: BlockSource, view: ChannelView, from: bigint, signal: AbortSignal): Promise<void> {
    const onTrouble = (error: unknown) => {
      this.#problem = error;
    };
    for await (const block of followBlocks(source, view, from, signal, onTrouble)) this.#take(block);
  }

  #take(block: Block): void {
    const height = Number(block.height);
    this.#height = Math.max(this.#height, height);
    for (const { id, valid, writes } of block.transactions) {
      const ledger = writes.find(({ contract, key }) => contract === MEMBERSHIP && key === LEDGER_KEY);
      if (ledger !== undefined) this.#onLedger((JSON.parse(ledger.value) as { id: string }).id);
      this.#waiting.get(id)?.({ height, block: block.hash, valid });
    }
  }

  /** How a transaction ends that is about to be ordered: undefined when no block brought it within `timeoutMs`, or the signal aborted. */
  watch(transactionId: string, timeoutMs: number, signal: AbortSignal): Promise<CommitOutcome | undefined> {
    const { promise, resolve } = Promise.withResolvers<CommitOutcome | undefined>();
    const timer = setTimeout(() => resolve(undefined), timeoutMs);
    const onAbort = () => resolve(undefined);
    signal.addEventListener('abort', onAbort, { once: true });
    this.#waiting.set(transactionId, resolve);
    return promise.finally(() => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      this.#waiting.delete(transactionId);
    });
  }
}
