import type { AnyIterable, Storage } from '../storage.ts';

/** Methods that answer with rows one by one. */
const ITERATED = new Set(['eachResource', 'eachVersion', 'eachPage', 'eachName', 'eachPosting', 'eachSpan']);

/** The same storage, answering later, as one behind a network does: every value is a promise. */
export function answeringLater(storage: Storage): Storage {
  return new Proxy(storage, {
    get(target, name: keyof Storage) {
      if (name === 'answersAtOnce') return false;
      const method = target[name] as (...parameters: unknown[]) => unknown;
      if (ITERATED.has(name)) return () => later(method.call(target) as AnyIterable<unknown>);
      return async (...parameters: unknown[]) => {
        await new Promise((resolve) => setImmediate(resolve));
        return method.apply(target, parameters);
      };
    },
  });
}

async function* later(rows: AnyIterable<unknown>): AsyncGenerator<unknown, undefined, undefined> {
  for await (const row of rows) yield row;
}
