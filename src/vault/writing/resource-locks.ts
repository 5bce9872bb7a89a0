/** Releases what was taken; once. */
export type Release = () => void;

/**
 * Locks by name, each held by one at a time, in the order of arrival. Names are taken in sorted order, so that two
 * requests never wait for each other.
 */
export class ResourceLocks {
  readonly #waiting = new Map<string, (() => void)[]>();

  /** Resolves when every name is held; the same name twice counts once. */
  async acquire(names: readonly string[]): Promise<Release> {
    const wanted = [...new Set(names)].sort();
    for (const name of wanted) await this.#acquireOne(name);
    return () => {
      for (const name of wanted) this.#releaseOne(name);
    };
  }

  #acquireOne(name: string): Promise<void> | undefined {
    const waiting = this.#waiting.get(name);
    if (waiting === undefined) {
      this.#waiting.set(name, []);
      return undefined;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.push(resolve);
    return promise;
  }

  #releaseOne(name: string): void {
    const next = this.#waiting.get(name)?.shift();
    if (next === undefined) this.#waiting.delete(name);
    else next();
  }
}
