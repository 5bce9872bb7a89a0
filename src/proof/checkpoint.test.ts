import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { cases, describeVectors } from '../../test/interop/vectors.ts';
import { formatCheckpoint, parseCheckpoint, parseSignedCheckpoint, toBase64 } from './index.ts';

const malformed = expect.objectContaining({ name: 'ProofError', code: 'malformed' });

interface CheckpointCase {
  name: string;
  body: string;
  valid: boolean;
  origin?: string;
  size?: string;
  rootHashBase64?: string;
  rest?: string;
  laxHash?: string;
}

describeVectors('published checkpoints', () => {
  const bodies = cases<CheckpointCase>('tlog/checkpoint.json');

  test('are read as published, and refused where a SHA-256 log must', () => {
    expect(bodies).toHaveLength(16);
    for (const vector of bodies) {
      // The remarks in the vectors: hashes that are not 32 bytes, and empty extension lines, pass upstream only.
      if (!vector.valid || vector.laxHash !== undefined) {
        expect(() => parseCheckpoint(vector.body), vector.name).toThrow(malformed);
        continue;
      }
      const { origin, size, root, extensions } = parseCheckpoint(vector.body);
      expect({
        origin,
        size: String(size),
        root: toBase64(root),
        rest: extensions.map((line) => `${line}\n`).join(''),
      }).toEqual({
        origin: vector.origin,
        size: vector.size,
        root: vector.rootHashBase64,
        rest: vector.rest,
      });
      expect(formatCheckpoint({ origin, size, root, extensions })).toBe(vector.body);
    }
  });
});

describe('a checkpoint', () => {
  const root = toBase64(new Uint8Array(32));

  test.each([
    `o\n01\n${root}\n`,
    `o\n-1\n${root}\n`,
    `o\n+1\n${root}\n`,
    `o\n1.0\n${root}\n`,
    `o\n\n${root}\n`,
    `o\n18446744073709551616\n${root}\n`,
    `o\n1\n${root}`,
    `o\n1\n${root} \n`,
    `o\n1\n${root}\n\n`,
    `o\n1\n${root}\nx\u0001\n`,
    `o\t\n1\n${root}\n`,
  ])('is not %j', (text) => expect(() => parseCheckpoint(text)).toThrow(malformed));

  test('is not written with a line that would become two', () => {
    const hash = new Uint8Array(32);
    expect(() => formatCheckpoint({ origin: 'a\n1', size: 1, root: hash })).toThrow(malformed);
    expect(() => formatCheckpoint({ origin: '', size: 1, root: hash })).toThrow(malformed);
    expect(() => formatCheckpoint({ origin: 'a', size: -1, root: hash })).toThrow(malformed);
    expect(() => formatCheckpoint({ origin: 'a', size: 1.5, root: hash })).toThrow(malformed);
    expect(() => formatCheckpoint({ origin: 'a', size: 1, root: hash, extensions: ['x\ny'] })).toThrow(
      malformed,
    );
  });

  test('without signature is not a signed one', () => {
    expect(() => parseSignedCheckpoint(`o\n1\n${root}\n`)).toThrow(malformed);
  });

  const line = fc.stringMatching(/^[!-~][ -~é]{0,30}$/);
  property.prop([
    line,
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    fc.uint8Array({ minLength: 32, maxLength: 32 }),
    fc.array(line, { maxLength: 3 }),
  ])('survives its text form', (origin, size, hash, extensions) => {
    const checkpoint = { origin, size, root: hash, extensions };
    expect(parseCheckpoint(formatCheckpoint(checkpoint))).toEqual(checkpoint);
  });
});
