/// <reference lib="esnext.typedarrays" />
import { ProofError } from './errors.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8 of a string. Throws `malformed` on a lone surrogate, which UTF-8 cannot carry (it would become U+FFFD and two texts one). */
export function utf8(text: string): Uint8Array {
  if (!text.isWellFormed())
    throw new ProofError('malformed', 'Text holds a lone surrogate; send well-formed Unicode.');
  return encoder.encode(text);
}

/** The string of UTF-8 bytes; a byte order mark stays. Throws `malformed` on anything that is not UTF-8. */
export function fromUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new ProofError('malformed', 'Bytes are not valid UTF-8.', { cause });
  }
}

/** All parts, one after the other, in a new array. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const part of parts) size += part.length;
  const out = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  return bytes.toHex();
}

/** Bytes of lower-case hexadecimal. Throws `malformed` on upper case, odd length or any other character. */
export function fromHex(text: string): Uint8Array {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) {
    throw new ProofError('malformed', 'Expected lower-case hexadecimal of even length.');
  }
  return Uint8Array.fromHex(text);
}

/** Standard base64 with padding (RFC 4648 §4). */
export function toBase64(bytes: Uint8Array): string {
  return bytes.toBase64();
}

/**
 * Bytes of standard, padded, canonical base64 (RFC 4648 §4, §3.5). Throws `malformed` otherwise: one value has
 * one text, so that no signed or hashed text can be altered without changing its bytes.
 */
export function fromBase64(text: string): Uint8Array {
  const bytes = decodeBase64(text, 'base64');
  // The platform skips white space; the length shows that there was none.
  if (text.length !== 4 * Math.ceil(bytes.length / 3)) throw notBase64();
  return bytes;
}

/** base64url without padding (RFC 4648 §5). */
export function toBase64Url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: 'base64url', omitPadding: true });
}

/** Bytes of unpadded, canonical base64url (RFC 4648 §5). Throws `malformed` otherwise. */
export function fromBase64Url(text: string): Uint8Array {
  const bytes = decodeBase64(text + '='.repeat((4 - (text.length % 4)) % 4), 'base64url');
  if (text.length !== Math.ceil((bytes.length * 4) / 3)) throw notBase64();
  return bytes;
}

function decodeBase64(text: string, alphabet: 'base64' | 'base64url'): Uint8Array {
  try {
    return Uint8Array.fromBase64(text, { alphabet, lastChunkHandling: 'strict' });
  } catch (cause) {
    throw notBase64(cause);
  }
}

function notBase64(cause?: unknown): ProofError {
  return new ProofError('malformed', 'Expected canonical base64 without white space.', { cause });
}

/** True when both have the same length and bytes. Not constant time: for public values only. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
