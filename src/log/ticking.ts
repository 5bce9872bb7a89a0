import { setTimeout as pause } from 'node:timers/promises';

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
