import { setTimeout as pause } from 'node:timers/promises';

const DEFAULT_TIMEOUT_MS = 20_000; // an anchor, a locator and a checkpoint one after the other
const INTERVAL_MS = 25; // a fraction of the shortest tick

/**
 * What `check` gives once it gives something (neither undefined, null nor false), asked every `intervalMs`. Rejects after the timeout,
 * naming what was waited for and the last error.
 */
export async function until<T>(
  what: string,
  check: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  timeoutMs = DEFAULT_TIMEOUT_MS,
  intervalMs = INTERVAL_MS,
): Promise<T> {
  const endMs = performance.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await check();
      if (value !== undefined && value !== null && value !== false) return value;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() > endMs)
      throw new Error(`waited ${timeoutMs} ms in vain: ${what}`, { cause: last });
    await pause(intervalMs);
  }
}
