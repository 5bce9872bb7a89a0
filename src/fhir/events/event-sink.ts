import type { ServerResponse } from 'node:http';

/** A reader who does not take what is sent for so long is not reading. */
const SLOW_READER_MS = 30_000; // a mobile connection that comes back; longer than a heartbeat

/** And for so long once the stream is to end: the process waits for it. */
const ENDING_READER_MS = 1_000; // a connection that works takes it at once

/** Where a stream goes. Nothing waits in memory: the next event is decided on when the last has left. */
export class EventSink {
  readonly #response: ServerResponse;
  readonly #ending: AbortSignal;
  readonly #patienceMs: number;

  /** `ending` aborts when the stream is to end. */
  constructor(response: ServerResponse, ending: AbortSignal, patienceMs = SLOW_READER_MS) {
    this.#response = response;
    this.#ending = ending;
    this.#patienceMs = patienceMs;
  }

  /** Sends, and resolves when it has left this process: false when the reader is gone, or too slow. */
  async send(text: string): Promise<boolean> {
    const response = this.#response;
    if (response.destroyed) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const gone = () => resolve(false);
    let timer = setTimeout(gone, this.#patienceMs);
    const hurry = () => {
      clearTimeout(timer);
      timer = setTimeout(gone, Math.min(ENDING_READER_MS, this.#patienceMs));
    };
    if (this.#ending.aborted) hurry();
    this.#ending.addEventListener('abort', hurry);
    response.once('close', gone);
    response.write(text, (error) => resolve(error === null || error === undefined));
    const left = await promise;
    clearTimeout(timer);
    this.#ending.removeEventListener('abort', hurry);
    response.off('close', gone);
    return left;
  }

  /** Ends the answer; cuts the connection where something of it is still waiting for a reader who does not take it. */
  end(isRead: boolean): void {
    if (isRead) this.#response.end();
    else this.#response.destroy();
  }
}
