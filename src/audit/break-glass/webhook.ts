import { hmac } from '../../crypto/index.ts';
import type { RecordStore } from '../record-store.ts';

/** Calls that wait, looked at in one round. */
const MAX_CALLS = 100; // a bad night; the next round takes the rest
const TIMEOUT_MS = 10_000; // a pager that does not answer in ten seconds is called again
const FIRST_PAUSE_MS = 1_000; // a receiver that restarts is back within seconds
const LONGEST_PAUSE_MS = 60_000; // nobody is told later than a minute after the receiver is back
/** A call that nobody took is given up after this, and noted as a fault; the queue still has what it was about. */
const GIVE_UP_MS = 7 * 24 * 3_600_000; // a week: by then the officer has read the queue

/** Who is called when glass was broken. */
export interface WebhookOptions {
  readonly url: string;
  /** Raw key that calls are signed with. */
  readonly secret: Uint8Array;
}

interface Call {
  readonly opened: string;
  readonly stale: boolean;
}

/** Headers and body of a call (Standard Webhooks 1.0.0). The body says that there is something to read, and of nobody. */
function signedCall(
  organisation: string,
  id: string,
  { opened, stale }: Call,
  { secret }: Pick<WebhookOptions, 'secret'>,
  now: Date,
): { readonly headers: Readonly<Record<string, string>>; readonly body: string } {
  const body = JSON.stringify({
    type: 'break-glass.opened',
    timestamp: opened,
    data: { organisation, id, stale },
  });
  const seconds = String(Math.floor(now.getTime() / 1000));
  const signature = hmac(secret, `${id}.${seconds}.${body}`).toString('base64');
  return {
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': seconds,
      'webhook-signature': `v1,${signature}`,
    },
    body,
  };
}

/** Calls the privacy officer's receiver for each broken glass: at least once, across restarts, and nothing else waits for it. */
export class BreakGlassWebhook {
  readonly #organisation: string;
  readonly #store: RecordStore;
  readonly #options: WebhookOptions;
  readonly #now: () => Date;
  readonly #onFault: (message: string) => void;
  #pauseMs = 0;
  #notBeforeMs = 0;

  constructor(
    organisation: string,
    store: RecordStore,
    options: WebhookOptions,
    { now, onFault }: { now: () => Date; onFault: (message: string) => void },
  ) {
    this.#organisation = organisation;
    this.#store = store;
    this.#options = options;
    this.#now = now;
    this.#onFault = onFault;
  }

  /** Calls for what waits, oldest first; resolves to how many were taken. After a failure it pauses, longer each time. */
  async round(): Promise<number> {
    const nowMs = this.#now().getTime();
    if (nowMs < this.#notBeforeMs) return 0;
    const waiting = this.#store.oldest<Call>('break-glass-call', MAX_CALLS);
    let taken = 0;
    for (const { id, value } of waiting) {
      if (nowMs - Date.parse(value.opened) > GIVE_UP_MS) {
        this.#onFault('A call about broken glass was given up after a week.');
      } else if (!(await this.#call(id, value))) {
        this.#pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, this.#pauseMs * 2));
        this.#notBeforeMs = nowMs + this.#pauseMs;
        return taken;
      } else taken += 1;
      this.#store.remove('break-glass-call', id);
    }
    this.#pauseMs = 0;
    return taken;
  }

  async #call(id: string, call: Call): Promise<boolean> {
    const { headers, body } = signedCall(this.#organisation, id, call, this.#options, this.#now());
    try {
      const response = await fetch(this.#options.url, {
        method: 'POST',
        headers,
        body,
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await response.body?.cancel();
      if (response.ok) return true;
      this.#onFault(`The receiver of calls about broken glass answered ${response.status}.`);
    } catch {
      this.#onFault('The receiver of calls about broken glass cannot be reached.');
    }
    return false;
  }
}
