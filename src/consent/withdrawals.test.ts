import { expect, test } from 'vitest';
import { Withdrawals } from './withdrawals.ts';

test('a withdrawal counts for its patient, from the moment before it, and for nobody else', () => {
  const withdrawals = new Withdrawals();
  const before = withdrawals.count;
  expect(withdrawals.since(before, new Set(['p1']))).toBe(false);
  withdrawals.note('p1');
  const after = withdrawals.count;
  expect(withdrawals.since(before, new Set(['p1', 'p2']))).toBe(true);
  expect(withdrawals.since(before, new Set(['p2']))).toBe(false);
  expect(withdrawals.since(after, new Set(['p1']))).toBe(false);
});

test('one that may be about anybody counts for everybody', () => {
  const withdrawals = new Withdrawals();
  withdrawals.note();
  expect(withdrawals.since(0, new Set(['p2']))).toBe(true);
});

test('of a time that is no longer remembered it is said that there was one', () => {
  const withdrawals = new Withdrawals();
  const before = withdrawals.count;
  for (let each = 0; each < 5_000; each += 1) withdrawals.note('p1');
  expect(withdrawals.since(before, new Set(['p2']))).toBe(true);
  expect(withdrawals.since(withdrawals.count - 10, new Set(['p2']))).toBe(false);
});
