import { concat } from '../bytes.ts';
import { ProofError } from '../errors.ts';

/** ASN.1 tags that are read or written here (ITU-T X.690 §8). */
export const DER_TAG = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  sequence: 0x30,
  set: 0x31,
  /** `[0]` constructed: the version of a certificate. */
  context0: 0xa0,
} as const;

/** One element of a DER text. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
}

/** Longest length that is read, in bytes of its own: certificates and headers stay below 2³². */
const MAX_LENGTH_BYTES = 4;

/** The elements of a DER text one after the other (ITU-T X.690 §10: definite lengths, shortest form). Throws `ProofError` `malformed`. */
export function readDer(bytes: Uint8Array): DerElement[] {
  const elements: DerElement[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at++] ?? 0;
    if ((tag & 0x1f) === 0x1f) throw broken('a tag is too long');
    let length = bytes[at++];
    if (length === undefined) throw broken('it ends within an element');
    if (length >= 0x80) {
      const size = length & 0x7f;
      if (size === 0 || size > MAX_LENGTH_BYTES || at + size > bytes.length)
        throw broken('a length is wrong');
      length = 0;
      for (let i = 0; i < size; i++) length = length * 256 + (bytes[at++] ?? 0);
      if (length < 0x80 || length < 256 ** (size - 1)) throw broken('a length is not in its shortest form');
    }
    if (length > bytes.length - at) throw broken('it ends within an element');
    elements.push({ tag, content: bytes.subarray(at, at + length) });
    at += length;
  }
  return elements;
}

/** The content of the element at an index, which must have the tag. Throws `malformed`. */
export function derContent(elements: readonly DerElement[], index: number, tag: number): Uint8Array {
  const element = elements[index];
  if (element?.tag !== tag) throw broken('an element is missing or of another kind');
  return element.content;
}

/** An element in DER: tag, length in its shortest form, content. */
export function writeDer(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const body = concat(...content);
  const length: number[] = [];
  for (let rest = body.length; rest > 0; rest = Math.floor(rest / 256)) length.unshift(rest % 256);
  const head = body.length < 0x80 ? [tag, body.length] : [tag, 0x80 | length.length, ...length];
  return concat(Uint8Array.from(head), body);
}

/** A number from 0 to 2⁶⁴ − 1 as a DER integer. */
export function writeDerInteger(value: bigint): Uint8Array {
  const digits: number[] = [];
  for (let rest = value; rest > 0n; rest >>= 8n) digits.unshift(Number(rest & 0xffn));
  // Two's complement: a leading zero keeps the number positive.
  if (digits.length === 0 || (digits[0] ?? 0) >= 0x80) digits.unshift(0);
  return writeDer(DER_TAG.integer, Uint8Array.from(digits));
}

function broken(why: string): ProofError {
  return new ProofError('malformed', `Not DER: ${why}.`);
}
