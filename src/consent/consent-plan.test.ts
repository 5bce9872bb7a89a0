import { expect, test } from 'vitest';
import type { DecisionFacts } from '../r4/index.ts';
import { type DecisionRequest, decide, organisationPolicy } from './index.ts';
import { compiledConsent, FROM_LAKESIDE, OBSERVATION } from './suite/compiled-consent.ts';
import { aboutTypes, forOrganisations, forPurposes } from './suite/consent-resource.ts';

/** More provisions than one word has bits, several times over. */
const MANY = 100;
const LOINC = 'http://loinc.org';
const policy = organisationPolicy();

const observation: DecisionFacts = {
  ...OBSERVATION,
  period: { startMs: Date.parse('2020-06-01'), endMs: Date.parse('2020-06-01') },
};
const from = (actorOrganisation: string, purpose = 'TREAT'): DecisionRequest => ({
  ...FROM_LAKESIDE,
  actorOrganisation,
  purposes: [purpose],
});
const consent = (provision: object, id: string) => compiledConsent(provision, { id });

const numbers = Array.from({ length: MANY }, (_, at) => at);
const coded = (code: string) => ({ code: [{ coding: [{ system: LOINC, code }] }] });
const permits = numbers.map((at) => consent({ type: 'permit', ...forOrganisations('lakeside') }, `c${at}`));

test('one denial among many consents is found wherever it stands', () => {
  const denials = [
    { ...aboutTypes('Observation') },
    { ...coded('2339-0') },
    { dataPeriod: { start: '2020', end: '2020' } },
    { ...forOrganisations('lakeside') },
    { ...forPurposes('TREAT') },
  ].map((criterion, at) => consent({ type: 'deny', ...criterion }, `denial-${at}`));
  for (const denial of denials) {
    for (const at of [0, 1, 30, 31, 32, 33, 63, 64, MANY - 1]) {
      const decision = decide(from('lakeside'), observation, permits.with(at, denial), policy);
      expect([decision.rule, ...decision.consents]).toEqual(['denied-by-consent', denial.id]);
    }
  }
});

test('every one of many consents that permit is named, in their order, and those that speak of something else are not', () => {
  const others = [
    consent({ type: 'permit', ...aboutTypes('Condition') }, 'type'),
    consent({ type: 'permit', ...coded('1-1') }, 'code'),
    consent({ type: 'permit', dataPeriod: { start: '2021' } }, 'data'),
    consent({ type: 'permit', period: { end: '2025' } }, 'period'),
    consent({ type: 'permit', ...forOrganisations('meridian') }, 'organisation'),
    consent({ type: 'permit', ...forPurposes('HRESCH') }, 'purpose'),
  ];
  const all = permits.flatMap((each, at) => [each, others[at % others.length]!]);
  const { consents } = decide(from('lakeside'), observation, all, policy);
  expect(consents).toEqual(permits.map(({ id }) => id));
});

test('a member is told apart from all others however many the consents name', () => {
  const consents = numbers.map((at) =>
    consent({ type: 'permit', ...forOrganisations(`member-${at}`) }, `c${at}`),
  );
  for (const at of numbers)
    expect(decide(from(`member-${at}`), observation, consents, policy).consents).toEqual([`c${at}`]);
  expect(decide(from('stranger'), observation, consents, policy).rule).toBe('no-consent');
});

test('a purpose of another system is permitted where it is named, and by name only', () => {
  const named = consent(
    { type: 'permit', purpose: [{ system: 'urn:x', code: 'A' }], ...forOrganisations('lakeside') },
    'named',
  );
  const rule = (purpose: string) => decide(from('lakeside', purpose), observation, [named], policy).rule;
  expect(rule('urn:x|A')).toBe('permitted-by-consent');
  expect(rule('urn:x|B')).toBe('no-consent');
});

test('an exception in a later word than its parent overrules it', () => {
  const codes = numbers.map((at) => ({ type: 'deny', ...coded(`${at}-9`) }));
  const held = [
    consent({ type: 'permit', provision: [...codes, { type: 'deny', ...coded('2339-0') }] }, 'c'),
  ];
  const decision = decide(from('lakeside'), observation, held, policy);
  expect(decision.grounds.map(({ provision }) => provision.path)).toEqual([
    `Consent.provision.provision[${MANY}]`,
  ]);
  expect(decision.rule).toBe('denied-by-consent');
  const other = { ...observation, codes: [`${LOINC}|1-1`] };
  expect(decide(from('lakeside'), other, held, policy).rule).toBe('permitted-by-consent');
});
