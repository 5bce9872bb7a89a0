import { VaultError } from '../../error.ts';

/**
 * Row ids are kept in buckets: one row of a posting covers this many ids, two bytes each. A value that thousands of rows
 * of one commit share costs one row, and a list of two thousand ids is read in a handful.
 */
export const BUCKET_ROWS = 1024;

/** The bucket of a row id. */
export function bucketOf(rid: number): number {
  return Math.floor(rid / BUCKET_ROWS);
}

/** Ids of one bucket as they are stored, in the order given. */
export function packOffsets(rids: readonly number[], from: number, to: number): Uint8Array {
  const bytes = new Uint8Array((to - from) * 2);
  for (let at = from; at < to; at += 1) {
    const offset = (rids[at] ?? 0) % BUCKET_ROWS;
    bytes[(at - from) * 2] = offset & 0xff;
    bytes[(at - from) * 2 + 1] = offset >> 8;
  }
  return bytes;
}

/**
 * The offsets that were packed, ascending and each once. A resource that was changed later stands behind younger ones:
 * hence the sorting. Throws `VaultError` `damaged` for half an offset.
 */
export function unpackOffsets(bytes: Uint8Array): Uint16Array {
  if (bytes.length % 2 !== 0) {
    throw new VaultError('damaged', 'A posting was cut or changed; run "holdfast fsck".');
  }
  const offsets = new Uint16Array(bytes.length / 2);
  let ascending = true;
  for (let at = 0; at < offsets.length; at += 1) {
    const offset = (bytes[at * 2] ?? 0) | ((bytes[at * 2 + 1] ?? 0) << 8);
    if (at > 0 && offset <= (offsets[at - 1] ?? 0)) ascending = false;
    offsets[at] = offset;
  }
  return ascending ? offsets : Uint16Array.from(new Set(offsets.sort()));
}

/** What both hold; both ascending. */
export function intersect(a: Uint16Array, b: Uint16Array): Uint16Array {
  const out = new Uint16Array(Math.min(a.length, b.length));
  let size = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [x, y] = [a[i] ?? 0, b[j] ?? 0];
    if (x === y) {
      out[size] = x;
      size += 1;
    }
    if (x <= y) i += 1;
    if (y <= x) j += 1;
  }
  return out.subarray(0, size);
}

/** What either holds, once; both ascending. */
export function unite(a: Uint16Array, b: Uint16Array): Uint16Array {
  const out = new Uint16Array(a.length + b.length);
  let size = 0;
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const x = a[i] ?? BUCKET_ROWS;
    const y = b[j] ?? BUCKET_ROWS;
    out[size] = Math.min(x, y);
    size += 1;
    if (x <= y) i += 1;
    if (y <= x) j += 1;
  }
  return out.subarray(0, size);
}

/** What the first holds and the second does not; both ascending. */
export function subtract(a: Uint16Array, b: Uint16Array): Uint16Array {
  const out = new Uint16Array(a.length);
  let size = 0;
  for (let i = 0, j = 0; i < a.length; i += 1) {
    const x = a[i] ?? 0;
    while (j < b.length && (b[j] ?? 0) < x) j += 1;
    if (j < b.length && b[j] === x) continue;
    out[size] = x;
    size += 1;
  }
  return out.subarray(0, size);
}
