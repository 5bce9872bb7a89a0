import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { agree, compare, decidedVerdict } from './suite/reference/agreement.ts';
import type { ConsentCase, Json, Verdict } from './suite/reference/consent-case.ts';
import { referenceVerdict } from './suite/reference/reference-evaluator.ts';

/** What one run of the suite takes of the hundred thousand cases that the long run asks. */
const CASES = 4_000; // a few seconds
/** Each feature must occur in this share of the cases, or the agreement says nothing of it. */
const LEAST_SHARE = 0.045; // of so few; the long run asks for 0.05
/** Names that `featuresOf` gives; one that never occurs would not be counted as rare. */
const FEATURES = 38;

const kept = JSON.parse(
  readFileSync(join(import.meta.dirname, 'suite/reference/kept-cases.json'), 'utf8'),
) as { why: string; asked: ConsentCase; verdict: Verdict }[];

test(`the decision and a second evaluator agree on ${CASES} generated cases, in which every feature occurs`, {
  timeout: 120_000,
}, () => {
  const { disagreements, features } = compare(1, CASES);
  expect(disagreements).toEqual([]);
  expect(Object.entries(features).filter(([, count]) => count < LEAST_SHARE * CASES)).toEqual([]);
  expect(Object.keys(features)).toHaveLength(FEATURES);
});

test.each(kept)('kept: $why', ({ asked, verdict }) => {
  expect(agree(referenceVerdict(asked), verdict)).toBe(true);
  expect(agree(decidedVerdict(asked), verdict)).toBe(true);
});

const withoutExceptions = (asked: ConsentCase): Verdict =>
  decidedVerdict({
    ...asked,
    consents: asked.consents.map((consent) => {
      const { provision: _nested, ...root } = consent.resource.provision as Json;
      const resource = { ...consent.resource, policyRule: undefined, provision: { type: 'permit', ...root } };
      return { ...consent, resource };
    }),
  });

test('an evaluator that passes over exceptions is found out', () => {
  expect(compare(1, 400, withoutExceptions).disagreements.length).toBeGreaterThan(10);
});
