import { describe, expect, test } from 'vitest';
import type { DecisionFacts } from '../r4/index.ts';
import { compileConsent, type DecisionRequest, decide, LABEL, organisationPolicy } from './index.ts';
import { compiledConsent, FROM_LAKESIDE, OBSERVATION } from './suite/compiled-consent.ts';
import { aboutTypes, consentResource, forOrganisations, forPurposes } from './suite/consent-resource.ts';

const policy = organisationPolicy();
const record: DecisionFacts = { ...OBSERVATION, labels: [LABEL.part2] };

/** Whom, what, until when: what 42 CFR 2.31(a) asks of a permission beside its purpose. */
const provision = (...purposes: string[]) => ({
  type: 'permit',
  ...forOrganisations('lakeside'),
  ...forPurposes(...purposes),
  ...aboutTypes('Observation'),
  period: { end: '2027-01-01' },
});
const form = {
  category: [
    { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: '42CFRPart2' }] },
  ],
  organization: [{ identifier: { system: 'urn:holdfast:organisation', value: 'st-mary' } }],
  performer: [{ reference: 'Patient/p1' }],
};

function permitted(rule: object, purpose: string, more: object = form): boolean {
  const consents = [compiledConsent(rule, { more })];
  return decide({ ...FROM_LAKESIDE, purposes: [purpose] }, record, consents, policy).permit;
}
/** Elements that are refused. Through JSON, which leaves out what is undefined. */
const refused = (rule: object, more: object): string[] => {
  const resource = JSON.parse(JSON.stringify(consentResource('p1', rule, more)));
  const outcome = compileConsent(resource, 'c1', 'active');
  return 'refused' in outcome ? outcome.refused.map(({ expression }) => expression) : [];
};

describe('a record under 42 CFR Part 2', () => {
  test('leaves by no ordinary consent, whatever that permits', () => {
    expect(permitted(provision('TREAT'), 'TREAT', {})).toBe(false);
    expect(permitted({ type: 'permit', ...forOrganisations('lakeside') }, 'TREAT', {})).toBe(false);
    expect(permitted(provision('TREAT'), 'TREAT')).toBe(true);
  });

  test('leaves for legal proceedings by a consent for them alone, and not as one of the operations below which they stand', () => {
    expect(permitted(provision('HOPERAT'), 'HLEGAL')).toBe(false);
    expect(permitted(provision('HOPERAT'), 'HOPERAT')).toBe(true);
    expect(permitted(provision('HLEGAL'), 'HLEGAL')).toBe(true);
    expect(permitted(provision('HLEGAL'), 'TREAT')).toBe(false);
  });

  test('is not for legal proceedings under the policy of the house', () => {
    const own: DecisionRequest = { ...FROM_LAKESIDE, actorOrganisation: 'st-mary', kind: 'user' };
    for (const purpose of ['HLEGAL', 'HOPERAT'])
      expect(decide({ ...own, purposes: [purpose] }, record, [], policy).permit).toBe(purpose === 'HOPERAT');
  });
});

describe('a consent under 42 CFR 2.31', () => {
  test('may be open for treatment, payment and operations, named as a whole', () => {
    for (const purpose of ['TREAT', 'HPAYMT', 'HOPERAT', 'HQUALIMP'])
      expect(refused({ ...provision(purpose), period: undefined }, form)).toEqual([]);
  });

  test('that combines legal proceedings with anything else is refused', () => {
    expect(refused(provision('HLEGAL', 'TREAT'), form)).toEqual(['Consent.provision.purpose']);
  });

  test.each<[what: string, rule: object, more: object, element: string]>([
    ['who discloses', provision('TREAT'), { ...form, organization: undefined }, 'Consent.organization'],
    ['who signed', provision('TREAT'), { ...form, performer: undefined }, 'Consent.performer'],
    ['the date', provision('TREAT'), { ...form, dateTime: undefined }, 'Consent.dateTime'],
    ['recipients', { ...provision('TREAT'), actor: undefined }, form, 'Consent.provision.actor'],
    ['the purpose', { ...provision('TREAT'), purpose: undefined }, form, 'Consent.provision.purpose'],
    [
      'what it is about',
      { ...provision('TREAT'), class: undefined },
      form,
      'Consent.provision.securityLabel',
    ],
    ['an end', { ...provision('HRESCH'), period: undefined }, form, 'Consent.provision.period.end'],
    ['an end', { ...provision('HLEGAL'), period: undefined }, form, 'Consent.provision.period.end'],
  ])('that does not say %s is refused, with the element named', (_what, rule, more, element) => {
    expect(refused(rule, more)).toContain(element);
  });
});
