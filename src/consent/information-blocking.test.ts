import { expect, test } from 'vitest';
import { exceptionOf } from './index.ts';

test.each([
  ['denied-by-consent', ['TREAT'], undefined, 'privacy-individual-request', '171.202(e)'],
  ['purpose-not-permitted', ['HRESCH'], undefined, 'privacy-precondition', '171.202(b)'],
  ['no-consent', ['HRESCH'], undefined, 'privacy-precondition', '171.202(b)'],
  // No law asks for a consent here: that nothing was claimed is for the privacy officer to see.
  ['no-consent', ['TREAT'], undefined, 'none-claimed', '171.103'],
  ['protected-by-law', ['TREAT'], '42 CFR Part 2', 'required-by-law', '42 CFR Part 2'],
  ['minimum-necessary', ['HPAYMT'], undefined, 'required-by-law', '164.502(b)'],
  ['confidential-service', ['FAMRQT'], undefined, 'required-by-law', '164.502(g)(3)'],
] as const)('%s for %j (%s) is %s, %s', (rule, purposes, law, code, source) => {
  const exception = exceptionOf({ rule, law }, purposes);
  expect(exception.code).toBe(code);
  expect(exception.source).toContain(source);
});
