import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';

/** Random bytes fetched at once: one system call serves 512 ids, which makes an id ten times cheaper. */
const POOL_SIZE_BYTES = 8 * 1024;
/** Larger requests go to the system directly. */
const MAX_POOLED_BYTES = 64;
/** 128 random bits: ids meet by chance only after 2⁶⁴ of them. */
const ID_SIZE_BYTES = 16;

const pool = Buffer.alloc(POOL_SIZE_BYTES);
let used = POOL_SIZE_BYTES;

/** `lengthBytes` bytes from the system's generator. */
export function randomBytes(lengthBytes: number): Buffer {
  assert.ok(Number.isSafeInteger(lengthBytes) && lengthBytes >= 0);
  const bytes = Buffer.alloc(lengthBytes);
  if (lengthBytes > MAX_POOLED_BYTES) return randomFillSync(bytes);
  if (used + lengthBytes > POOL_SIZE_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  pool.copy(bytes, 0, used, used + lengthBytes);
  // What was handed out is wiped, so that the pool never tells a key or nonce again.
  pool.fill(0, used, used + lengthBytes);
  used += lengthBytes;
  return bytes;
}

/** A new id: 32 lower-case hexadecimal digits, 128 random bits. */
export function randomId(): string {
  return randomBytes(ID_SIZE_BYTES).toString('hex');
}
