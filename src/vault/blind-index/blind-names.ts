import { LRUCache } from 'lru-cache';
import { hmac } from '../../crypto/index.ts';

/** Bytes of every blind value: 128 bits, so that two values meet by chance only after 2⁶⁴ of them (DESIGN §5). */
export const BLIND_BYTES = 16;
/** Names kept: about 20 MB. */
const MAX_NAMES = 131_072;

/** Logical ids as they stand in the data: HMACs under a key of the organisation, the same for every use. */
export class BlindNames {
  readonly #key: Buffer;
  readonly #known = new LRUCache<string, Buffer>({ max: MAX_NAMES });

  /** Under a key derived from the root of the blind index. */
  constructor(root: Uint8Array) {
    this.#key = hmac(root, 'holdfast/blind/v1\nname');
  }

  /** The blind name of a resource, 16 bytes. Do not change the returned bytes. */
  of(type: string, id: string): Buffer {
    const text = `${type}/${id}`;
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const name = hmac(this.#key, text).subarray(0, BLIND_BYTES);
    this.#known.set(text, name);
    return name;
  }
}
