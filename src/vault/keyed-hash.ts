import { hash } from 'node:crypto';

const BLOCK_BYTES = 64; // block of SHA-256 (FIPS 180-4)
const HASH_BYTES = 32; // output of SHA-256
const INNER_PAD = 0x36; // RFC 2104 §2, ipad
const OUTER_PAD = 0x5c; // RFC 2104 §2, opad
/** Texts up to this many UTF-16 units fit the shared buffer whatever their characters. */
const MAX_SHARED_UNITS = 16_384;
/** What the two hashes read: a padded key, then the text or the inner hash. Used and left within one call. */
const innerBlock = Buffer.alloc(BLOCK_BYTES + 3 * MAX_SHARED_UNITS);
const outerBlock = Buffer.alloc(BLOCK_BYTES + HASH_BYTES);

/**
 * HMAC-SHA-256 (RFC 2104) of short texts. Every request needs a dozen: on one-shot hashes that answer with strings they
 * cost a quarter of what HMAC objects do, and leave no buffers to collect.
 */

/** The HMAC of `prefix` ‖ `text` in UTF-8, under a key of at most 64 bytes that is used once. 32 bytes. */
export function keyedHashOnce(key: Uint8Array, prefix: string, text: string): Buffer {
  innerBlock.fill(INNER_PAD, 0, BLOCK_BYTES);
  outerBlock.fill(OUTER_PAD, 0, BLOCK_BYTES);
  for (let at = 0; at < key.length; at += 1) {
    const byte = key[at] ?? 0;
    innerBlock[at] = byte ^ INNER_PAD;
    outerBlock[at] = byte ^ OUTER_PAD;
  }
  return Buffer.from(finish(prefix, text), 'latin1');
}

/** HMAC under a key that is used again and again. */
export class KeyedHash {
  readonly #inner = Buffer.alloc(BLOCK_BYTES, INNER_PAD);
  readonly #outer = Buffer.alloc(BLOCK_BYTES, OUTER_PAD);

  /** Under a key of at most 64 bytes. */
  constructor(key: Uint8Array) {
    for (let at = 0; at < key.length; at += 1) {
      const byte = key[at] ?? 0;
      this.#inner[at] = byte ^ INNER_PAD;
      this.#outer[at] = byte ^ OUTER_PAD;
    }
  }

  /** The HMAC of a text's UTF-8: 32 characters, each one byte. */
  of(text: string): string {
    innerBlock.set(this.#inner);
    outerBlock.set(this.#outer);
    return finish('', text);
  }
}

/** Both blocks begin with the padded key. */
function finish(prefix: string, text: string): string {
  outerBlock.write(innerHash(prefix, text), BLOCK_BYTES, 'latin1');
  return hash('sha256', outerBlock, 'binary');
}

/** Both are written one after the other: joining them first would make a copy to collect. */
function innerHash(prefix: string, text: string): string {
  if (prefix.length + text.length > MAX_SHARED_UNITS) {
    const long = Buffer.concat([innerBlock.subarray(0, BLOCK_BYTES), Buffer.from(prefix + text)]);
    return hash('sha256', long, 'binary');
  }
  const at = BLOCK_BYTES + innerBlock.write(prefix, BLOCK_BYTES, 'utf8');
  const end = at + innerBlock.write(text, at, 'utf8');
  return hash('sha256', innerBlock.subarray(0, end), 'binary');
}
