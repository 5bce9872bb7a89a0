import { describe, expect, test } from 'vitest';
import { compileConsent } from './index.ts';
import { consentResource, forOrganisations, forPurposes } from './suite/consent-resource.ts';

const ok = { type: 'permit', ...forOrganisations('lakeside'), ...forPurposes('TREAT') };

function refusals(resource: unknown): string[] {
  const outcome = compileConsent(resource, 'c1', 'active');
  return 'refused' in outcome ? outcome.refused.map(({ expression, code }) => `${expression} ${code}`) : [];
}

describe('what cannot be enforced is refused, with the element named', () => {
  const provisionRefused: [name: string, provision: object, refusal: string][] = [
    [
      'an action',
      { ...ok, action: [{ coding: [{ system: 'x', code: 'access' }] }] },
      'Consent.provision.action[0].coding[0] unsupported',
    ],
    [
      'a modifier extension',
      { ...ok, modifierExtension: [{ url: 'x' }] },
      'Consent.provision.modifierExtension unsupported',
    ],
    [
      'a member that R4 does not know',
      { ...ok, expression: 'x' },
      'Consent.provision.expression unsupported',
    ],
    [
      'data without a reference',
      { ...ok, data: [{ meaning: 'instance' }] },
      'Consent.provision.data[0].reference unsupported',
    ],
    [
      'data of another server',
      {
        ...ok,
        data: [{ meaning: 'instance', reference: { reference: 'https://elsewhere.example/Encounter/1' } }],
      },
      'Consent.provision.data[0].reference unsupported',
    ],
    [
      'one version of data',
      { ...ok, data: [{ meaning: 'instance', reference: { reference: 'Encounter/1/_history/1' } }] },
      'Consent.provision.data[0].reference unsupported',
    ],
    [
      'data without a meaning',
      { ...ok, data: [{ reference: { reference: 'Encounter/1' } }] },
      'Consent.provision.data[0].meaning missing',
    ],
    [
      'data with a meaning of its own',
      { ...ok, data: [{ meaning: 'nearby', reference: { reference: 'Encounter/1' } }] },
      'Consent.provision.data[0].meaning invalid',
    ],
    [
      'a purpose outside PurposeOfUse',
      { ...ok, ...forPurposes('MARKT') },
      'Consent.provision.purpose[0] unsupported',
    ],
    [
      'a purpose without system',
      { ...ok, purpose: [{ code: 'TREAT' }] },
      'Consent.provision.purpose[0] unsupported',
    ],
    [
      'a class that is no resource type',
      { ...ok, class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Records' }] },
      'Consent.provision.class[0] unsupported',
    ],
    [
      'a code in words',
      { ...ok, code: [{ text: 'my blood sugar' }] },
      'Consent.provision.code[0] unsupported',
    ],
    [
      'an actor by name',
      { ...ok, actor: [{ role: { coding: [] }, reference: { display: 'Dr. Weber' } }] },
      'Consent.provision.actor[0].role unsupported',
    ],
    [
      'a period that is no date',
      { ...ok, period: { end: 'tomorrow' } },
      'Consent.provision.period.end invalid',
    ],
    ['a period in a list', { ...ok, period: [] }, 'Consent.provision.period invalid'],
    [
      'a nested provision without type',
      { ...ok, provision: [{}] },
      'Consent.provision.provision[0].type missing',
    ],
    ['a type that is neither', { ...ok, type: 'perhaps' }, 'Consent.provision.type invalid'],
    ['nothing that decides', { ...forPurposes('TREAT') }, 'Consent.provision.type missing'],
    ['a list that is none', { ...ok, purpose: { code: 'TREAT' } }, 'Consent.provision.purpose invalid'],
    ['a list of something else', { ...ok, purpose: [null, 'TREAT'] }, 'Consent.provision.purpose[0] invalid'],
  ];

  test.each(provisionRefused)('%s', (_name, provision, refusal) => {
    expect(refusals(consentResource('p1', provision))).toContain(refusal);
  });

  const resourceRefused: [name: string, more: object, refusal: string][] = [
    ['a draft', { status: 'draft' }, 'Consent.status unsupported'],
    ['implicit rules', { implicitRules: 'urn:x' }, 'Consent.implicitRules unsupported'],
    [
      'an advance directive',
      { scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'adr' }] } },
      'Consent.scope unsupported',
    ],
    ['no provision', { provision: undefined }, 'Consent.provision missing'],
    ['a policy rule in words', { policyRule: { text: 'as agreed' } }, 'Consent.policyRule unsupported'],
    [
      'a policy rule against its provision',
      {
        policyRule: {
          coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'OPTOUT' }],
        },
      },
      'Consent.provision.type contradiction',
    ],
    ['another resource', { resourceType: 'Patient' }, 'Consent invalid'],
  ];

  test.each(resourceRefused)('%s', (_name, more, refusal) => {
    expect(refusals(consentResource('p1', ok, more))).toContain(refusal);
  });

  test.each([undefined, null, 3, 'Consent', [], {}])('what is no resource at all: %j', (value) => {
    expect(refusals(value)).toContain('Consent invalid');
  });
});

