import { setTimeout as delay } from 'node:timers/promises';
import { type NodeProcess, startNodeProcess } from './node-process.ts';

/** Pause before a node that ended is started again. */
const RESTART_MS = 1_000;
/** Ends within a minute after which it is not started again: something is wrong that a start does not mend. */
const MOST_ENDS = 5; // as systemd gives up after five starts
const WINDOW_MS = 60_000; // the minute

/** A node in a process of its own that is started again when it ends unasked, as a service manager does. */
export class KeptNode {
  readonly #arguments: readonly string[];
  readonly #onProgress: (line: string) => void;
  readonly #givenUp = Promise.withResolvers<void>();
  readonly #stopping = new AbortController();
  #node: NodeProcess;
  #keeping: Promise<void>;

  private constructor(node: NodeProcess, given: readonly string[], onProgress: (line: string) => void) {
    this.#node = node;
    this.#arguments = given;
    this.#onProgress = onProgress;
    this.#keeping = this.#keep();
  }

  /** As `startNodeProcess`, which the first start must not fail. */
  static async start(given: readonly string[], onProgress: (line: string) => void): Promise<KeptNode> {
    return new KeptNode(await startNodeProcess(given, onProgress), given, onProgress);
  }

  /** The process that runs now, or the last one. */
  get pid(): number {
    return this.#node.pid;
  }

  /** Resolves when it ended too often. */
  get givenUp(): Promise<void> {
    return this.#givenUp.promise;
  }

  async #keep(): Promise<void> {
    const { signal } = this.#stopping;
    const ends: number[] = [];
    while (!signal.aborted) {
      const code = await this.#node.ended;
      if (signal.aborted) return;
      ends.push(performance.now());
      if (ends.filter((at) => at > performance.now() - WINDOW_MS).length > MOST_ENDS) break;
      this.#onProgress(`the node ended (${code ?? 'a signal'}); it is started again`);
      await delay(RESTART_MS, undefined, { signal }).catch(() => undefined);
      await this.#again(signal);
    }
    this.#givenUp.resolve();
  }

  /** A start that fails counts as an end. */
  async #again(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    try {
      this.#node = await startNodeProcess(this.#arguments, this.#onProgress);
      // Asked to stop while it started.
      if (signal.aborted) await this.#node.stop();
    } catch (error) {
      this.#onProgress(error instanceof Error ? error.message : String(error));
    }
  }

  /** Asks it to stop and waits; a node that is just being started is stopped when it is up. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#node.stop();
    await this.#keeping;
  }
}
