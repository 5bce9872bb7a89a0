import { fromUtf8 } from '../bytes.ts';
import { ProofError } from '../errors.ts';

/** A protocol-buffers message as it stands on the wire: for each field number its values in order, bytes or integers. */
export type WireMessage = ReadonlyMap<number, readonly (Uint8Array | bigint)[]>;

/** Longest base-128 integer: 64 bits in groups of seven. */
const MAX_VARINT_BYTES = 10;

/**
 * Reads a message of the protocol-buffers wire format (varint, 64-bit, length-delimited, 32-bit; groups are not used by
 * anything here). Throws `ProofError` `malformed` for anything else. Unknown fields are kept: what they mean is the reader's matter.
 */
export function readMessage(bytes: Uint8Array): WireMessage {
  const fields = new Map<number, (Uint8Array | bigint)[]>();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const byte = bytes[at++];
      if (byte === undefined) throw broken('it ends within a number');
      value |= BigInt(byte & 0x7f) << BigInt(7 * i);
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw broken('a number is too long');
  };
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - at) throw broken('it ends within a field');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = varint();
    const number = Number(key >> 3n);
    if (number === 0 || number > 0x1fffffff) throw broken('a field has no number');
    let value: Uint8Array | bigint;
    switch (Number(key & 7n)) {
      case 0:
        value = varint();
        break;
      case 1:
        value = take(8);
        break;
      case 2:
        value = take(Number(varint()));
        break;
      case 5:
        value = take(4);
        break;
      default:
        throw broken('a field has a type that is not used');
    }
    const known = fields.get(number);
    if (known === undefined) fields.set(number, [value]);
    else known.push(value);
  }
  return fields;
}

/** Every value of a repeated bytes or message field; empty when there is none. Throws `malformed` when one is an integer. */
export function listAt(message: WireMessage, field: number): Uint8Array[] {
  return (message.get(field) ?? []).map((value) => {
    if (typeof value === 'bigint') throw broken('a field has another type than expected');
    return value;
  });
}

/** The bytes of a singular field, the last when it comes twice; empty when it is absent. Throws `malformed`. */
export function bytesAt(message: WireMessage, field: number): Uint8Array {
  return listAt(message, field).at(-1) ?? new Uint8Array();
}

/** The text of a singular field; empty when it is absent. Throws `malformed`. */
export function textAt(message: WireMessage, field: number): string {
  return fromUtf8(bytesAt(message, field));
}

/** The message of a singular field; an empty one when it is absent. Throws `malformed`. */
export function messageAt(message: WireMessage, field: number): WireMessage {
  return readMessage(bytesAt(message, field));
}

/** The integer of a singular field; 0 when it is absent. Throws `malformed` when it is none or beyond 2⁵³ − 1. */
export function integerAt(message: WireMessage, field: number): number {
  const value = message.get(field)?.at(-1) ?? 0n;
  if (typeof value !== 'bigint' || value > BigInt(Number.MAX_SAFE_INTEGER))
    throw broken('a number is missing or too large');
  return Number(value);
}

/** The entries of a map field (`map<string, message>`): each key with its value's bytes. Throws `malformed` when a key comes twice. */
export function entriesAt(message: WireMessage, field: number): Map<string, Uint8Array> {
  const entries = new Map<string, Uint8Array>();
  for (const bytes of listAt(message, field)) {
    const entry = readMessage(bytes);
    const key = textAt(entry, 1);
    // Two readers of a map could keep different ones of two entries.
    if (entries.has(key)) throw broken('a map has a key twice');
    entries.set(key, bytesAt(entry, 2));
  }
  return entries;
}

function broken(why: string): ProofError {
  return new ProofError('malformed', `Not a protocol-buffers message: ${why}.`);
}
