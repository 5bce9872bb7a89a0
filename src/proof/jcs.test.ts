import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { describeVectors, vectorText } from '../../test/interop/vectors.ts';
import {
  canonicalBytes,
  canonicalize,
  canonicalizeJsonText,
  MAX_JSON_DEPTH,
  parseJsonKeepingDigits,
  parseStrictJson,
  toHex,
} from './index.ts';

const refusal = (code: string) => expect.objectContaining({ name: 'ProofError', code });
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

describeVectors('RFC 8785 vectors', () => {
  test.each(['structures', 'unicode', 'weird'])('%s gives the published bytes', (name) => {
    const input = vectorText(`tlog/jcs/input/${name}.json`);
    expect(canonicalize(JSON.parse(input))).toBe(vectorText(`tlog/jcs/output/${name}.json`));
    expect(toHex(canonicalBytes(JSON.parse(input)))).toBe(
      vectorText(`tlog/jcs/outhex/${name}.txt`).replace(/\s/g, ''),
    );
    // The text form differs only in numbers, of which "structures" has one: 56.0.
    expect(canonicalizeJsonText(input).replace('56.0', '56')).toBe(
      vectorText(`tlog/jcs/output/${name}.json`),
    );
  });

  test('10,000 numbers are written as ECMAScript does', () => {
    const lines = vectorText('tlog/jcs/es6-numbers-1-10000.txt').trimEnd().split('\n');
    expect(lines).toHaveLength(10_000);
    const view = new DataView(new ArrayBuffer(8));
    for (const line of lines) {
      const [bits, expected] = line.split(',');
      view.setBigUint64(0, BigInt(`0x${bits}`));
      expect(canonicalize(view.getFloat64(0))).toBe(expected);
    }
  });
});

describe('canonical JSON of values', () => {
  test.each([
    undefined,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1n,
    Symbol('s'),
    () => 1,
    'a\ud800',
    new Date(0),
    new Map(),
  ])('refuses %s', (value) => {
    expect(() => canonicalize(value)).toThrow(refusal('malformed'));
    expect(() => canonicalize({ a: [value] })).toThrow(refusal('malformed'));
  });

  test('refuses a lone surrogate in a name and a hole in an array', () => {
    expect(() => canonicalize({ '\udc00': 1 })).toThrow(refusal('malformed'));
    expect(() => canonicalize(new Array(1))).toThrow(refusal('malformed'));
  });

  test('refuses a cycle as too deep', () => {
    const value: unknown[] = [];
    value.push(value);
    expect(() => canonicalize(value)).toThrow(refusal('too-large'));
  });
});

describe('canonical JSON of texts', () => {
  test.each([
    ['{"b":1.50,"a":-0.0}', '{"a":-0.0,"b":1.50}'],
    [' [ 1E5 , 1e-7 , 100 ] ', '[1E5,1e-7,100]'],
    ['"\\u0041\\/\\u00e9\\u001F"', '"A/é\\u001f"'],
    ['{"a!":1,"a":2,"a\\u0020":3}', '{"a":2,"a ":3,"a!":1}'],
    ['{"\\ud83d\\ude02":1,"\ufb33":2}', '{"😂":1,"\ufb33":2}'],
    ['123456789012345678901234567890', '123456789012345678901234567890'],
  ])('%s keeps its digits', (text, expected) => expect(canonicalizeJsonText(text)).toBe(expected));

  test.each([
    '',
    ' ',
    '{"a":1,}',
    '[1,]',
    '[1 2]',
    '{"a" 1}',
    '{a:1}',
    "'a'",
    '01',
    '+1',
    '.5',
    '1.',
    '1e',
    '-',
    'NaN',
    'tru',
    'truex',
    'nul',
    '"',
    '"\\',
    '"a\nb"',
    '"\\x41"',
    '"\\u12"',
    '"\\ud800"',
    '"\ud800"',
    '\ud800',
    '1 1',
    '[1]]',
    '\ufeff1',
    '\u00a01',
    '{"a":1}{"a":1}',
    '[',
    '{',
    '{"a":',
    '/* */1',
  ])('refuses %j', (text) => expect(() => canonicalizeJsonText(text)).toThrow(refusal('malformed')));

  test.each(['{"a":1,"a":1}', '{"a":1,"b":2,"\\u0061":3}', '[{"x":{"":0,"":0}}]'])(
    'refuses a name twice in %s',
    (text) => {
      expect(() => canonicalizeJsonText(text)).toThrow(refusal('duplicate-name'));
      expect(() => parseStrictJson(text)).toThrow(refusal('duplicate-name'));
    },
  );

  test('a refusal repeats nothing of the text', () => {
    expect(() => canonicalizeJsonText('{"Jane Roe":1,"Jane Roe":2}')).toThrow(/^((?!Jane).)*$/);
  });

  test('nesting has an end, far before the stack', () => {
    expect(canonicalizeJsonText(nested(MAX_JSON_DEPTH))).toBe(nested(MAX_JSON_DEPTH));
    expect(() => canonicalizeJsonText(nested(MAX_JSON_DEPTH + 1))).toThrow(refusal('too-large'));
    expect(() => canonicalizeJsonText('{"a":'.repeat(1_000_000))).toThrow(refusal('too-large'));
  });

  test('a long string with escapes is no burden', () => {
    const long = JSON.stringify('a\\"\n'.repeat(500_000));
    expect(canonicalizeJsonText(long)).toBe(long);
  });

  test('"__proto__" is a name like any other', () => {
    expect(canonicalizeJsonText('{"__proto__":1,"a":2}')).toBe('{"__proto__":1,"a":2}');
    expect(canonicalize(parseStrictJson('{"__proto__":{"b":1},"a":2}'))).toBe('{"__proto__":{"b":1},"a":2}');
  });
});

describe('the two canonical forms', () => {
  property.prop([fc.jsonValue({ maxDepth: 5 })])(
    'agree on every value written by JSON.stringify',
    (value) => {
      for (const indent of [0, 2]) {
        const text = JSON.stringify(value, null, indent);
        expect(canonicalize(parseStrictJson(canonicalizeJsonText(text)))).toBe(
          canonicalize(JSON.parse(text)),
        );
        expect(canonicalize(parseJsonKeepingDigits(text))).toBe(canonicalizeJsonText(text));
      }
    },
  );

  property.prop([
    fc.string({ maxLength: 12, unit: fc.constantFrom(...'{}[]",:\\u0012e+-. \n\tatrufalsen') }),
  ])('accept exactly what JSON.parse accepts', (text) => {
    let isJson = true;
    try {
      JSON.parse(text);
    } catch {
      isJson = false;
    }
    let code = 'accepted';
    try {
      canonicalizeJsonText(text);
    } catch (error) {
      code = (error as { code: string }).code;
    }
    expect(code).toBe(
      isJson && code !== 'duplicate-name' ? 'accepted' : code === 'duplicate-name' ? code : 'malformed',
    );
  });

  test('a value read with its digits is written with them', () => {
    const text = '{"a":[1.50,-0,1E400,0.1,100000000000000000001],"b":"1.50"}';
    expect(canonicalize(parseJsonKeepingDigits(text))).toBe(text);
  });
});
