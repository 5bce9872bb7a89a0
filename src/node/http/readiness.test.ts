import { expect, test } from 'vitest';
import { unlabelled } from './readiness.ts';

test('anybody may read that statements wait for their labels, and not how many people dispute their records', () => {
  expect(unlabelled('st-mary', 0)).toEqual([]);
  const told = unlabelled('clinic', 7);
  expect(told).toEqual([expect.stringMatching(/^clinic: statements about records may lack labels/)]);
  expect(told[0]).not.toMatch(/\d/);
  expect(unlabelled('clinic', 1)).toEqual(told);
});
