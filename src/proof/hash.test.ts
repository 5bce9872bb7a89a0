import { createHash, createHmac } from 'node:crypto';
import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { describeVectors, vectorJson } from '../../test/interop/vectors.ts';
import { fromHex, hkdfSha256, hmacSha256, sha256, toHex } from './index.ts';

describeVectors('HKDF-SHA-256', () => {
  interface Wycheproof {
    numberOfTests: number;
    testGroups: {
      tests: {
        tcId: number;
        ikm: string;
        salt: string;
        info: string;
        size: number;
        okm: string;
        result: string;
      }[];
    }[];
  }

  test('gives what Wycheproof expects and refuses sizes that are too large', () => {
    const file = vectorJson<Wycheproof>('tlog/wycheproof/hkdf_sha256_test.json');
    const tests = file.testGroups.flatMap((group) => group.tests);
    expect(tests).toHaveLength(file.numberOfTests);
    for (const { tcId, ikm, salt, info, size, okm, result } of tests) {
      const derive = () => toHex(hkdfSha256(fromHex(ikm), fromHex(salt), fromHex(info), size));
      if (result === 'valid') expect({ tcId, okm: derive() }).toEqual({ tcId, okm });
      else expect(derive, `case ${tcId}`).toThrow();
    }
  });
});

property.prop([fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 200 })])(
  'SHA-256 and HMAC agree with OpenSSL',
  (key, bytes) => {
    expect(toHex(sha256(bytes))).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(toHex(hmacSha256(key, bytes))).toBe(createHmac('sha256', key).update(bytes).digest('hex'));
  },
);
