import type { UnitAnswer } from './unit-answer.ts';

/** Where units go: a running node, or the data folder of one that is stopped. */
export interface ImportTarget {
  /** Ledger and organisation: where an interrupted import goes on. */
  readonly name: string;
  /** Folder in which it is kept how far an import has come. */
  readonly progressFolder: string;
  /** Stores one unit. Throws NodeError `unavailable` when nothing more can be stored, `input-unusable` when the client may not. */
  send(text: string, options: { storeBundles: boolean }): Promise<UnitAnswer>;
  close(): Promise<void>;
}

/** Times a unit is sent while the node is busy or cannot be reached, and the first pause; each is twice the one before. */
const MAX_ATTEMPTS = 6; // about six seconds in all: a restart behind a proxy is survived
const FIRST_PAUSE_MS = 200; // a busy moment is over by then

/** Tries again while `attempt` gives undefined; undefined when it never gave anything else. */
export async function persistently<T>(attempt: () => Promise<T | undefined>): Promise<T | undefined> {
  for (let tried = 1; tried <= MAX_ATTEMPTS; tried += 1) {
    const result = await attempt();
    if (result !== undefined) return result;
    if (tried < MAX_ATTEMPTS)
      await new Promise((resolve) => setTimeout(resolve, FIRST_PAUSE_MS * 2 ** (tried - 1)));
  }
  return undefined;
}
