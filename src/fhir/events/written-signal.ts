/** Wakes those who follow what is written: they look for themselves what it was, and whether it is for them. */
export class WrittenSignal {
  readonly #waiting = new Set<() => void>();
  #count = 0;

  /** How often something was written so far: a point in time to wait from. */
  get count(): number {
    return this.#count;
  }

  /** How many wait at present. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Versions were written, and count in decisions. */
  note(): void {
    this.#count += 1;
    for (const wake of [...this.#waiting]) wake();
  }

  /** Resolves once something was written since there were `count`, after `timeoutMs`, or when the signal aborts. */
  async since(count: number, timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (this.#count !== count || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = () => resolve();
    const timer = setTimeout(wake, timeoutMs);
    signal.addEventListener('abort', wake);
    this.#waiting.add(wake);
    await promise;
    clearTimeout(timer);
    signal.removeEventListener('abort', wake);
    this.#waiting.delete(wake);
  }
}
