import { Agent, type IncomingHttpHeaders, request } from 'node:http';

/** An answer as it came over the wire. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  /** The body as UTF-8. */
  readonly text: string;
  /** The body as JSON; throws when it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: black-box tests look into answers of every shape
  readonly json: any;
}

/** What is sent. `path` goes out byte for byte: nothing is normalised on the way. */
export interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Rejects when no whole answer came by then. */
  readonly timeoutMs?: number;
}

/** Longer than any answer may take: `$receipt` waits up to three seconds. */
const ANSWER_TIMEOUT_MS = 30_000;
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

function answerOf(status: number, headers: IncomingHttpHeaders, bytes: Buffer): Answer {
  return {
    status,
    headers,
    bytes,
    get text() {
      return bytes.toString('utf8');
    },
    get json() {
      return JSON.parse(bytes.toString('utf8'));
    },
  };
}

/** One request to `http://127.0.0.1:<port><path>`. Rejects when the connection breaks before the whole answer is here. */
export function send(port: number, path: string, call: Call = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body, timeoutMs = ANSWER_TIMEOUT_MS } = call;
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const options = { agent, host: '127.0.0.1', port, path, method, timeout: timeoutMs };
    const outgoing = request({ ...options, headers: { ...length, ...headers } }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        if (incoming.complete)
          resolve(answerOf(incoming.statusCode ?? 0, incoming.headers, Buffer.concat(chunks)));
        else reject(new Error('the answer was cut off'));
      });
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer to ${method} ${path} in time`)));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** One request to an absolute URL. */
export function fetchUrl(url: string, call: Call = {}): Promise<Answer> {
  const { port, pathname, search } = new URL(url);
  return send(Number(port), `${pathname}${search}`, call);
}
