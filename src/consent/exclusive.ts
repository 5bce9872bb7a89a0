/** Runs work under a name one at a time, in the order of arrival; different names do not wait for each other. */
export interface Exclusive {
  exclusively<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/** An Exclusive for one process. A name is forgotten as soon as nobody waits for it. */
export function createExclusive(): Exclusive {
  const tails = new Map<string, Promise<unknown>>();
  return {
    async exclusively(name, work) {
      const before = tails.get(name) ?? Promise.resolve();
      const mine = before.then(work, work);
      const settled = mine.catch(() => undefined);
      tails.set(name, settled);
      try {
        return await mine;
      } finally {
        if (tails.get(name) === settled) tails.delete(name);
      }
    },
  };
}
