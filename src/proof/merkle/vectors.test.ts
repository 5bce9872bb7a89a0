import { describe, expect, test } from 'vitest';
import { describeVectors, manifest, vectorJson } from '../../../test/interop/vectors.ts';
import {
  CompactRange,
  emptyRoot,
  fromBase64,
  fromHex,
  leafHash,
  nodeHash,
  rootFromLeaves,
  toHex,
  verifyConsistency,
  verifyInclusion,
  verifySubtreeConsistency,
  verifySubtreeInclusion,
} from '../index.ts';

type Size = number | bigint;

interface Case {
  leafIdx: Size;
  treeSize: Size;
  start: Size;
  end: Size;
  size: Size;
  size1: Size;
  size2: Size;
  leafHash: string;
  root: string;
  root1: string;
  root2: string;
  proof: string[] | null;
  desc: string;
  wantErr: boolean;
}

const proofOf = (vector: Case) => (vector.proof ?? []).map(fromBase64);

const verifiers: Record<string, (vector: Case) => boolean> = {
  inclusion: (vector) =>
    verifyInclusion({
      leafIndex: BigInt(vector.leafIdx),
      treeSize: BigInt(vector.treeSize),
      leafHash: fromBase64(vector.leafHash),
      proof: proofOf(vector),
      root: fromBase64(vector.root),
    }),
  consistency: (vector) =>
    verifyConsistency({
      size1: BigInt(vector.size1),
      size2: BigInt(vector.size2),
      root1: fromBase64(vector.root1),
      root2: fromBase64(vector.root2),
      proof: proofOf(vector),
    }),
  subtreeinclusion: (vector) =>
    verifySubtreeInclusion({
      leafIndex: BigInt(vector.leafIdx),
      start: BigInt(vector.start ?? 0),
      end: BigInt(vector.end ?? vector.treeSize),
      leafHash: fromBase64(vector.leafHash),
      proof: proofOf(vector),
      subtreeRoot: fromBase64(vector.root),
    }),
  subtreeconsistency: (vector) =>
    verifySubtreeConsistency({
      start: BigInt(vector.start),
      end: BigInt(vector.end),
      treeSize: BigInt(vector.size),
      subtreeRoot: fromBase64(vector.root1),
      root: fromBase64(vector.root2),
      proof: proofOf(vector),
    }),
};

describeVectors('transparency-dev/merkle vectors', () => {
  const paths = manifest('merkle').map(({ path }) => path);

  test.each(Object.keys(verifiers))('every %s case is decided as published', (kind) => {
    const files = paths.filter((path) => path.startsWith(`${kind}/`));
    expect(files.length).toBeGreaterThan(50);
    for (const path of files) {
      const vector = vectorJson<Case>(`merkle/${path}`);
      const answer = verifiers[kind]?.(vector);
      expect({ path, desc: vector.desc, answer }).toEqual({
        path,
        desc: vector.desc,
        answer: !vector.wantErr,
      });
    }
  });

  test('no file of the manifest is left out', () => {
    const kinds = new Set(paths.map((path) => path.split('/')[0]));
    expect([...kinds].sort()).toEqual([...Object.keys(verifiers), 'roots.json'].sort());
    expect(paths).toHaveLength(317);
  });

  describe('known roots', () => {
    interface Roots {
      leafInputsHex: string[];
      rootHashHexBySize: string[];
      nodeHashHexByLevel: string[][];
    }
    const read = () => vectorJson<Roots>('merkle/roots.json');

    test('the root of every size is the published one', () => {
      const { leafInputsHex, rootHashHexBySize } = read();
      const leaves = leafInputsHex.map((hex) => leafHash(fromHex(hex)));
      const roots = rootHashHexBySize.map((_root, size) => toHex(rootFromLeaves(leaves.slice(0, size))));
      expect(roots).toEqual(rootHashHexBySize);
      expect(toHex(emptyRoot())).toBe(rootHashHexBySize[0]);
    });

    test('appending completes exactly the published nodes', () => {
      const { leafInputsHex, nodeHashHexByLevel } = read();
      const range = new CompactRange();
      const levels: string[][] = [];
      for (const hex of leafInputsHex) {
        for (const [level, hash] of range.append(leafHash(fromHex(hex))).entries()) {
          levels[level] = [...(levels[level] ?? []), toHex(hash)];
        }
      }
      expect(levels).toEqual(nodeHashHexByLevel);
      const [left, right] = nodeHashHexByLevel[0] ?? [];
      expect(toHex(nodeHash(fromHex(left ?? ''), fromHex(right ?? '')))).toBe(nodeHashHexByLevel[1]?.[0]);
    });
  });
});
