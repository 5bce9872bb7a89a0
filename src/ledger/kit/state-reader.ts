import type { StateEntry, StateObject } from './state-value.ts';

/** Committed state, as an engine gives it to the kit. */
export interface StateReader {
  /** The frozen value under a key of a contract; undefined when there is none. */
  get(contract: string, key: string): StateObject | undefined;
  /** At most `limit` entries whose keys begin with `prefix` and come after `after`, ascending by the bytes of the key. */
  range(contract: string, prefix: string, after: string | undefined, limit: number): StateEntry[];
}

/**
 * State with writes laid over it that are not committed yet: a transaction reads its own, and within a block each
 * transaction reads those before it.
 */
export class Overlay implements StateReader {
  readonly #base: StateReader;
  readonly #written = new Map<string, Map<string, StateObject>>();

  /** Nothing is written yet. */
  constructor(base: StateReader) {
    this.#base = base;
  }

  get(contract: string, key: string): StateObject | undefined {
    return this.#written.get(contract)?.get(key) ?? this.#base.get(contract, key);
  }

  range(contract: string, prefix: string, after: string | undefined, limit: number): StateEntry[] {
    const committed = this.#base.range(contract, prefix, after, limit);
    const written = this.#written.get(contract);
    if (written === undefined) return committed;
    const merged = new Map(committed.map((entry) => [entry.key, entry]));
    for (const [key, value] of written) {
      if (key.startsWith(prefix) && (after === undefined || key > after)) merged.set(key, { key, value });
    }
    return [...merged.values()].sort((a, b) => (a.key < b.key ? -1 : 1)).slice(0, limit);
  }

  /** Lays a frozen value over the state. */
  put(contract: string, key: string, value: StateObject): void {
    const written = this.#written.get(contract) ?? new Map<string, StateObject>();
    this.#written.set(contract, written.set(key, value));
  }
}
