import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { cases, describeVectors } from '../../test/interop/vectors.ts';
import {
  ED25519_COSIGNATURE,
  ED25519_NOTE,
  formatVerifierKey,
  fromHex,
  keyId,
  logId,
  noteVerifier,
  parseVerifierKey,
  toBase64,
  toHex,
  verifierKey,
} from './index.ts';

const publicKey = fromHex('5a'.repeat(32));

describeVectors('published verifier keys', () => {
  const keys = cases<{ name: string; vkey: string; valid: boolean }>('tlog/vkeys.json');

  test('are read and written back, broken ones refused', () => {
    expect(keys).toHaveLength(34);
    for (const { name, vkey, valid } of keys) {
      if (valid) expect(formatVerifierKey(parseVerifierKey(vkey)), name).toBe(vkey);
      else
        expect(() => parseVerifierKey(vkey), name).toThrow(expect.objectContaining({ name: 'ProofError' }));
    }
  });

  test('log ids are the published ones', () => {
    const ids = cases<{ origin: string; idHex: string }>('tlog/log-ids.json');
    expect(ids).toHaveLength(4);
    for (const { origin, idHex } of ids) expect(toHex(logId(origin))).toBe(idHex);
  });
});

describe('a verifier key', () => {
  test('of another type has another id, so that a witness cannot pass for a log', () => {
    expect(keyId('a', ED25519_NOTE, publicKey)).not.toBe(keyId('a', ED25519_COSIGNATURE, publicKey));
    const witness = formatVerifierKey({ name: 'a', type: ED25519_COSIGNATURE, publicKey });
    const asLog = witness.replace(/\+[^+]*$/, `+${toBase64(Uint8Array.of(ED25519_NOTE, ...publicKey))}`);
    expect(() => parseVerifierKey(asLog)).toThrow(expect.objectContaining({ code: 'malformed' }));
  });

  test.each(['', 'a b', 'a+b', 'a\u00a0b', 'a\u2003b', 'a\nb', 'a\0b', '\ud800'])(
    'is not named %j',
    (name) => {
      expect(() => verifierKey({ name, type: ED25519_NOTE, publicKey })).toThrow(
        expect.objectContaining({ code: 'malformed' }),
      );
    },
  );

  test('of ML-DSA-44 is read, but its signatures are not verified', () => {
    const key = verifierKey({ name: 'pq', type: 0x06, publicKey: new Uint8Array(1312) });
    expect(parseVerifierKey(formatVerifierKey(key))).toEqual(key);
    expect(() => noteVerifier(key)).toThrow(expect.objectContaining({ code: 'unsupported' }));
  });

  property.prop([fc.stringMatching(/^[!-*,-~]{1,40}$/), fc.uint8Array({ minLength: 32, maxLength: 32 })])(
    'survives its text',
    (name, bytes) => {
      const key = verifierKey({ name, type: ED25519_COSIGNATURE, publicKey: bytes });
      expect(parseVerifierKey(formatVerifierKey(key))).toEqual(key);
    },
  );
});
