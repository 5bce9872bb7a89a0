import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  escapeValue,
  numberRange,
  parseSearch,
  resourceTypes,
  searchParameters,
  timeRange,
} from '../index.ts';

describe('for any input', () => {
  const name = fc.oneof(
    fc.string(),
    fc.constantFrom(
      ...searchParameters('Observation').keys(),
      '_sort',
      '_include',
      '_has:Observation:patient:code',
      'subject:Patient.name',
      '__proto__',
      'constructor',
    ),
  );
  test('parsing gives a search or issues, and never throws', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...resourceTypes(), 'Nope'),
        fc.array(fc.tuple(name, fc.string({ unit: 'grapheme' })), { maxLength: 5 }),
        (type, parameters) => {
          const parsed = parseSearch(type, parameters);
          if (parsed.ok) expect(parsed.search.filters.length).toBeLessThanOrEqual(parameters.length);
          else expect(parsed.issues.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('an escaped text is found as it is, alone or among others', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1, maxLength: 50 }), { minLength: 1, maxLength: 5 }),
        (texts) => {
          const parsed = parseSearch('Patient', [['identifier', texts.map(escapeValue).join(',')]]);
          expect(parsed).toMatchObject({
            ok: true,
            search: { filters: [{ values: texts.map((code) => ({ code })) }] },
          });
        },
      ),
    );
  });

  test('a number lies in its range, and more digits make it narrower', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e15, max: 1e15 }), (value) => {
        const range = numberRange(String(value));
        if (range === undefined) return;
        expect(range.low).toBeLessThanOrEqual(value);
        expect(range.high).toBeGreaterThanOrEqual(value);
      }),
    );
    expect(numberRange('5.40')).toEqual({ value: 5.4, low: 5.395, high: 5.405 });
    expect(numberRange('1e2')).toEqual({ value: 100, low: 50, high: 150 });
  });

  test('a time has a range that holds every finer time in it', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        (date) => {
          const iso = date.toISOString();
          const lengths = [4, 7, 10, 19].map((length) =>
            length === 19 ? `${iso.slice(0, 19)}Z` : iso.slice(0, length),
          );
          for (const text of [...lengths, iso]) {
            const range = timeRange(text);
            expect(range?.low).toBeLessThanOrEqual(date.getTime());
            expect(range?.high).toBeGreaterThanOrEqual(date.getTime());
          }
        },
      ),
    );
  });
});
