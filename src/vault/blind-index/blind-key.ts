import { KeyedHash } from '../keyed-hash.ts';

/** Bytes of every blind value: 128 bits, so that two values meet by chance only after 2⁶⁴ of them (DESIGN §5). */
export const BLIND_BYTES = 16;

/**
 * A blind value: 16 characters, each one byte. As a string it is compared and looked up at once; {@link blindBytes} gives
 * its bytes.
 */
export type Blind = string & { readonly blind: unique symbol };

/** The bytes of a blind value. */
export function blindBytes(blind: Blind): Buffer {
  return Buffer.from(blind, 'latin1');
}

/** The blind value of bytes as they are stored, or of another 128-bit id. */
export function blindOf(bytes: Uint8Array): Blind {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1') as Blind;
}

/** A random 128-bit id in hexadecimal, where a blind value is expected: it needs no blinding. */
export function blindId(id: string): Blind {
  return Buffer.from(id, 'hex').toString('latin1') as Blind;
}

/** HMAC-SHA-256 under one key, cut to 128 bits. */
export class BlindKey {
  readonly #hash: KeyedHash;

  constructor(key: Uint8Array) {
    this.#hash = new KeyedHash(key);
  }

  /** The blind value of a text. */
  of(text: string): Blind {
    return this.#hash.of(text).slice(0, BLIND_BYTES) as Blind;
  }
}
