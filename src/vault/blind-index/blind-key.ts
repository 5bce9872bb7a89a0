import { hash } from 'node:crypto';

/** Bytes of every blind value: 128 bits, so that two values meet by chance only after 2⁶⁴ of them (DESIGN §5). */
export const BLIND_BYTES = 16;

const BLOCK_BYTES = 64;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;
/** Texts up to this many UTF-16 units fit the shared buffer whatever their characters. */
const MAX_SHARED_UNITS = 4_096;
/** Where the inner hash reads from: the padded key, then the text. Used and left within one call. */
const shared = Buffer.alloc(BLOCK_BYTES + 3 * MAX_SHARED_UNITS);

/** HMAC-SHA-256 under one key, cut to 128 bits. One-shot hashes: half the cost of a keyed object for each short text. */
export class BlindKey {
  readonly #inner = Buffer.alloc(BLOCK_BYTES, INNER_PAD);
  readonly #outer = Buffer.alloc(BLOCK_BYTES + 32, OUTER_PAD);

  /** Under a key of at most 64 bytes (RFC 2104 §2). */
  constructor(key: Uint8Array) {
    for (const [at, byte] of key.entries()) {
      this.#inner[at] = byte ^ INNER_PAD;
      this.#outer[at] = byte ^ OUTER_PAD;
    }
  }

  /** The blind value of a text, 16 bytes. */
  of(text: string): Buffer {
    const buffer = text.length <= MAX_SHARED_UNITS ? shared : Buffer.alloc(BLOCK_BYTES + 3 * text.length);
    buffer.set(this.#inner);
    const end = BLOCK_BYTES + buffer.write(text, BLOCK_BYTES, 'utf8');
    this.#outer.set(hash('sha256', buffer.subarray(0, end), 'buffer'), BLOCK_BYTES);
    return hash('sha256', this.#outer, 'buffer').subarray(0, BLIND_BYTES);
  }
}
