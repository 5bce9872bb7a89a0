/**
 * The load driver, a process of its own: plain sockets, one request at a time on each, no library in between, so that it takes as
 * little as possible of the cores it shares with the server. Reads one JSON line with its task, prints one with what it measured.
 */
import { connect, type Socket } from 'node:net';

/** What to drive. */
export interface Task {
  readonly port: number;
  readonly connections: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** Whole requests, base64 of their bytes; sent in turn. */
  readonly requests: readonly string[];
  readonly expectedStatus: number;
}

/** What was measured, after the warm-up. */
export interface Measured {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly bytesPerAnswer: number;
  /** Answers with another status than expected, over the whole run. */
  readonly unexpected: number;
}

const HEAD_END = Buffer.from('\r\n\r\n');

class Connection {
  readonly #socket: Socket;
  readonly #onAnswer: (status: number, sizeBytes: number) => void;
  #pending: Buffer = Buffer.alloc(0);
  #missing = -1;
  #status = 0;
  #size = 0;

  constructor(port: number, onAnswer: (status: number, sizeBytes: number) => void) {
    this.#onAnswer = onAnswer;
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#socket.on('error', (error) => {
      process.stderr.write(`the connection broke: ${error.message}\n`);
      process.exit(3);
    });
  }

  send(request: Buffer): void {
    this.#socket.write(request);
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    if (this.#missing < 0) {
      const seen = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
      const end = seen.indexOf(HEAD_END);
      if (end < 0) {
        this.#pending = seen;
        return;
      }
      const head = seen.toString('latin1', 0, end);
      const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
      this.#status = Number(head.slice(9, 12));
      if (length === undefined && this.#status !== 204 && this.#status !== 304)
        throw new Error('the driver reads answers with a content-length only');
      this.#size = Number(length ?? 0);
      this.#missing = this.#size - (seen.length - end - HEAD_END.length);
      this.#pending = Buffer.alloc(0);
    } else this.#missing -= chunk.length;
    if (this.#missing > 0) return;
    this.#missing = -1;
    this.#onAnswer(this.#status, this.#size);
  }
}

function percentile(sorted: Float64Array, part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

/** Drives the task to its end. */
export function drive(task: Task): Promise<Measured> {
  const requests = task.requests.map((text) => Buffer.from(text, 'base64'));
  const beganMs = performance.now() + task.warmUpMs;
  const endMs = beganMs + task.measureMs;
  const latencies: number[] = [];
  let next = 0;
  let open = task.connections;
  let unexpected = 0;
  let bytes = 0;
  return new Promise((resolve) => {
    const finish = () => {
      const sorted = Float64Array.from(latencies).sort();
      resolve({
        requests: latencies.length,
        perSecond: Math.round(latencies.length / (task.measureMs / 1000)),
        p50Ms: percentile(sorted, 0.5),
        p99Ms: percentile(sorted, 0.99),
        maxMs: sorted.at(-1) ?? 0,
        bytesPerAnswer: Math.round(bytes / Math.max(1, latencies.length)),
        unexpected,
      });
    };
    for (let index = 0; index < task.connections; index++) {
      let sentMs = 0;
      const send = () => {
        sentMs = performance.now();
        connection.send(requests[next++ % requests.length] ?? Buffer.alloc(0));
      };
      const connection = new Connection(task.port, (status, sizeBytes) => {
        const nowMs = performance.now();
        if (status !== task.expectedStatus) unexpected += 1;
        if (sentMs >= beganMs && nowMs <= endMs) {
          latencies.push(nowMs - sentMs);
          bytes += sizeBytes;
        }
        if (nowMs < endMs) return send();
        connection.close();
        open -= 1;
        if (open === 0) finish();
      });
      send();
    }
  });
}

async function main(): Promise<void> {
  let text = '';
  for await (const chunk of process.stdin) text += chunk;
  const measured = await drive(JSON.parse(text) as Task);
  process.stdout.write(`${JSON.stringify(measured)}\n`);
}

if (import.meta.main) await main();
