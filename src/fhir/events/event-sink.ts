import type { ServerResponse } from 'node:http';

/** A reader who does not take what is sent for so long is not reading. */
const SLOW_READER_MS = 30_000; // a mobile connection that comes back; longer than a heartbeat

/** Where a stream goes. Nothing waits in memory: the next event is decided on when the last has left. */
export class EventSink {
  readonly #response: ServerResponse;
  readonly #patienceMs: number;

  constructor(response: ServerResponse, patienceMs = SLOW_READER_MS) {
    this.#response = response;
    this.#patienceMs = patienceMs;
  }

  /** Sends, and resolves when it has left this process: false when the reader is gone, or too slow. */
  async send(text: string): Promise<boolean> {
    const response = this.#response;
    if (response.destroyed) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const gone = () => resolve(false);
    const timer = setTimeout(gone, this.#patienceMs);
    response.once('close', gone);
    response.write(text, (error) => resolve(error === null || error === undefined));
    const left = await promise;
    clearTimeout(timer);
    response.off('close', gone);
    return left;
  }

  /** Ends the answer; cuts the connection where something of it is still waiting for a reader who does not take it. */
  end(isRead: boolean): void {
    if (isRead) this.#response.end();
    else this.#response.destroy();
  }
}
