import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { nativePrimitives } from '../../test/interop/native.ts';
import { cases, describeVectors, vectorJson } from '../../test/interop/vectors.ts';
import {
  ed25519PublicKey,
  fromHex,
  javascriptPrimitives,
  signEd25519,
  utf8,
  verifyEd25519,
} from './index.ts';

const primitives = { javascript: javascriptPrimitives, native: nativePrimitives };

/** What the one rule refuses of the published edge cases; the rest it must take. */
const REFUSED_FLAGS = [
  'low_order_A',
  'low_order_R',
  'non_canonical_A',
  'non_canonical_R',
  'low_order_residue',
];

describeVectors('the one Ed25519 rule', () => {
  interface EdgeCase {
    number: number;
    key: string;
    sig: string;
    msg: string;
    flags: string[] | null;
  }
  const edgeCases = cases<EdgeCase>('tlog/ed25519-cctv/ed25519vectors.json');

  describe.each(Object.entries(primitives))('on the %s primitive', (_name, primitive) => {
    test('decides all 914 CCTV edge cases', () => {
      expect(edgeCases).toHaveLength(914);
      const isRefused = ({ flags }: EdgeCase) => (flags ?? []).some((flag) => REFUSED_FLAGS.includes(flag));
      expect(edgeCases.filter((edge) => !isRefused(edge)).length).toBeGreaterThan(0);
      for (const edge of edgeCases) {
        const answer = verifyEd25519(fromHex(edge.key), utf8(edge.msg), fromHex(edge.sig), primitive);
        expect({ number: edge.number, answer }).toEqual({ number: edge.number, answer: !isRefused(edge) });
      }
    });

    test('decides all Wycheproof cases', () => {
      interface Wycheproof {
        numberOfTests: number;
        testGroups: {
          publicKey: { pk: string };
          tests: { tcId: number; msg: string; sig: string; result: string }[];
        }[];
      }
      const file = vectorJson<Wycheproof>('tlog/wycheproof/ed25519_test.json');
      let run = 0;
      for (const { publicKey, tests } of file.testGroups) {
        for (const { tcId, msg, sig, result } of tests) {
          run += 1;
          const answer = verifyEd25519(fromHex(publicKey.pk), fromHex(msg), fromHex(sig), primitive);
          expect({ tcId, answer }).toEqual({ tcId, answer: result === 'valid' });
        }
      }
      expect(run).toBe(file.numberOfTests);
    });
  });
});

describe.each(Object.entries(primitives))('a signature on the %s primitive', (_name, primitive) => {
  const seed = new Uint8Array(32).fill(9);
  const publicKey = ed25519PublicKey(seed);
  const message = utf8('what was signed');
  const signature = signEd25519(seed, message);

  property.prop([fc.nat(64 * 8 - 1)])('fails when one bit of it changes', (bit) => {
    const altered = Uint8Array.from(signature);
    altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(verifyEd25519(publicKey, message, altered, primitive)).toBe(false);
  });

  test('verifies, and not over another message, by another key, or in another length', () => {
    expect(verifyEd25519(publicKey, message, signature, primitive)).toBe(true);
    expect(verifyEd25519(publicKey, utf8('what was signeD'), signature, primitive)).toBe(false);
    expect(verifyEd25519(ed25519PublicKey(new Uint8Array(32)), message, signature, primitive)).toBe(false);
    expect(verifyEd25519(publicKey, message, signature.subarray(1), primitive)).toBe(false);
    expect(verifyEd25519(publicKey.subarray(1), message, signature, primitive)).toBe(false);
  });
});

describe('the checks that run before any primitive', () => {
  const takeAll = { verifyEd25519: () => true };
  const good = ed25519PublicKey(new Uint8Array(32).fill(3));
  const signature = (r: Uint8Array, s: string) => Uint8Array.from([...r, ...fromHex(s)]);
  const zero = '00'.repeat(32);
  const order = 'edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010';
  const smallOrder = [
    '0100000000000000000000000000000000000000000000000000000000000000',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    '0000000000000000000000000000000000000000000000000000000000000080',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  ];

  test('S = L is refused, S = L − 1 is not', () => {
    expect(verifyEd25519(good, utf8(''), signature(good, order), takeAll)).toBe(false);
    expect(verifyEd25519(good, utf8(''), signature(good, order.replace('ed', 'ec')), takeAll)).toBe(true);
  });

  test.each(smallOrder)('a point of small order %s is refused as key and as R', (hex) => {
    expect(verifyEd25519(fromHex(hex), utf8(''), signature(good, zero), takeAll)).toBe(false);
    expect(verifyEd25519(good, utf8(''), signature(fromHex(hex), zero), takeAll)).toBe(false);
  });

  test.each(['ed', 'ee', 'f0', 'ff'])(
    'a y of p or more, first byte %s, is refused with either sign',
    (low) => {
      for (const high of ['7f', 'ff']) {
        const point = fromHex(low + 'ff'.repeat(30) + high);
        expect(verifyEd25519(point, utf8(''), signature(good, zero), takeAll)).toBe(false);
        expect(verifyEd25519(good, utf8(''), signature(point, zero), takeAll)).toBe(false);
      }
    },
  );

  test('a y just below p is left to the primitive', () => {
    const point = fromHex(`eb${'ff'.repeat(30)}7f`);
    expect(verifyEd25519(point, utf8(''), signature(good, zero), takeAll)).toBe(true);
  });
});
