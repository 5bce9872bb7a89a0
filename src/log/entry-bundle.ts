import { concat } from '../proof/index.ts';
import { LogError } from './errors.ts';
import { TILE_WIDTH } from './tile-path.ts';

/** Length of an entry: a salted commitment (FORMATS §2). */
export const ENTRY_BYTES = 32;
/** Big-endian uint16 in front of each entry (C2SP tlog-tiles, Log entries). */
const LENGTH_BYTES = 2;
/** Bytes of a bundle with one entry; a full bundle has 256 times as many. */
const BUNDLED_ENTRY_BYTES = LENGTH_BYTES + ENTRY_BYTES;

/** The entry bundle of `packed` entries (32 bytes each, one after the other), every one with its length before it. */
export function encodeEntryBundle(packed: Uint8Array): Uint8Array {
  const count = packed.length / ENTRY_BYTES;
  const bundle = new Uint8Array(count * BUNDLED_ENTRY_BYTES);
  for (let i = 0; i < count; i++) {
    const at = i * BUNDLED_ENTRY_BYTES;
    bundle[at + 1] = ENTRY_BYTES;
    bundle.set(packed.subarray(i * ENTRY_BYTES, (i + 1) * ENTRY_BYTES), at + LENGTH_BYTES);
  }
  return bundle;
}

/**
 * The entries of a bundle that must hold `width` of them, as views of it. Throws `malformed` on a truncated or longer
 * bundle and on entries that are not 32 bytes: a Holdfast log holds no others.
 */
export function decodeEntryBundle(bundle: Uint8Array, width: number): Uint8Array[] {
  if (width < 1 || width > TILE_WIDTH || bundle.length !== width * BUNDLED_ENTRY_BYTES) throw badBundle();
  return Array.from({ length: width }, (_, i) => {
    const at = i * BUNDLED_ENTRY_BYTES;
    if (bundle[at] !== 0 || bundle[at + 1] !== ENTRY_BYTES) throw badBundle();
    return bundle.subarray(at + LENGTH_BYTES, at + BUNDLED_ENTRY_BYTES);
  });
}

/** Entries one after the other, 32 bytes each. */
export function packEntries(entries: readonly Uint8Array[]): Uint8Array {
  return concat(...entries);
}

/** The entries of packed bytes, as views. */
export function unpackEntries(packed: Uint8Array): Uint8Array[] {
  return Array.from({ length: packed.length / ENTRY_BYTES }, (_, i) =>
    packed.subarray(i * ENTRY_BYTES, (i + 1) * ENTRY_BYTES),
  );
}

function badBundle(): LogError {
  return new LogError('malformed', 'The entry bundle is truncated or holds entries that are not 32 bytes.');
}
