import { connect, createServer, type Server, type Socket } from 'node:net';
import { type Caller, callerAt } from './process-of-socket.ts';

/** Where a connection goes. */
export interface Target {
  readonly organisation: string;
  readonly role: 'orderer' | 'peer' | 'node';
  readonly port: number;
}

/** From whom to whom; the caller is undefined for who is not of the network, such as the test itself. */
export interface Link {
  readonly from: Caller | undefined;
  readonly to: Target;
}

/** What becomes of bytes on a link: they pass, they wait in silence as on a network that was parted, or they come later. */
export type Rule = 'pass' | 'silent' | { readonly answersAfterMs: number };

/** How often held bytes are looked at. */
const TICK_MS = 20;

/** One direction of a connection: keeps what was read until the rule lets it through, in order. */
class Direction {
  readonly #to: Socket;
  readonly #dueMs: (readMs: number) => number;
  readonly #held: { readonly chunk: Buffer; readonly readMs: number }[] = [];
  #isEnded = false;

  constructor(from: Socket, to: Socket, dueMs: (readMs: number) => number) {
    this.#to = to;
    this.#dueMs = dueMs;
    from.on('data', (chunk: Buffer) => {
      this.#held.push({ chunk, readMs: performance.now() });
      this.move();
    });
    from.on('end', () => {
      this.#isEnded = true;
      this.move();
    });
  }

  move(): void {
    for (let [first] = this.#held; first !== undefined; [first] = this.#held) {
      if (this.#dueMs(first.readMs) > performance.now()) return;
      this.#to.write(first.chunk);
      this.#held.shift();
    }
    if (this.#isEnded && this.#to.writable) this.#to.end();
  }
}

/**
 * A TCP proxy for every address of a network, at 127.0.0.1 in front of the processes, which listen at `behind`. Each connection
 * is a link from one process to another, by which process has its socket; `rule` decides about each, and may change at any time.
 */
export class Links {
  rule: (link: Link) => Rule = () => 'pass';
  readonly #behind: string;
  readonly #servers: Server[] = [];
  readonly #directions = new Set<Direction>();
  readonly #sockets = new Set<Socket>();
  #unseenEnds: { readonly held: () => boolean; readonly end: () => void }[] = [];
  readonly #timer: NodeJS.Timeout;

  private constructor(behind: string) {
    this.#behind = behind;
    this.#timer = setInterval(() => {
      for (const each of this.#directions) each.move();
      const seen = this.#unseenEnds.filter(({ held }) => !held());
      for (const { end } of seen) end();
      this.#unseenEnds = this.#unseenEnds.filter((each) => !seen.includes(each));
    }, TICK_MS);
  }

  /** Proxies for some targets. */
  static async open(targets: readonly Target[], behind: string): Promise<Links> {
    const links = new Links(behind);
    await Promise.all(targets.map((target) => links.#listen(target)));
    return links;
  }

  #listen(to: Target): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, (socket) => this.#join(socket, to));
    this.#servers.push(server);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(to.port, '127.0.0.1', () => resolve());
    });
  }

  #join(near: Socket, to: Target): void {
    const link: Link = { from: callerAt(near.remotePort ?? 0, to.port), to };
    const far = connect({ host: this.#behind, port: to.port, allowHalfOpen: true });
    const held = () => this.rule(link) === 'silent';
    const asked = new Direction(near, far, () => (held() ? Number.POSITIVE_INFINITY : 0));
    const answered = new Direction(far, near, (readMs) => {
      const rule = this.rule(link);
      if (rule === 'silent') return Number.POSITIVE_INFINITY;
      return rule === 'pass' ? 0 : readMs + rule.answersAfterMs;
    });
    const both = [asked, answered];
    for (const each of both) this.#directions.add(each);
    const end = () => {
      for (const each of both) this.#directions.delete(each);
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        // Who is parted from it cannot see it close either, before they meet again.
        if (held()) this.#unseenEnds.push({ held, end });
        else end();
      });
    }
  }

  /** Ends every connection and stops listening. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}
