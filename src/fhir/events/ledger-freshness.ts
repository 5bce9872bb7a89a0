import { setImmediate as nextTurn } from 'node:timers/promises';
import { WrittenSignal } from './written-signal.ts';

/** Whether the view of the ledger is fresh, for one stream: what is not known by now is found out while the stream goes on. */
export class LedgerFreshness {
  readonly #ask: () => Promise<boolean>;
  readonly #found = new WrittenSignal();
  #asked: Promise<boolean> | undefined;

  /** `ask` resolves at once while it is fresh; otherwise it may wait for the ledger. One question is asked at a time. */
  constructor(ask: () => Promise<boolean>) {
    this.#ask = ask;
  }

  /** True when it is known by now that it is. */
  isFresh(): Promise<boolean> {
    this.#asked ??= this.#find();
    return Promise.race([this.#asked, nextTurn(false)]);
  }

  /** Resolves when it was found fresh, after `timeoutMs`, or when the signal aborts. */
  async until(timeoutMs: number, signal: AbortSignal): Promise<void> {
    await this.#found.since(this.#found.count, timeoutMs, signal);
  }

  async #find(): Promise<boolean> {
    const isFresh = await this.#ask().catch(() => false);
    this.#asked = undefined;
    if (isFresh) this.#found.note();
    return isFresh;
  }
}
