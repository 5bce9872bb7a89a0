import { hmac } from '../../crypto/index.ts';
import { GenerationCache } from '../generation-cache.ts';
import { type Blind, BlindKey } from './blind-key.ts';

/** Names kept: at most about 8 MB. */
const MAX_NAMES = 16_384;

/** Logical ids as they stand in the data: HMACs under a key of the organisation, the same for every use. */
export class BlindNames {
  readonly #key: BlindKey;
  readonly #known = new GenerationCache<string, Blind>(MAX_NAMES);

  /** Under a key derived from the root of the blind index. */
  constructor(root: Uint8Array) {
    this.#key = new BlindKey(hmac(root, 'holdfast/blind/v1\nname'));
  }

  /** The blind name of a resource. */
  of(type: string, id: string): Blind {
    const text = `${type}/${id}`;
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const name = this.#key.of(text);
    this.#known.set(text, name);
    return name;
  }
}
