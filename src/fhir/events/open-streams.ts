import { FhirError } from '../errors.ts';
import { WrittenSignal } from './written-signal.ts';

/** Streams of one asker at a time. */
const MAX_STREAMS_PER_ASKER = 6; // as many connections as a browser opens to one host
/** Streams of an organisation at a time. */
const MAX_STREAMS = 256; // each looks at every write: some hundred decisions a write at most
/** When to ask again: a stream ends when its reader goes. */
const RETRY_AFTER = { 'retry-after': '10' };

/** A place among the open streams. */
export interface StreamPlace {
  /** Aborts when the stream is to end: the reader went away, or the node stops. */
  readonly signal: AbortSignal;
  /** The reader went away. */
  readonly leave: () => void;
  /** The stream has ended; the place is free. */
  readonly release: () => void;
}

/** The open streams of one organisation: bounded, and ended before the node stops. */
export class OpenStreams {
  readonly written = new WrittenSignal();
  readonly #askers = new Map<string, number>();
  readonly #open = new Map<AbortController, Promise<void>>();
  #isClosing = false;

  /** How many there are. */
  get size(): number {
    return this.#open.size;
  }

  /** True once the node stops. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** Takes a place. Throws FhirError `too-many-streams`, or `unavailable` when the node stops. */
  take(asker: string): StreamPlace {
    if (this.#isClosing) throw new FhirError('unavailable', 'The node stops: come again.');
    const own = this.#askers.get(asker) ?? 0;
    if (own >= MAX_STREAMS_PER_ASKER || this.#open.size >= MAX_STREAMS)
      throw new FhirError('too-many-streams', 'Too many event streams are open: end one, or come later.', {
        headers: RETRY_AFTER,
      });
    this.#askers.set(asker, own + 1);
    const ending = new AbortController();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#open.set(ending, promise);
    const release = () => {
      if (!this.#open.delete(ending)) return;
      const left = (this.#askers.get(asker) ?? 1) - 1;
      if (left === 0) this.#askers.delete(asker);
      else this.#askers.set(asker, left);
      resolve();
    };
    return { signal: ending.signal, leave: () => ending.abort(), release };
  }

  /** Ends every stream, and resolves when the last has said so. No further one is opened. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const ended = [...this.#open.values()];
    for (const ending of this.#open.keys()) ending.abort();
    await Promise.all(ended);
  }
}
