import type { Block } from '../ledger.ts';
import type { BlockStore } from './block-store.ts';
import { readableBlock } from './block-text.ts';

/** Blocks read from the file at a time. */
const READ_BLOCKS = 32;

/** Gives each reader the stored blocks, then every new one. */
export class BlockStream {
  readonly #store: BlockStore;
  readonly #assertOpen: () => void;
  #wake = Promise.withResolvers<void>();

  /** `assertOpen` throws what readers of a closed ledger get. */
  constructor(store: BlockStore, assertOpen: () => void) {
    this.#store = store;
    this.#assertOpen = assertOpen;
  }

  /** The blocks from a height on, without end until the signal aborts. */
  async *from(height: bigint, signal: AbortSignal): AsyncGenerator<Block, undefined, undefined> {
    let next = Number(height);
    while (!signal.aborted) {
      this.#assertOpen();
      const blocks = this.#store.blocks(next, READ_BLOCKS);
      for (const { height: current, hash, text } of blocks) {
        if (signal.aborted) return;
        next = current + 1;
        yield readableBlock(text, hash);
      }
      if (blocks.length === 0) await this.#newBlock(signal);
    }
  }

  /** Lets every waiting reader look again. */
  wake(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers<void>();
  }

  async #newBlock(signal: AbortSignal): Promise<void> {
    const aborted = Promise.withResolvers<void>();
    const onAbort = () => aborted.resolve();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await Promise.race([this.#wake.promise, aborted.promise]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }
}
