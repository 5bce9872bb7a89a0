import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import {
  concat,
  equalBytes,
  fromBase64,
  fromBase64Url,
  fromHex,
  fromUtf8,
  ProofError,
  toBase64,
  toBase64Url,
  toHex,
  utf8,
} from './index.ts';

const malformed = expect.objectContaining({ name: 'ProofError', code: 'malformed' });

describe('one value has one text', () => {
  test.each([
    'AB',
    'AA',
    'AA=',
    'AB==',
    'AAB=',
    'A',
    'AA==\n',
    ' AA==',
    'AA ==',
    'AAAA====',
    '-_==',
    'AA==AA==',
    'é',
  ])('base64 %j is refused', (text) => expect(() => fromBase64(text)).toThrow(malformed));

  test.each(['AB', 'AAB', 'A', 'AA==', '+/', ' AA', 'AA\n', 'AAAAA'])('base64url %j is refused', (text) =>
    expect(() => fromBase64Url(text)).toThrow(malformed),
  );

  test.each(['A0', 'abc', '0g', ' 00', '0x00'])('hexadecimal %j is refused', (text) =>
    expect(() => fromHex(text)).toThrow(malformed),
  );

  test('a lone surrogate does not become U+FFFD', () => {
    expect(() => utf8('a\ud800')).toThrow(malformed);
  });

  test('bytes that are not UTF-8 are refused, a byte order mark is kept', () => {
    expect(() => fromUtf8(Uint8Array.of(0xc3, 0x28))).toThrow(malformed);
    expect(fromUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x41))).toBe('\ufeffA');
  });
});

describe('bytes survive every text form', () => {
  property.prop([fc.uint8Array({ maxLength: 300 })])('base64, base64url and hexadecimal', (bytes) => {
    expect(fromBase64(toBase64(bytes))).toEqual(bytes);
    expect(fromBase64Url(toBase64Url(bytes))).toEqual(bytes);
    expect(fromHex(toHex(bytes))).toEqual(bytes);
  });

  property.prop([fc.string({ unit: 'binary' })])('UTF-8', (text) => {
    expect(fromUtf8(utf8(text))).toBe(text);
  });

  property.prop([fc.string({ maxLength: 12 })])('what base64 accepts is canonical', (text) => {
    try {
      expect(toBase64(fromBase64(text))).toBe(text);
    } catch (error) {
      expect(error).toBeInstanceOf(ProofError);
    }
  });
});

test('bytes are joined and compared', () => {
  const joined = concat(Uint8Array.of(1), new Uint8Array(), Uint8Array.of(2, 3));
  expect(equalBytes(joined, Uint8Array.of(1, 2, 3))).toBe(true);
  expect(equalBytes(joined, Uint8Array.of(1, 2, 4))).toBe(false);
  expect(equalBytes(joined, Uint8Array.of(1, 2))).toBe(false);
});
