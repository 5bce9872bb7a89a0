import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concat, equalBytes } from './bytes.ts';

/**
 * The Ed25519 verification underneath the one rule. An implementation may assume what {@link verifyEd25519}
 * has already checked: lengths, S < L, A and R canonical and not of small order. It must then answer the
 * equation without cofactor, R = [S]B − [k]A byte for byte (RFC 8032 §5.1.7, as ref10 and OpenSSL do).
 */
export interface Primitives {
  verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

/** Length of an Ed25519 public key in bytes. */
export const PUBLIC_KEY_BYTES = 32;
/** Length of an Ed25519 signature in bytes. */
export const SIGNATURE_BYTES = 64;

const { Point } = ed25519;
const { Fn } = Point;

/** The primitive in JavaScript, for browsers and wherever no native one is handed in. */
export const javascriptPrimitives: Primitives = {
  verifyEd25519(publicKey, message, signature) {
    const encodedR = signature.subarray(0, 32);
    const s = littleEndian(signature.subarray(32));
    let a: ReturnType<typeof Point.fromBytes>;
    try {
      a = Point.fromBytes(publicKey, false);
    } catch {
      return false; // not a point of the curve
    }
    const k = Fn.create(littleEndian(sha512(concat(encodedR, publicKey, message))));
    const r = Point.BASE.multiplyUnsafe(s).subtract(a.multiplyUnsafe(k));
    return equalBytes(r.toBytes(), encodedR);
  },
};

/**
 * The one Ed25519 rule of Holdfast: S < L; A and R canonical and not of small order; R equals [S]B − [k]A byte for
 * byte, without cofactor. The checks run before the primitive, so that native and JavaScript give one answer on
 * every input: they stop a second signature for the same message (S + L), a key that accepts any message (small
 * order), and texts on which two verifiers differ. False, never an exception, for anything else.
 */
export function verifyEd25519(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
  primitives: Primitives = javascriptPrimitives,
): boolean {
  if (publicKey.length !== PUBLIC_KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  if (!isBelowOrder(signature, 32)) return false;
  if (!isAcceptablePoint(publicKey, 0) || !isAcceptablePoint(signature, 0)) return false;
  return primitives.verifyEd25519(publicKey, message, signature);
}

/** L = 2^252 + 27742317777372353535851937790883648493, little-endian (RFC 8032 §5.1). */
const ORDER = Uint8Array.fromHex('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');

/** True when the 32 little-endian bytes at `offset` are a number below L. */
function isBelowOrder(bytes: Uint8Array, offset: number): boolean {
  for (let i = 31; i >= 0; i--) {
    const difference = (bytes[offset + i] ?? 0) - (ORDER[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/**
 * The y coordinates of the eight points whose order divides the cofactor 8, little-endian, sign bit clear: 0 (order 4),
 * 1 (order 1), p − 1 (order 2), and the two of order 8.
 */
const SMALL_ORDER_Y = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
].map((hex) => Uint8Array.fromHex(hex));

/**
 * True for a canonical encoding that is not of small order. Not canonical are y ≥ p, and x = 0 with the sign
 * set, which only y = 1 and y = p − 1 can have, both of small order. Whether it is a point at all is left to the primitive.
 */
function isAcceptablePoint(bytes: Uint8Array, offset: number): boolean {
  if (isAtLeastPrime(bytes, offset)) return false;
  for (const y of SMALL_ORDER_Y) {
    if (bytes[offset] !== y[0]) continue;
    let i = 1;
    while (i < 31 && bytes[offset + i] === y[i]) i++;
    if (i === 31 && ((bytes[offset + 31] ?? 0) & 0x7f) === y[31]) return false;
  }
  return true;
}

/** True when y, sign bit aside, is p = 2^255 − 19 or more: only the lowest byte can then differ from all ones. */
function isAtLeastPrime(bytes: Uint8Array, offset: number): boolean {
  if ((bytes[offset] ?? 0) < 0xed || ((bytes[offset + 31] ?? 0) & 0x7f) !== 0x7f) return false;
  for (let i = 1; i < 31; i++) if (bytes[offset + i] !== 0xff) return false;
  return true;
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Uint8Array.from(bytes).reverse().toHex()}`);
}
