import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { nativePrimitives } from '../../test/interop/native.ts';
import { signerFor } from '../../test/interop/network.ts';
import { cases, describeVectors } from '../../test/interop/vectors.ts';
import {
  cosign,
  cosignatureMessage,
  cosignatureTime,
  ED25519_COSIGNATURE,
  encodeCosignature,
  javascriptPrimitives,
  ML_DSA_44_COSIGNATURE,
  noteVerifier,
  openNote,
  parseNote,
  parseVerifierKey,
  toHex,
  verifierKey,
  verifyCosignature,
} from './index.ts';

interface CosignatureCase {
  name: string;
  vkeys: string[];
  note: string;
  valid: boolean;
  timestamps?: number[];
  signedMessageHex?: string;
}

describeVectors('published cosignatures', () => {
  const vectors = cases<CosignatureCase>('tlog/cosignature.json');
  const isPostQuantum = ({ name }: CosignatureCase) => name.startsWith('mldsa44');

  test.each([
    ['javascript', javascriptPrimitives],
    ['native', nativePrimitives],
  ] as const)('by Ed25519 are decided as published (%s)', (_name, primitives) => {
    const ed25519 = vectors.filter((vector) => !isPostQuantum(vector));
    expect(ed25519).toHaveLength(8);
    for (const vector of ed25519) {
      const verifiers = vector.vkeys.map((vkey) => noteVerifier(parseVerifierKey(vkey), primitives));
      const open = () => openNote(vector.note, verifiers);
      if (!vector.valid) {
        expect(open, vector.name).toThrow(expect.objectContaining({ code: 'invalid-signature' }));
        continue;
      }
      const { text, verified } = open();
      expect(verified).toHaveLength(vector.vkeys.length);
      const times = verified.flatMap(({ signature }) => cosignatureTime(signature) ?? []);
      expect(times).toEqual(vector.timestamps);
      expect(toHex(cosignatureMessage(times[0] ?? 0, text))).toBe(vector.signedMessageHex);
    }
  });

  test('by ML-DSA-44 are never counted: the key is known, the signature stays unverified', () => {
    const postQuantum = vectors.filter(isPostQuantum);
    expect(postQuantum).toHaveLength(8);
    for (const { name, vkeys, note, valid } of postQuantum) {
      const keys = vkeys.map(parseVerifierKey);
      const [unsupported] = keys.filter(({ type }) => type === ML_DSA_44_COSIGNATURE);
      if (unsupported === undefined) throw new Error(`${name} has no ML-DSA-44 key`);
      expect(() => noteVerifier(unsupported)).toThrow(expect.objectContaining({ code: 'unsupported' }));
      const log = keys.filter((key) => key !== unsupported).map((key) => noteVerifier(key));
      const open = () => openNote(note, log);
      if (valid) expect(open().unverified.map((line) => line.keyId)).toEqual([unsupported.keyId]);
      else if (log.length === 0)
        expect(open).toThrow(expect.objectContaining({ code: 'no-verifiable-signature' }));
    }
  });
});

describe('a cosignature', () => {
  const signer = signerFor('witness.example/w');
  const key = verifierKey({ name: signer.name, type: ED25519_COSIGNATURE, publicKey: signer.publicKey });
  const text = 'o\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n';
  const made = async (seconds: number) => {
    const [line] = parseNote(`${text}\n${await cosign(text, seconds, signer)}`).signatures;
    if (line === undefined) throw new Error('no line');
    return line.signature;
  };

  property.prop([fc.nat(), fc.nat(72 * 8 - 1)])(
    'gives its time, and nothing when one bit of it changes',
    async (seconds, bit) => {
      const cosignature = await made(seconds);
      expect(verifyCosignature(key.publicKey, text, cosignature, nativePrimitives)).toBe(seconds);
      const altered = Uint8Array.from(cosignature);
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(verifyCosignature(key.publicKey, text, altered, nativePrimitives)).toBeUndefined();
    },
  );

  test('covers every line of the checkpoint', async () => {
    const cosignature = await made(7);
    for (const other of [text.replace('o\n1', 'o\n2'), `${text}x\n`, text.trimEnd()]) {
      expect(verifyCosignature(key.publicKey, other, cosignature)).toBeUndefined();
    }
  });

  test('has a time that is a whole number of seconds', () => {
    for (const seconds of [-1, 1.5, 2 ** 53, Number.NaN]) {
      expect(() => cosignatureMessage(seconds, text)).toThrow(expect.objectContaining({ code: 'malformed' }));
      expect(() => encodeCosignature(seconds, new Uint8Array(64))).toThrow(
        expect.objectContaining({ code: 'malformed' }),
      );
    }
    expect(cosignatureTime(new Uint8Array(72).fill(0xff))).toBeUndefined();
    expect(cosignatureTime(new Uint8Array(71))).toBeUndefined();
  });
});
