import { compress, decompress } from '../../crypto/index.ts';
import { VaultError } from '../error.ts';

const PLAIN = 0; // first byte: the text as it is
const ZSTD = 1; // first byte: zstd
/** Below this, compression costs more time than the bytes are worth. */
const MIN_COMPRESSED_BYTES = 256;
/** Largest text that is opened: the largest official example has 35 MB. */
const MAX_TEXT_BYTES = 128 * 1024 * 1024;
/** Texts up to this many UTF-16 units are encoded in one buffer that is kept, whatever their characters. */
const MAX_SHARED_UNITS = 128 * 1024;
const shared = Buffer.alloc(1 + 3 * MAX_SHARED_UNITS);

/** Text as it is sealed: a flag byte, then UTF-8 or its Zstandard frame, whichever is shorter. The parts follow one another. */
export function packText(...parts: readonly string[]): Buffer {
  let units = 0;
  for (const part of parts) units += part.length;
  const buffer = units <= MAX_SHARED_UNITS ? shared : Buffer.alloc(1 + 3 * units);
  buffer[0] = PLAIN;
  let end = 1;
  for (const part of parts) end += buffer.write(part, end, 'utf8');
  if (end <= MIN_COMPRESSED_BYTES) return Buffer.from(buffer.subarray(0, end));
  const frame = compress(buffer.subarray(1, end));
  if (frame.length + 1 >= end) return Buffer.from(buffer.subarray(0, end));
  return Buffer.concat([Uint8Array.of(ZSTD), frame]);
}

/** The text that {@link packText} packed. Throws `VaultError` `damaged` for an unknown flag. */
export function unpackText(bytes: Buffer): string {
  if (bytes[0] === PLAIN) return bytes.toString('utf8', 1);
  if (bytes[0] === ZSTD) return decompress(bytes.subarray(1), MAX_TEXT_BYTES).toString('utf8');
  throw new VaultError('damaged', 'A stored text has an unknown form; it was written by a newer program.');
}
