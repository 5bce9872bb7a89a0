import assert from 'node:assert/strict';

/** Multiplier and offset of 32-bit FNV-1a, which spreads the seed text over the first word of state. */
const FNV_OFFSET = 0x811c9dc5;
/** The factor that belongs to it. */
const FNV_PRIME = 0x01000193;
/** Increment of splitmix32, the generator its authors recommend for filling xoshiro's state. */
const SPLITMIX_INCREMENT = 0x9e3779b9;
/** One more than the largest word. */
const TWO_TO_THE_32 = 0x1_0000_0000;

/**
 * Seeded random numbers: xoshiro128** (Blackman and Vigna, 2018). The same seed gives the same numbers on every
 * machine. Predictable by design, so nothing outside a demonstration may depend on its secrecy.
 */
export class Random {
  readonly #seed: string;
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(seed: string) {
    this.#seed = seed;
    let word = FNV_OFFSET;
    for (let index = 0; index < seed.length; index += 1) {
      word = Math.imul(word ^ seed.charCodeAt(index), FNV_PRIME);
    }
    const fill = (): number => {
      word = (word + SPLITMIX_INCREMENT) | 0;
      let mixed = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
      return (mixed ^ (mixed >>> 15)) >>> 0;
    };
    this.#a = fill();
    this.#b = fill();
    this.#c = fill();
    this.#d = fill();
  }

  /** Returns an independent generator for a part of the work: it does not move when other parts draw more or less. */
  fork(label: string): Random {
    return new Random(`${this.#seed}/${label}`);
  }

  /** Returns an integer from 0 to 2³² − 1. */
  word(): number {
    const scrambled = Math.imul(this.#b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result;
  }

  /** Returns a number from 0 (included) to 1 (excluded). */
  fraction(): number {
    return this.word() / TWO_TO_THE_32;
  }

  /** Returns a real number from `low` (included) to `high` (excluded). */
  between(low: number, high: number): number {
    return low + (high - low) * this.fraction();
  }

  /** Returns an integer from `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.fraction() * (high - low + 1));
  }

  /** Returns a draw from a normal distribution (Box and Muller), cut at three deviations as outliers are not modelled. */
  normal(mean: number, deviation: number): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.fraction()));
    const draw = radius * Math.cos(2 * Math.PI * this.fraction());
    return mean + deviation * Math.max(-3, Math.min(3, draw));
  }

  /** Returns true with the given probability. */
  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** Returns one of the given items; the list may not be empty. */
  pick<const T>(items: readonly T[]): T {
    const item = items[Math.floor(this.fraction() * items.length)];
    assert(item !== undefined, 'nothing to pick from');
    return item;
  }

  /** Returns that many bytes. */
  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.word() >>> 24);
  }

  /** Returns 32 lower-case hexadecimal digits, the form of a logical id. */
  id(): string {
    let digits = '';
    for (let word = 0; word < 4; word += 1) digits += this.word().toString(16).padStart(8, '0');
    return digits;
  }
}