describe('a Consent of any size is refused in an instant', () => {
  const many = (count: number) => Array.from({ length: count }, () => ({ type: 'permit' }));

  test('ten thousand provisions', () => {
    expect(refusals(consentResource('p1', { ...ok, provision: many(10_000) }))).toEqual([
      'Consent.provision.provision too-many-criteria',
    ]);
    expect(refusals(consentResource('p1', { ...ok, provision: many(300) }))).toEqual([
      'Consent.provision.provision[255] too-many-provisions',
    ]);
    expect(refusals(consentResource('p1', { ...ok, provision: many(255) }))).toEqual([]);
  });

  test('provisions within provisions, without end', () => {
    const circle: { type: string; provision: object[] } = { type: 'permit', provision: [] };
    circle.provision.push(circle);
    expect(refusals(consentResource('p1', circle))).toEqual([
      `Consent.provision${'.provision[0]'.repeat(8)} too-deep`,
    ]);
  });

  test('a hundred thousand codings', () => {
    const purpose = Array.from({ length: 100_000 }, () => ({ system: 'x', code: 'y' }));
    expect(refusals(consentResource('p1', { ...ok, purpose }))).toContain(
      'Consent.provision.purpose too-many-criteria',
    );
  });
});

describe('what can be enforced is taken', () => {
  test('the root may carry a type, or leave it to an opt-in or opt-out, or to the provisions nested in it', () => {
    const policyRule = (code: string) => ({
      policyRule: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code }] },
    });
    expect(refusals(consentResource('p1', ok))).toEqual([]);
    expect(refusals(consentResource('p1', forPurposes('TREAT'), policyRule('OPTIN')))).toEqual([]);
    expect(refusals(consentResource('p1', {}, { ...policyRule('OPTOUT'), provision: undefined }))).toEqual(
      [],
    );
    expect(refusals(consentResource('p1', { provision: [ok] }))).toEqual([]);
  });

  test('extensions and what is said on paper do not stand in the way', () => {
    const more = {
      extension: [{ url: 'x', valueString: 'y' }],
      verification: [{ verified: true }],
      _dateTime: { extension: [] },
      sourceAttachment: { title: 'signed form' },
    };
    expect(refusals(consentResource('p1', ok, more))).toEqual([]);
  });

  test('its grantees are the organisations that some provision permits', () => {
    const provision = {
      ...ok,
      provision: [
        { type: 'deny', ...forOrganisations('aurora') },
        { type: 'permit', ...forOrganisations('meridian', 'aurora2') },
      ],
    };
    expect(compileConsent(consentResource('p1', provision), 'c1', 'active')).toMatchObject({
      consent: { grantees: ['aurora2', 'lakeside', 'meridian'] },
    });
  });
});
