import { setTimeout as pause } from 'node:timers/promises';

/** New entries are published every second (DESIGN §4). */
export const PUBLISH_INTERVAL_MS = 1_000;
/** Heads go to the ledger every minute while there are new entries (DESIGN §4). */
export const ANCHOR_INTERVAL_MS = 60_000;

/**
 * Runs `work` every `intervalMs`, never twice at a time, until `signal` aborts; then resolves, after the work under way.
 * What `work` throws is told to `onError` and ends nothing: the next round tries again.
 */
export async function every(
  intervalMs: number,
  work: () => Promise<unknown>,
  options: { signal: AbortSignal; onError: (error: unknown) => void },
): Promise<void> {
  const { signal, onError } = options;
  while (!signal.aborted) {
    const started = performance.now();
    try {
      await work();
    } catch (error) {
      onError(error);
    }
    const restMs = Math.max(0, intervalMs - (performance.now() - started));
    await pause(restMs, undefined, { signal }).catch(() => undefined);
  }
}
