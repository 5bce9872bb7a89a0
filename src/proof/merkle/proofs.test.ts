import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { bytesFor, MemoryLog } from '../../../test/interop/network.ts';
import {
  CompactRange,
  consistencyProof,
  emptyRoot,
  type Hash,
  inclusionProof,
  leafHash,
  nodeHash,
  rootAt,
  verifyConsistency,
  verifyInclusion,
  verifySubtreeConsistency,
  verifySubtreeInclusion,
} from '../index.ts';

const MAX = 70;
const leaves = Array.from({ length: MAX }, (_unused, index) => leafHash(bytesFor(`entry ${index}`)));
const log = new MemoryLog();
for (let index = 0; index < MAX; index++) log.append(bytesFor(`entry ${index}`));
const size = fc.integer({ min: 1, max: MAX });

/** MTH of RFC 6962 §2.1, word for word. */
function definition(hashes: readonly Hash[]): Hash {
  const [only] = hashes;
  if (only === undefined) return emptyRoot();
  if (hashes.length === 1) return only;
  const k = 2 ** Math.ceil(Math.log2(hashes.length) - 1);
  return nodeHash(definition(hashes.slice(0, k)), definition(hashes.slice(k)));
}

const flip = (hash: Hash, bit: number): Hash =>
  hash.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));

describe('a tree', () => {
  test('has the root of the definition at every size, by three ways', () => {
    const range = new CompactRange();
    for (let n = 0; n <= MAX; n++) {
      expect(range.root()).toEqual(definition(leaves.slice(0, n)));
      expect(rootAt(n, log.nodeAt)).toEqual(range.root());
      expect(new CompactRange(n, range.hashes).root()).toEqual(range.root());
      const leaf = leaves[n];
      if (leaf !== undefined) range.append(leaf);
    }
  });

  test('is not resumed from hashes that do not fit its size', () => {
    expect(() => new CompactRange(3, leaves.slice(0, 1))).toThrow(
      expect.objectContaining({ code: 'malformed' }),
    );
    expect(() => new CompactRange(1, [new Uint8Array(31)])).toThrow(
      expect.objectContaining({ code: 'malformed' }),
    );
    expect(() => new CompactRange(-1)).toThrow(expect.objectContaining({ code: 'too-large' }));
    expect(() => new CompactRange(2 ** 53)).toThrow(expect.objectContaining({ code: 'too-large' }));
  });

  test('grows past 2^32 without losing count', () => {
    const range = new CompactRange(
      2 ** 40 + 2 ** 33 - 1,
      Array.from({ length: 34 }, (_unused, index) => bytesFor(`${index}`)),
    );
    expect(range.append(bytesFor('leaf'))).toHaveLength(34);
    expect(range.size).toBe(2 ** 40 + 2 ** 33);
    expect(range.hashes).toHaveLength(2);
  });

  test('is closed at 2^53 − 1 entries', () => {
    const range = new CompactRange(
      2 ** 53 - 1,
      Array.from({ length: 53 }, () => bytesFor('')),
    );
    expect(() => range.append(bytesFor('leaf'))).toThrow(expect.objectContaining({ code: 'too-large' }));
    expect(range.clone().size).toBe(range.size);
  });
});

describe('an inclusion proof', () => {
  const claim = (leafIndex: number, treeSize: number) => ({
    leafIndex: BigInt(leafIndex),
    treeSize: BigInt(treeSize),
    leafHash: leaves[leafIndex] ?? new Uint8Array(),
    proof: inclusionProof(leafIndex, treeSize, log.nodeAt),
    root: rootAt(treeSize, log.nodeAt),
  });

  test('verifies for every entry of every size, and for no other entry or size', () => {
    for (let n = 1; n <= 33; n++) {
      for (let index = 0; index < n; index++) {
        const good = claim(index, n);
        expect(verifyInclusion(good)).toBe(true);
        for (let other = 0; other < n; other++) {
          if (other !== index) expect(verifyInclusion({ ...good, leafIndex: BigInt(other) })).toBe(false);
        }
        expect(verifyInclusion({ ...good, leafIndex: BigInt(n) })).toBe(false);
        expect(verifyInclusion({ ...good, leafIndex: -1n })).toBe(false);
        expect(verifyInclusion({ ...good, proof: [...good.proof, good.root] })).toBe(false);
        expect(verifyInclusion({ ...good, proof: good.proof.slice(1) })).toBe(n === 1);
      }
    }
  });

  property.prop([size, fc.nat(MAX), fc.nat(255), fc.nat(10)])(
    'fails when a bit of leaf, root or path changes',
    (n, at, bit, step) => {
      const good = claim(at % n, n);
      expect(verifyInclusion({ ...good, leafHash: flip(good.leafHash, bit) })).toBe(false);
      expect(verifyInclusion({ ...good, root: flip(good.root, bit) })).toBe(false);
      if (good.proof.length === 0) return;
      const place = step % good.proof.length;
      const proof = good.proof.map((hash, index) => (index === place ? flip(hash, bit) : hash));
      expect(verifyInclusion({ ...good, proof })).toBe(false);
    },
  );

  test('is not built for an entry outside the tree', () => {
    for (const index of [-1, 5, 1.5]) {
      expect(() => inclusionProof(index, 5, log.nodeAt)).toThrow(
        expect.objectContaining({ code: 'invalid-proof' }),
      );
    }
  });
});

