import { setTimeout as delay } from 'node:timers/promises';
import { integerAt, readMessage } from '../../../proof/index.ts';

/** How long an invocation waits for the height after a start; a peer waits 10 s for its chaincode. */
const KNOWN_WITHIN_MS = 5_000;
/** Pause before the peer is asked again. */
const RETRY_MS = 250;

/** What is asked of the peer. */
export interface HeightSource {
  /** The peer's query chaincode. */
  askPeer(name: string, ...args: readonly string[]): Promise<Uint8Array>;
  /** Numbers of the blocks from one on, as the peer commits them. */
  numbers(from: bigint, signal: AbortSignal): AsyncIterable<number>;
}

/**
 * How many blocks the organisation's own peer has committed. The peer refuses to say it within an invocation (its query chaincode may
 * not be called from another), so that the process follows the block numbers beside its work.
 */
export class PeerHeight {
  #blocks: number | undefined;
  readonly #known = Promise.withResolvers<void>();

  /** Number of committed blocks, which is the number of the next. Throws when it does not become known in time. */
  async blocks(): Promise<number> {
    if (this.#blocks === undefined)
      await Promise.race([this.#known.promise, delay(KNOWN_WITHIN_MS, undefined, { ref: false })]);
    if (this.#blocks === undefined) throw new Error('the peer does not say its height; see its log');
    return this.#blocks;
  }

  /** Follows the peer until the signal aborts, whatever becomes of it meanwhile. */
  async run(source: HeightSource, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        this.#blocks ??= integerAt(readMessage(await source.askPeer('GetChainInfo')), 1);
        this.#known.resolve();
        // The newest block again: a stream from the next on would say nothing until there is one.
        for await (const number of source.numbers(BigInt(this.#blocks - 1), signal))
          this.#blocks = number + 1;
      } catch {
        // The peer is down or only just up: it cannot invoke anything then, and is asked again.
      }
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
