import { expect, test } from 'vitest';
import { loadDefinitions } from '../index.ts';
import { CORRECTED_INVARIANTS } from './invariant-correction.ts';

test('every corrected invariant is one that R4 has, says why, and differs from what is published', () => {
  const published = new Map(
    [...loadDefinitions().types.values()]
      .flatMap((type) => [
        ...type.invariants,
        ...[...type.elements.values()].flatMap((element) => element.invariants),
      ])
      .map((invariant) => [invariant.id, invariant.expression]),
  );
  for (const [id, { expression, reason }] of CORRECTED_INVARIANTS) {
    expect(published.has(id)).toBe(true);
    expect(expression).not.toBe(published.get(id));
    expect(reason.length).toBeGreaterThan(20);
  }
});
