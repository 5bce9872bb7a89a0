import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { CryptoError } from './error.ts';

/** Zstandard's own default: level 1 saves no measurable time on records of a few kilobytes, higher ones cost it. */
const LEVEL = 3;

/** Zstandard (RFC 8878) of the bytes, as one frame. */
export function compress(bytes: Uint8Array): Buffer {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: LEVEL } });
}

/**
 * The bytes of a Zstandard frame. Throws `CryptoError` `too-large`, before the memory is taken, when they are more than
 * `maxSizeBytes` (a small frame can name gigabytes), and `malformed` for anything that is not a whole frame.
 */
export function decompress(bytes: Uint8Array, maxSizeBytes: number): Buffer {
  try {
    return zstdDecompressSync(bytes, { maxOutputLength: maxSizeBytes });
  } catch (cause) {
    if (cause instanceof RangeError)
      throw new CryptoError('too-large', `more than ${maxSizeBytes} bytes`, cause);
    throw new CryptoError('malformed', 'the compressed content is damaged', cause);
  }
}
