import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  elementsOf,
  parseResource,
  R4ParseError,
  rewriteReferences,
  splitBundle,
  stripServerFields,
  summaryOf,
  withServerFields,
} from './index.ts';

const DECIMALS = ['1.50', '1e3', '0.10', '100000000000000000000.12', '-0.0', '1E-7', '12345678901234567890'];
const observation = (digits: string) =>
  `{"resourceType":"Observation","status":"final","subject":{"reference":"urn:uuid:a"},"code":{"text":"a"},"valueQuantity":{"value":${digits}}}`;
const fields = { id: 'a', meta: { versionId: '1', lastUpdated: '2024-01-01T00:00:00.000Z' } };

describe.each(DECIMALS)('the digits of %s', (digits) => {
  const { text } = parseResource(observation(digits));
  const kept = `"valueQuantity":{"value":${digits}}`;

  test('survive everything that is done to the text', () => {
    expect(text).toContain(kept);
    expect(withServerFields(text, fields)).toContain(kept);
    expect(stripServerFields(withServerFields(text, fields))).toBe(text);
    expect(rewriteReferences(text, () => 'Patient/1')).toContain(kept);
    expect(summaryOf(text, 'true')).toContain(kept);
    expect(summaryOf(text, 'data')).toContain(kept);
    expect(elementsOf(text, ['value'])).toContain(kept);
  });

  test('survive a Bundle', () => {
    const bundle = parseResource(
      `{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:uuid:a","resource":${observation(digits)}}]}`,
    );
    expect(splitBundle(bundle.text)).toEqual([{ fullUrl: 'urn:uuid:a', resourceText: text }]);
  });
});

const decimal = fc
  .tuple(
    fc.boolean(),
    fc.bigInt({ min: 0n, max: 10n ** 30n }),
    fc.option(fc.stringMatching(/^\d{1,30}$/)),
    fc.option(fc.integer({ min: -300, max: 300 })),
  )
  .map(
    ([negative, whole, fraction, exponent]) =>
      `${negative ? '-' : ''}${whole}${fraction === null ? '' : `.${fraction}`}${exponent === null ? '' : `e${exponent}`}`,
  );

test('no decimal of any length loses a digit', () => {
  fc.assert(
    fc.property(decimal, (digits) => {
      const { text } = parseResource(observation(digits));
      const stored = withServerFields(text, fields);
      expect(stored).toContain(`"value":${digits}}`);
      expect(stripServerFields(stored)).toBe(text);
    }),
  );
});

describe('what is no resource', () => {
  test.each<[string, string, string]>([
    ['a name twice', '{"resourceType":"Patient","id":"a","id":"b"}', 'duplicate-name'],
    [
      'a name twice, once escaped',
      '{"resourceType":"Patient","meta":{"source":"a","\\u0073ource":"b"}}',
      'duplicate-name',
    ],
    ['too deep', `{"resourceType":"Patient","a":${'['.repeat(200)}${']'.repeat(200)}}`, 'too-large'],
    ['cut off', '{"resourceType":"Patient"', 'invalid-json'],
    ['two values', '{"resourceType":"Patient"}{}', 'invalid-json'],
    ['a lone surrogate', '{"resourceType":"Patient","id":"\\ud800"}', 'invalid-json'],
    ['NaN', '{"resourceType":"Patient","multipleBirthInteger":NaN}', 'invalid-json'],
    ['nothing', '', 'invalid-json'],
    ['an array', '[]', 'not-a-resource'],
    ['null', 'null', 'not-a-resource'],
    ['no type', '{"id":"a"}', 'not-a-resource'],
    ['a type that is no string', '{"resourceType":["Patient"]}', 'not-a-resource'],
    ['a data type', '{"resourceType":"Quantity"}', 'unknown-resource-type'],
    ['an abstract type', '{"resourceType":"DomainResource"}', 'unknown-resource-type'],
    ['a type of another release', '{"resourceType":"SubscriptionStatus"}', 'unknown-resource-type'],
    ['a property of objects', '{"resourceType":"constructor"}', 'unknown-resource-type'],
  ])('%s is refused', (_title, text, code) => {
    expect(() => parseResource(text)).toThrow(R4ParseError);
    expect(() => parseResource(text)).toThrow(expect.objectContaining({ code }));
  });

  test('a text longer than the limit is refused before it is read', () => {
    expect(() => parseResource(observation('1'), { maxLength: 20 })).toThrow(
      expect.objectContaining({ code: 'too-large' }),
    );
  });

  test('a refusal tells nothing of the content', () => {
    for (const text of [
      '{"resourceType":"Ada"}',
      '{"Ada":1,"Ada":2}',
      '{"resourceType":"Patient","id":Ada}',
    ]) {
      try {
        parseResource(text);
        expect.unreachable();
      } catch (error) {
        expect(String(error)).not.toContain('Ada');
      }
    }
  });
});
