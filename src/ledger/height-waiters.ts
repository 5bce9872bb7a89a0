/** Most that wait at one time; each is a request being held open. */
const MAX_WAITING = 1_024;

/** Those who wait until a height is reached. */
export class HeightWaiters {
  readonly #waiting = new Set<{ height: number; resolve(reached: boolean): void }>();

  /** True as soon as `height` is reached, at once when `current` is that far; false after `timeoutMs`, or when too many wait. */
  async until(height: number, current: number, timeoutMs: number): Promise<boolean> {
    if (current >= height) return true;
    if (this.#waiting.size >= MAX_WAITING) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const waiter = { height, resolve };
    this.#waiting.add(waiter);
    const timer = setTimeout(() => resolve(false), timeoutMs);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(waiter);
    }
  }

  /** Lets go everybody who waits for this height or a lower one. */
  reached(height: number): void {
    for (const waiter of this.#waiting) if (waiter.height <= height) waiter.resolve(true);
  }
}
