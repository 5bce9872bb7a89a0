import { randomBytes } from '../../crypto/index.ts';
import { FIRST_ENTRY } from '../numbering.ts';
import type { LastNumbers } from '../storage/storage.ts';

/** Row ids and entry numbers begin at a random number of this many bits: they say nothing of how much came before. */
const START_BITS = 30;

/** Gives out row ids and entry numbers, each once; what a failed commit used stays unused. */
export class Numbers {
  #entry: number;
  #rid: number;

  /** Goes on after the largest numbers in use; 0 where there are none. */
  constructor(last: LastNumbers) {
    this.#entry = last.entry === 0 ? FIRST_ENTRY + randomStart() : last.entry;
    this.#rid = last.rid === 0 ? randomStart() : last.rid;
  }

  /** The next entry. */
  entry(): number {
    this.#entry += 1;
    return this.#entry;
  }

  /** The next row id of a clinical resource. */
  rid(): number {
    this.#rid += 1;
    return this.#rid;
  }
}

function randomStart(): number {
  return randomBytes(4).readUInt32LE() % 2 ** START_BITS;
}
