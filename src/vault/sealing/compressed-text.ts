import { compress, decompress } from '../../crypto/index.ts';
import { VaultError } from '../error.ts';

const PLAIN = 0;
const ZSTD = 1;
/** Below this, compression costs more time than the bytes are worth. */
const MIN_COMPRESSED_BYTES = 256;
/** Largest text that is opened: the largest official example has 35 MB. */
const MAX_TEXT_BYTES = 128 * 1024 * 1024;

/** Text as it is sealed: a flag byte, then UTF-8 or its Zstandard frame, whichever is shorter. */
export function packText(text: string): Buffer {
  const bytes = Buffer.allocUnsafe(1 + Buffer.byteLength(text));
  bytes[0] = PLAIN;
  bytes.write(text, 1, 'utf8');
  if (bytes.length <= MIN_COMPRESSED_BYTES) return bytes;
  const frame = compress(bytes.subarray(1));
  if (frame.length + 1 >= bytes.length) return bytes;
  return Buffer.concat([Uint8Array.of(ZSTD), frame]);
}

/** The text that {@link packText} packed. Throws `VaultError` `damaged` for an unknown flag. */
export function unpackText(bytes: Buffer): string {
  if (bytes[0] === PLAIN) return bytes.toString('utf8', 1);
  if (bytes[0] === ZSTD) return decompress(bytes.subarray(1), MAX_TEXT_BYTES).toString('utf8');
  throw new VaultError('damaged', 'A stored text has an unknown form; it was written by a newer program.');
}
