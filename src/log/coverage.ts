/** Requests that may wait for a checkpoint at one time; later ones are told at once that there is none yet. */
const MAX_WAITING = 10_000;

interface Waiter {
  readonly size: number;
  readonly settle: (covered: boolean) => void;
}

/** Those who wait until a cosigned checkpoint covers a size. */
export class Coverage {
  readonly #waiting = new Set<Waiter>();

  /** True once a checkpoint of at least `size` is announced, false after `waitMs`, or at once when too many wait. */
  wait(size: number, waitMs: number): Promise<boolean> {
    if (waitMs <= 0 || this.#waiting.size >= MAX_WAITING) return Promise.resolve(false);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const waiter: Waiter = {
      size,
      settle: (covered) => {
        clearTimeout(timer);
        this.#waiting.delete(waiter);
        resolve(covered);
      },
    };
    const timer = setTimeout(() => waiter.settle(false), waitMs);
    this.#waiting.add(waiter);
    return promise;
  }

  /** Wakes everybody whose size is covered. */
  announce(size: number): void {
    for (const waiter of [...this.#waiting]) if (waiter.size <= size) waiter.settle(true);
  }

  /** Lets everybody go unanswered: the log closes, or leaves got other numbers. */
  release(): void {
    for (const waiter of [...this.#waiting]) waiter.settle(false);
  }
}
