import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type DateValue, timeRange } from '../../r4/index.ts';
import { dateForms, rangeForms } from './hidden-date.ts';

const day = fc
  .date({ min: new Date('1899-12-20'), max: new Date('2031-01-10'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const partial = fc.tuple(day, fc.constantFrom(4, 7, 10)).map(([text, length]) => text.slice(0, length));
const prefix = fc.constantFrom('eq', 'gt', 'ge', 'lt', 'le', 'sa', 'eb') as fc.Arbitrary<DateValue['prefix']>;

/** R4 §3.1.1.5.3, on the ranges themselves. */
function matches(
  how: DateValue['prefix'],
  stored: { low: number; high: number },
  asked: { low: number; high: number },
): boolean {
  const within = stored.low >= asked.low && stored.high <= asked.high;
  const rules: Partial<Record<DateValue['prefix'], boolean>> = {
    eq: within,
    gt: stored.high > asked.high,
    ge: within || stored.high > asked.high,
    lt: stored.low < asked.low,
    le: within || stored.low < asked.low,
    sa: stored.low > asked.high,
    eb: stored.high < asked.low,
  };
  return rules[how] ?? false;
}

test('a date is found by the covering values exactly when it lies in the range', () => {
  fc.assert(
    fc.property(partial, partial, prefix, (value, text, how) => {
      const [stored, asked] = [timeRange(value), timeRange(text)];
      if (stored === undefined || asked === undefined) throw new Error('both are dates');
      const forms = new Set(rangeForms({ prefix: how, ...asked, text }));
      const found = dateForms(value).some((form) => forms.has(form));
      expect(found, `${value} ${how} ${text}`).toBe(matches(how, stored, asked));
    }),
    { numRuns: 4_000, seed: 17 },
  );
});

test('a range is asked for by few values, however wide it is', () => {
  for (const text of ['1801', '1950-06', '1999-12-31', '2000-01-01', '2000-02-29', '2199-12-31']) {
    for (const how of ['gt', 'ge', 'lt', 'le', 'sa', 'eb'] as const) {
      const range = timeRange(text);
      if (range === undefined) throw new Error('it is a date');
      expect(rangeForms({ prefix: how, ...range, text })?.length).toBeLessThan(110);
    }
  }
});
