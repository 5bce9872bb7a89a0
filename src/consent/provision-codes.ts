import type { Provision } from './provision.ts';
import { WORD_BITS } from './provision-rows.ts';

const END = -1;

/** Which of many provisions name a code, so that a resource's codes are looked up once and not for every provision. */
export class ProvisionCodes {
  /** For each code the words with its bits, as pairs of number and bits, ended by -1: as long as what the provisions name. */
  readonly #pairs: Int32Array;
  /** Where the pairs of a code begin. */
  readonly #begins = new Map<string, number>();

  constructor(provisions: readonly Provision[]) {
    const found = new Map<string, Map<number, number>>();
    provisions.forEach(({ criteria }, at) => {
      const word = Math.floor(at / WORD_BITS);
      for (const code of criteria.codes ?? []) {
        const words = found.get(code) ?? new Map<number, number>();
        found.set(code, words.set(word, (words.get(word) ?? 0) | (1 << (at % WORD_BITS))));
      }
    });
    const pairs: number[] = [];
    for (const [code, words] of found) {
      this.#begins.set(code, pairs.length);
      pairs.push(...[...words].flat(), END);
    }
    this.#pairs = Int32Array.from(pairs);
  }

  /** The bits of a word whose provisions name any of these codes. */
  bitsOf(codes: readonly string[], word: number): number {
    const pairs = this.#pairs;
    let bits = 0;
    for (const code of codes) {
      const begin = this.#begins.get(code);
      if (begin === undefined) continue;
      for (let at = begin; pairs[at] !== END; at += 2) if (pairs[at] === word) bits |= pairs[at + 1] ?? 0;
    }
    return bits;
  }
}
