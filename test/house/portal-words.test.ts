import { expect, test } from 'vitest';
import { DONE_WORDS } from '../../src/audit/trail/access-words.ts';
import { doneWords, purposesWords } from '../../web/src/api/access-words.ts';

test('the portal has words for everything that the node has words for', () => {
  expect(Object.keys(DONE_WORDS).length).toBeGreaterThan(0);
  expect(Object.keys(DONE_WORDS).filter((code) => doneWords(code) === undefined)).toEqual([]);
});

test('a patient reads of treatment in an emergency that it was an emergency', () => {
  expect(purposesWords(['TREAT', 'BTG'])).toBe('for treatment, in an emergency');
  expect(purposesWords([])).toBe('');
});
