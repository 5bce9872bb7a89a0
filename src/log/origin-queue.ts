/** Requests that may wait for one log's turn: its owner sends one at a time; more are somebody else's. */
const MAX_QUEUED = 8;

/** Lets one piece of work run at a time for each key, in order. */
export class OriginQueue {
  readonly #tails = new Map<string, { last: Promise<unknown>; length: number }>();

  /** Runs `work` when the key's earlier work has ended. Undefined, without running it, when too much waits already. */
  run<T>(key: string, work: () => Promise<T>): Promise<T> | undefined {
    const queue = this.#tails.get(key) ?? { last: Promise.resolve(), length: 0 };
    if (queue.length >= MAX_QUEUED) return undefined;
    queue.length += 1;
    const result = queue.last.then(work);
    queue.last = result
      .catch(() => undefined)
      .finally(() => {
        queue.length -= 1;
        if (queue.length === 0) this.#tails.delete(key);
      });
    this.#tails.set(key, queue);
    return result;
  }
}
