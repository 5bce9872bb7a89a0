import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatQuery, parseQuery, requireLinkable, single } from './query.ts';

test('what was formatted is parsed again, whatever it holds', () => {
  const pair = fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }));
  fc.assert(
    fc.property(fc.array(pair, { maxLength: 5 }), (pairs) => {
      expect(parseQuery(formatQuery(pairs))).toEqual(pairs);
    }),
  );
});

test.each(['%', 'a=%4', 'a=%ff', 'a=%c3%28', '%e0%80%80=1'])('%s is refused, not guessed at', (text) => {
  expect(() => parseQuery(text)).toThrow('percent-encoded');
});

test('parsing never throws anything but a refusal', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        parseQuery(text);
      } catch (error) {
        expect((error as { code: string }).code).toBe('invalid');
      }
    }),
  );
});

test('plus is a space, empty parts are none, and a name alone has an empty value', () => {
  expect(parseQuery('a=b+c&&d&=e')).toEqual([
    ['a', 'b c'],
    ['d', ''],
    ['', 'e'],
  ]);
});

test('what says one thing is said once', () => {
  expect(single([['a', '1']], 'a')).toBe('1');
  expect(single([], 'a')).toBeUndefined();
  expect(() =>
    single(
      [
        ['a', '1'],
        ['a', '1'],
      ],
      'a',
    ),
  ).toThrow('once');
});

test('criteria have a limit that leaves room for the link to the next page', () => {
  expect(() => requireLinkable([['a', 'b'.repeat(8_192)]])).toThrow('8192');
  expect(() => parseQuery('a'.repeat(16_385))).toThrow('16384');
});
