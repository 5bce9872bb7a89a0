import { describe, expect, test } from 'vitest';
import { purposeCodes } from '../../identity/index.ts';
import { BASES, exclusionOf, purposeWords } from './basis.ts';

const OWN = '45 CFR 164.528(a)(1)(i)';

describe('an accounting', () => {
  test('counts a release for legal proceedings', () => {
    expect(exclusionOf(undefined, ['HLEGAL'])).toBeUndefined();
    // Whatever else it was for: one purpose that belongs in is enough.
    expect(exclusionOf(undefined, ['TREAT', 'HLEGAL'])).toBeUndefined();
    expect(exclusionOf('164.512(e)', ['HLEGAL'])).toBeUndefined();
    expect(purposeWords('HLEGAL')).toBe('legal');
  });

  test('leaves out treatment, payment and operations as 45 CFR 164.501 means them, and no other purpose', () => {
    const left = purposeCodes.filter((code) => exclusionOf(undefined, [code]) !== undefined);
    for (const code of ['TREAT', 'ETREAT', 'BTG', 'HPAYMT', 'COVERAGE', 'HOPERAT', 'HQUALIMP'])
      expect(left).toContain(code);
    for (const code of [
      'HRESCH',
      'CLINTRCH',
      'HMARKT',
      'PUBHLTH',
      'PATRQT',
      'DONAT',
      'GOV',
      'MILCDM',
      'HDECD',
    ])
      expect(left).not.toContain(code);
    expect(exclusionOf(undefined, ['TREAT', 'HPAYMT'])).toBe(OWN);
    expect(exclusionOf(undefined, [])).toBeUndefined();
    expect(exclusionOf(undefined, ['no-such-code'])).toBeUndefined();
  });

  test('of what was recorded by hand goes by its provision alone', () => {
    const excluded = Object.keys(BASES).filter((basis) => exclusionOf(basis, ['TREAT']) !== undefined);
    expect(excluded).toEqual([
      '164.502(a)(1)(i)',
      '164.506',
      '164.508',
      '164.510',
      '164.512(k)(2)',
      '164.512(k)(5)',
      '164.514(e)',
    ]);
    expect(exclusionOf('164.512(f)', ['TREAT'])).toBeUndefined();
    expect(exclusionOf('no-such-provision', ['TREAT'])).toBeUndefined();
  });

  test('names a purpose that is no operation by its own name', () => {
    expect(['DONAT', 'GOV', 'HDECD', 'HLEGAL', 'MILCDM'].map(purposeWords)).toEqual([
      'donation',
      'government',
      'decedent',
      'legal',
      'military command',
    ]);
    expect(['COC', 'COVERAGE', 'HQUALIMP', 'CLINTRCH'].map(purposeWords)).toEqual([
      'treatment',
      'healthcare payment',
      'healthcare operations',
      'healthcare research',
    ]);
  });
});
