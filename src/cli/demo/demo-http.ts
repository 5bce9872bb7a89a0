import { CliError, EXIT } from '../exit-code.ts';

/** One answer is there within this time. */
const TIMEOUT_MS = 30_000; // a patient's whole record with a receipt each
const CONDITION_TIMEOUT_MS = 20_000; // delivery, checkpoint and anchor are a few seconds each
const PAUSE_MS = 200; // between two looks

/** What is sent. */
export interface Call {
  readonly method?: 'GET' | 'POST';
  readonly token?: string;
  readonly body?: object;
}

/** An answer as it came. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Public HTTP of a demo, and nothing else. */
export class DemoHttp {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url.replace(/\/+$/, '');
  }

  /** Throws CliError `unavailable`. */
  async send(path: string, { method = 'GET', token, body }: Call = {}): Promise<Answer> {
    const headers: Record<string, string> = {};
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    if (body !== undefined) headers['content-type'] = 'application/json';
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    try {
      const answer = await fetch(`${this.#url}${path}`, {
        method,
        headers,
        ...sent,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return { status: answer.status, text: await answer.text() };
    } catch (cause) {
      throw new CliError(EXIT.unavailable, 'unavailable', `${this.#url} cannot be reached.`, cause);
    }
  }

  /** The JSON of an answer with an expected status. Throws CliError `unexpected-answer` for any other. */
  async json<T>(path: string, call: Call = {}, expected = 200): Promise<T> {
    const { status, text } = await this.send(path, call);
    if (status !== expected) {
      throw new CliError(
        EXIT.found,
        'unexpected-answer',
        `${call.method ?? 'GET'} ${path} answers ${status} in place of ${expected}.`,
      );
    }
    return JSON.parse(text) as T;
  }
}

/** Looks until there is something. Throws CliError `unexpected-answer` when it does not come. */
export async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const endMs = performance.now() + CONDITION_TIMEOUT_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > endMs)
      throw new CliError(
        EXIT.found,
        'unexpected-answer',
        `It did not happen within ${CONDITION_TIMEOUT_MS / 1000} s: ${what}.`,
      );
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
