import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeResult } from '../../bench/machine.ts';
import { compare } from '../../src/consent/suite/reference/agreement.ts';
import { generateCase } from '../../src/consent/suite/reference/generate-case.ts';

const CASES = Number(process.env.HOLDFAST_DECISION_CASES ?? 100_000);
const FIRST = Number(process.env.HOLDFAST_SEED ?? 1);
const LEAST_SHARE = 0.05; // below it a feature was hardly tried

test(`the decision and a second evaluator agree on ${CASES} cases, every feature in at least 5 % of them`, () => {
  const { disagreements, features } = compare(FIRST, CASES);
  const shares = Object.fromEntries(
    Object.entries(features)
      .map(([name, count]): [string, number] => [name, count / CASES])
      .sort(([, a], [, b]) => a - b),
  );
  writeResult('decide-agreement', {
    what: 'generated cases on which the decision and a second, independent evaluator were asked',
    cases: CASES,
    firstSeed: FIRST,
    disagreements: disagreements.length,
    shares,
  });
  // Whatever is found is kept: it goes to suite/reference/kept-cases.json with the verdict that the standard gives.
  if (disagreements.length > 0) {
    const cases = disagreements.map((each) => ({ ...each, asked: generateCase(each.seed) }));
    writeFileSync(
      join(import.meta.dirname, '../../bench/results/decide-disagreements.json'),
      JSON.stringify(cases),
    );
  }
  expect(disagreements).toEqual([]);
  expect(Object.entries(shares).filter(([, share]) => share < LEAST_SHARE)).toEqual([]);
});
