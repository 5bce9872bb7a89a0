import { LedgerError } from '../../error.ts';
import type { StateReader } from '../../kit/state-reader.ts';
import { decodeState, type StateEntry, type StateObject } from '../../kit/state-value.ts';
import { parseStateKey, stateKey, stateRange } from '../state-key.ts';

/** Committed state as a peer gives it: asked one by one, answered later. */
export interface StateSource {
  /** The text under a key; undefined when there is none. */
  get(key: string): Promise<string | undefined>;
  /** At most `limit` keys from `start` on, before `end`, ascending. */
  range(start: string, end: string, limit: number): Promise<{ key: string; text: string }[]>;
}

/** Most reads of one transaction: each costs a round trip to the peer and a run of the contract. */
const MAX_READS = 2_048;

class MissingRead extends Error {}

/**
 * Runs a pure function over state that has to be asked for: whenever it reads what is not here yet, its run is given up, the
 * missing value is fetched and it runs again from the beginning, until a run finds all it reads. A pure function reads
 * the same each time, so that the answer and the peer's read set are those of one run over one state. `first` names keys that it
 * will surely read, fetched together. Throws what the last run threw, and `LedgerError` `unavailable` `too-many-reads`.
 */
export async function completeReads<T>(
  source: StateSource,
  first: readonly { readonly contract: string; readonly key: string }[],
  run: (state: StateReader) => T,
): Promise<T> {
  const values = new Map<string, StateObject | undefined>();
  const ranges = new Map<string, StateEntry[]>();
  const fetchValue = async (key: string) => {
    const text = await source.get(key);
    values.set(key, text === undefined ? undefined : decodeState(text));
  };
  await Promise.all(first.map(({ contract, key }) => fetchValue(stateKey(contract, key))));
  for (let reads = 0; reads < MAX_READS; reads++) {
    let fetchMissing: (() => Promise<void>) | undefined;
    const missing = (fetch: () => Promise<void>): never => {
      fetchMissing ??= fetch;
      throw new MissingRead();
    };
    const state: StateReader = {
      get(contract, name) {
        const key = stateKey(contract, name);
        return values.has(key) ? values.get(key) : missing(() => fetchValue(key));
      },
      range(contract, prefix, after, limit) {
        const { start, end } = stateRange(contract, prefix, after);
        const range = `${start}\n${end}\n${limit}`;
        const fetch = async () => {
          ranges.set(range, (await source.range(start, end, limit)).map(entryOf));
        };
        return ranges.get(range) ?? missing(fetch);
      },
    };
    const result = attempt(() => run(state));
    // Not by what was thrown: a contract may catch, and would then go on with a value that was never there.
    if (fetchMissing === undefined) return result();
    await fetchMissing();
  }
  throw new LedgerError('unavailable', `a transaction reads at most ${MAX_READS} times`, {
    reason: 'too-many-reads',
  });
}

function attempt<T>(run: () => T): () => T {
  try {
    const value = run();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

function entryOf({ key, text }: { key: string; text: string }): StateEntry {
  return { key: parseStateKey(key)?.key ?? key, value: decodeState(text) };
}