describe('a consistency proof', () => {
  const claim = (size1: number, size2: number) => ({
    size1: BigInt(size1),
    size2: BigInt(size2),
    root1: rootAt(size1, log.nodeAt),
    root2: rootAt(size2, log.nodeAt),
    proof: consistencyProof(size1, size2, log.nodeAt),
  });

  test('verifies between all pairs of sizes, and between no others', () => {
    for (let n = 1; n <= 40; n++) {
      for (let m = 1; m <= n; m++) {
        const good = claim(m, n);
        expect(verifyConsistency(good)).toBe(true);
        expect(verifyConsistency({ ...good, proof: [...good.proof, good.root1] })).toBe(false);
        if (m === n) continue;
        expect(verifyConsistency({ ...good, root1: good.root2, root2: good.root1 })).toBe(false);
        expect(verifyConsistency({ ...good, size1: good.size2, size2: good.size1 })).toBe(false);
        expect(verifyConsistency({ ...good, proof: good.proof.slice(1) })).toBe(false);
      }
    }
  });

  property.prop([size, size, fc.nat(255), fc.nat(10)])(
    'fails when a bit of either root or the path changes',
    (a, b, bit, step) => {
      const good = claim(Math.min(a, b), Math.max(a, b));
      expect(verifyConsistency({ ...good, root1: flip(good.root1, bit) })).toBe(false);
      expect(verifyConsistency({ ...good, root2: flip(good.root2, bit) })).toBe(false);
      if (good.proof.length === 0) return;
      const place = step % good.proof.length;
      const proof = good.proof.map((hash, index) => (index === place ? flip(hash, bit) : hash));
      expect(verifyConsistency({ ...good, proof })).toBe(false);
    },
  );

  test('from nothing says nothing, and is not built', () => {
    const root = emptyRoot();
    expect(verifyConsistency({ size1: 0n, size2: 0n, root1: root, root2: root, proof: [] })).toBe(false);
    expect(() => consistencyProof(0, 5, log.nodeAt)).toThrow(
      expect.objectContaining({ code: 'invalid-proof' }),
    );
    expect(() => consistencyProof(6, 5, log.nodeAt)).toThrow(
      expect.objectContaining({ code: 'invalid-proof' }),
    );
  });
});

test('a range that is no subtree of the tree is refused, even with the right hash over it', () => {
  const [, left, right] = leaves as [Hash, Hash, Hash];
  const claim = { leafHash: left, proof: [right], subtreeRoot: nodeHash(left, right) };
  expect(verifySubtreeInclusion({ ...claim, leafIndex: 1n, start: 1n, end: 3n })).toBe(false);
  expect(verifySubtreeInclusion({ ...claim, leafIndex: 2n, start: 2n, end: 4n })).toBe(true);
});

property.prop([size, size, size])('a subtree is consistent only where it stands', (a, b, n) => {
  const treeSize = Math.max(a, n);
  const end = Math.min(a, n);
  const good = {
    start: 0n,
    end: BigInt(end),
    treeSize: BigInt(treeSize),
    subtreeRoot: rootAt(end, log.nodeAt),
    root: rootAt(treeSize, log.nodeAt),
    proof: end === treeSize ? [] : consistencyProof(end, treeSize, log.nodeAt),
  };
  expect(verifySubtreeConsistency(good)).toBe(true);
  expect(verifySubtreeConsistency({ ...good, start: BigInt(b), end: BigInt(b + end) })).toBe(false);
});
