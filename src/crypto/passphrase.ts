import { scryptSync } from 'node:crypto';
import { open, SEALED_OVERHEAD_BYTES, SEALING_KEY_BYTES, seal } from './aead.ts';
import { CryptoError } from './error.ts';
import { randomBytes } from './random.ts';

/** First byte of everything sealed by a passphrase: scrypt (RFC 7914), then AES-256-GCM. */
const SUITE_SCRYPT = 0x01;
/** 128 random bits: no table of guesses serves two files. */
const SALT_BYTES = 16;
/** Suite, cost, block size, parallelism, salt. */
const HEADER_BYTES = 4 + SALT_BYTES;
/** scrypt's r as RFC 7914 §2 recommends. */
const BLOCK_SIZE = 8;
/** scrypt's p as RFC 7914 §2 recommends. */
const PARALLELISM = 1;
/** scrypt's N = 2¹⁷: 128 MiB and about half a second on a server core, once at each start (OWASP's first choice). */
const DEFAULT_COST_LOG2 = 17;
/** Below 2¹⁵ guessing a passphrase is too cheap; such a file is refused too, or a thief's edit could weaken the next save. */
const MIN_COST_LOG2 = 15;
/** Above 2²⁰ (1 GiB) a hostile file would take the memory of the process. */
const MAX_COST_LOG2 = 20;

/**
 * Seals a small secret under a passphrase: 0x01 ‖ log₂N ‖ r ‖ p ‖ salt (16) ‖ what `seal` gives, the header being part
 * of the associated data. Blocks for about half a second; `costLog2` (15–20) sets N. Throws `CryptoError` `malformed`
 * for an empty passphrase or a cost outside its bounds.
 */
export function sealWithPassphrase(
  passphrase: string,
  plaintext: Uint8Array,
  associatedData: Uint8Array,
  costLog2: number = DEFAULT_COST_LOG2,
): Buffer {
  const header = Buffer.concat([
    Uint8Array.of(SUITE_SCRYPT, costLog2, BLOCK_SIZE, PARALLELISM),
    randomBytes(SALT_BYTES),
  ]);
  const sealed = seal(keyOf(passphrase, header), plaintext, Buffer.concat([header, associatedData]));
  return Buffer.concat([header, sealed]);
}

/**
 * Opens what {@link sealWithPassphrase} made. Throws `CryptoError`: `malformed`, `unknown-suite`, or `not-authentic` for
 * a wrong passphrase, other associated data or any changed byte.
 */
export function openWithPassphrase(
  passphrase: string,
  sealed: Uint8Array,
  associatedData: Uint8Array,
): Buffer {
  if (sealed.length < HEADER_BYTES + SEALED_OVERHEAD_BYTES) {
    throw new CryptoError('malformed', 'the sealed file is cut short');
  }
  if (sealed[0] !== SUITE_SCRYPT)
    throw new CryptoError('unknown-suite', 'the sealed file has an unknown suite');
  const header = sealed.subarray(0, HEADER_BYTES);
  if (header[2] !== BLOCK_SIZE || header[3] !== PARALLELISM) {
    throw new CryptoError('malformed', 'the sealed file asks for unknown scrypt parameters');
  }
  const key = keyOf(passphrase, header);
  return open(key, sealed.subarray(HEADER_BYTES), Buffer.concat([header, associatedData]));
}

function keyOf(passphrase: string, header: Uint8Array): Buffer {
  const costLog2 = header[1] ?? 0;
  if (costLog2 < MIN_COST_LOG2 || costLog2 > MAX_COST_LOG2) {
    throw new CryptoError('malformed', `scrypt's cost must be 2^${MIN_COST_LOG2} to 2^${MAX_COST_LOG2}`);
  }
  if (passphrase === '') throw new CryptoError('malformed', 'the passphrase is empty; give one');
  // One passphrase, one byte string, whatever keyboard it came from (NFKC as in RFC 8265 §4.2).
  const bytes = Buffer.from(passphrase.normalize('NFKC'), 'utf8');
  const N = 2 ** costLog2;
  return scryptSync(bytes, header.subarray(4), SEALING_KEY_BYTES, {
    N,
    r: BLOCK_SIZE,
    p: PARALLELISM,
    maxmem: 256 * N * BLOCK_SIZE,
  });
}
