/** Choices that a seed repeats. */
export interface Random {
  /** An integer, 0 ≤ x < below. */
  readonly below: (below: number) => number;
  /** True in about this share of the calls. */
  readonly chance: (share: number) => boolean;
  readonly pick: <T>(from: readonly T[]) => T;
  /** Between `least` and `most` different ones. */
  readonly some: <T>(from: readonly T[], least: number, most: number) => T[];
}

/** Mulberry32 (T. Ettinger, public domain): 32 bits of state are enough for cases that are numbered. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T;
  const some = <T>(from: readonly T[], least: number, most: number): T[] => {
    const left = [...from];
    const count = least + below(most - least + 1);
    return Array.from(
      { length: Math.min(count, from.length) },
      () => left.splice(below(left.length), 1)[0] as T,
    );
  };
  return { below, chance: (share) => next() < share, pick, some };
}
