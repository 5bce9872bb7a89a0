import { LRUCache } from 'lru-cache';
import type { Written } from './group-register.ts';

interface Entry<V> {
  value: V | undefined;
  restsOn: ReadonlySet<string>;
  reading: Promise<V> | undefined;
  /** Number of the newest reading: an older one that ends later counts for nothing. No two readings have one. */
  turn: number;
}

/**
 * Values read from resources, by name. One that rests on a resource which was written is unknown from then on until it was read again,
 * so that nothing is decided on what is no longer true.
 */
export class RestingCache<V> {
  readonly #entries: LRUCache<string, Entry<V>>;
  readonly #read: (name: string, restsOn: Set<string>) => Promise<V>;
  #readings = 0;

  /** `read` adds the reference of each resource to `restsOn` before it reads it. */
  constructor(read: (name: string, restsOn: Set<string>) => Promise<V>, max: number) {
    this.#read = read;
    this.#entries = new LRUCache({ max });
  }

  /** The value; undefined while it is not known. */
  peek(name: string): V | undefined {
    return this.#entries.get(name)?.value;
  }

  /** Number of the reading that the value comes from; undefined while it is not known. */
  knownReading(name: string): number | undefined {
    const entry = this.#entries.peek(name);
    return entry?.value === undefined ? undefined : entry.turn;
  }

  /** The value, read if need be. */
  async get(name: string): Promise<V> {
    let entry = this.#entries.get(name);
    if (entry === undefined) {
      entry = { value: undefined, restsOn: new Set(), reading: undefined, turn: 0 };
      this.#entries.set(name, entry);
    }
    return entry.value ?? entry.reading ?? this.#start(name, entry);
  }

  /** Reads again what rests on what was written; resolves when it is known. */
  async written(what: Written): Promise<unknown> {
    if (what.length === 0) return undefined;
    const rests = ({ restsOn }: Entry<V>) =>
      what === 'anything' || what.some((reference) => restsOn.has(reference));
    return Promise.all(
      [...this.#entries].flatMap(([name, entry]) => (rests(entry) ? [this.#start(name, entry)] : [])),
    );
  }

  #start(name: string, entry: Entry<V>): Promise<V> {
    this.#readings += 1;
    const turn = this.#readings;
    entry.turn = turn;
    const restsOn = new Set<string>();
    entry.value = undefined;
    entry.restsOn = restsOn;
    const reading = this.#read(name, restsOn).then(
      (value) => {
        if (entry.turn !== turn) return entry.reading ?? this.get(name);
        entry.value = value;
        entry.reading = undefined;
        return value;
      },
      (error: unknown) => {
        // The next who asks tries again.
        if (entry.turn === turn) this.#entries.delete(name);
        throw error;
      },
    );
    entry.reading = reading;
    return reading;
  }
}
