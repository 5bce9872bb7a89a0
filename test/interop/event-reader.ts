import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';

/** Longer than anything takes to arrive on a busy machine. */
const PATIENCE_MS = 20_000;

/** An event as a client dispatches it (WHATWG HTML §9.2.6). */
export interface ReceivedEvent {
  readonly id: string;
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: data of every event has a form of its own
  readonly data: any;
}

/** Where a stream is and how it is asked for. */
export interface StreamRequest {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Reads server-sent events as WHATWG HTML §9.2 says, on a connection of its own. */
export class EventReader {
  readonly #outgoing: ClientRequest;
  readonly #incoming: IncomingMessage;
  readonly #waiting = new Set<() => void>();
  /** Everything that arrived. */
  text = '';
  /** The connection is over, from either side. */
  isOver = false;

  private constructor(outgoing: ClientRequest, incoming: IncomingMessage) {
    this.#outgoing = outgoing;
    this.#incoming = incoming;
    const over = () => {
      this.isOver = true;
      this.#wake();
    };
    incoming.setEncoding('utf8');
    incoming.on('data', (chunk: string) => {
      this.text += chunk;
      this.#wake();
    });
    incoming.on('error', over);
    incoming.on('close', over);
  }

  /** Asks, and resolves when the head of the answer is here. */
  static open({ port, path, headers }: StreamRequest): Promise<EventReader> {
    return new Promise((resolve, reject) => {
      const asked = { accept: 'text/event-stream', ...headers };
      const outgoing = request({ host: '127.0.0.1', port, path, headers: asked, agent: false });
      outgoing.once('error', reject);
      outgoing.once('response', (incoming) => {
        outgoing.off('error', reject).on('error', () => undefined);
        resolve(new EventReader(outgoing, incoming));
      });
      outgoing.end();
    });
  }

  get status(): number {
    return this.#incoming.statusCode ?? 0;
  }

  get headers(): IncomingHttpHeaders {
    return this.#incoming.headers;
  }

  /** What was dispatched so far. */
  get events(): readonly ReceivedEvent[] {
    return parseEvents(this.text).events;
  }

  /** References of the versions that were told, in order. */
  get told(): readonly string[] {
    return this.events.flatMap(({ type, data }) => (type === 'end' ? [] : [data.reference]));
  }

  /** The code with which the stream ended; undefined while it did not say so. */
  get endCode(): string | undefined {
    return this.events.find(({ type }) => type === 'end')?.data.code;
  }

  /** What a client sends as `Last-Event-ID`. */
  get lastId(): string {
    return parseEvents(this.text).lastId;
  }

  /** Heartbeats so far. */
  get beats(): number {
    return this.text.split('\n').filter((line) => line.startsWith(':')).length - 1;
  }

  /** Resolves once something holds; rejects when the connection is over before, or after a while. */
  async until(what: string, holds: () => boolean): Promise<void> {
    const endMs = performance.now() + PATIENCE_MS;
    while (!holds()) {
      if (this.isOver) throw new Error(`the stream ended before: ${what}\n${this.text}`);
      const leftMs = endMs - performance.now();
      if (leftMs <= 0) throw new Error(`waited in vain: ${what}\n${this.text}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(wake, leftMs);
        const waiting = this.#waiting;
        waiting.add(wake);
        function wake(): void {
          clearTimeout(timer);
          waiting.delete(wake);
          resolve();
        }
      });
    }
  }

  /** Resolves when so many versions were told. */
  untilTold(count: number): Promise<void> {
    return this.until(`${count} events`, () => this.told.length >= count);
  }

  /** Resolves with the code when the stream has said that it ends, and is over. */
  async untilEnd(): Promise<string | undefined> {
    await this.until('the connection is over', () => this.isOver);
    return this.endCode;
  }

  /** Takes nothing more from the connection, without closing it. */
  pause(): void {
    this.#incoming.pause();
  }

  /** Goes away. */
  close(): void {
    this.#outgoing.destroy();
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}

function parseEvents(text: string): { events: ReceivedEvent[]; lastId: string } {
  const events: ReceivedEvent[] = [];
  let lastId = '';
  // What follows the last empty line is not complete, and not dispatched.
  for (const block of text.split('\n\n').slice(0, -1)) {
    let type = 'message';
    let data = '';
    for (const line of block.split('\n')) {
      const [field = '', value = ''] = line.split(/: ?(.*)/s);
      if (field === 'id') lastId = value;
      if (field === 'event') type = value;
      if (field === 'data') data += value;
    }
    if (data !== '') events.push({ id: lastId, type, data: JSON.parse(data) });
  }
  return { events, lastId };
}
