import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DecisionFacts } from '../r4/index.ts';
import {
  type CompiledConsent,
  type ConsentStatus,
  type DecisionRequest,
  type DecisionRule,
  decide,
  organisationPolicy,
} from './index.ts';
import { compiledConsent, FROM_LAKESIDE, OBSERVATION } from './suite/compiled-consent.ts';
import { aboutTypes, forOrganisations, forPurposes } from './suite/consent-resource.ts';

const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const LOINC = 'http://loinc.org';
const policy = organisationPolicy();

const fromStMary: DecisionRequest = { ...FROM_LAKESIDE, actorOrganisation: 'st-mary', kind: 'user' };

const consent = (provision: object, status: ConsentStatus = 'active', id = 'c1') =>
  compiledConsent(provision, { status, id });

/** Rules that permit; every other one refuses. */
const PERMITTING = [
  'own-record',
  'representative',
  'organisation-policy',
  'no-patient',
  'permitted-by-consent',
] as const satisfies readonly DecisionRule[];

/** The rule by which it was decided: what is done is what the rule says. */
function rule(request: DecisionRequest, consents: CompiledConsent[], facts = OBSERVATION): DecisionRule {
  const decision = decide(request, facts, consents, policy);
  expect(decision.permit, decision.rule).toBe(PERMITTING.some((each) => each === decision.rule));
  return decision.rule;
}

const permitLakeside = { type: 'permit', ...forOrganisations('lakeside'), ...forPurposes('TREAT') };

describe('another organisation', () => {
  test('is denied without a consent, for whatever purpose', () => {
    expect(rule(FROM_LAKESIDE, [])).toBe('no-consent');
    expect(rule({ ...FROM_LAKESIDE, purposes: ['TREAT', 'HPAYMT', 'BTG'] }, [])).toBe('no-consent');
    expect(rule({ ...FROM_LAKESIDE, subject: undefined }, [])).toBe('no-consent');
    expect(rule({ ...FROM_LAKESIDE, purposes: [] }, [consent(permitLakeside)])).toBe('no-consent');
  });

  test('is permitted by a consent that names it, which the decision names', () => {
    expect(decide(FROM_LAKESIDE, OBSERVATION, [consent(permitLakeside)], policy)).toMatchObject({
      permit: true,
      outcome: 'permit',
      rule: 'permitted-by-consent',
      consents: ['c1'],
      purpose: 'TREAT',
    });
    expect(rule({ ...FROM_LAKESIDE, actorOrganisation: 'meridian' }, [consent(permitLakeside)])).toBe(
      'no-consent',
    );
  });

  test('is denied by any one denial, whatever else permits', () => {
    const denial = consent({ type: 'deny', ...aboutTypes('Observation') }, 'active', 'c2');
    expect(rule(FROM_LAKESIDE, [consent(permitLakeside), denial])).toBe('denied-by-consent');
    expect(rule(FROM_LAKESIDE, [denial, consent(permitLakeside)])).toBe('denied-by-consent');
  });

  test('is denied what a revoked consent permitted, from the moment the revocation is durable here', () => {
    expect(rule(FROM_LAKESIDE, [consent(permitLakeside, 'revoking')])).toBe('no-consent');
    expect(rule(FROM_LAKESIDE, [consent(permitLakeside, 'revoked')])).toBe('no-consent');
  });

  test('stays denied by a denial whose revocation is not final', () => {
    const denial = { type: 'deny', ...forOrganisations('lakeside') };
    expect(rule(FROM_LAKESIDE, [consent(permitLakeside), consent(denial, 'revoking', 'c2')])).toBe(
      'denied-by-consent',
    );
    expect(rule(FROM_LAKESIDE, [consent(permitLakeside), consent(denial, 'revoked', 'c2')])).toBe(
      'permitted-by-consent',
    );
  });

  test('cannot come in by a provision for a person of the custodian', () => {
    const person = {
      role: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }],
      },
      reference: { reference: 'Practitioner/7' },
    };
    const named = consent({ type: 'permit', actor: [person] });
    expect(rule({ ...FROM_LAKESIDE, fhirUser: 'Practitioner/7' }, [named])).toBe('no-consent');
  });
});

describe('the custodian', () => {
  test('is permitted by its policy for treatment, payment and operations, and what lies below them', () => {
    for (const purpose of ['TREAT', 'HPAYMT', 'HOPERAT', 'COC', 'ELIGVER']) {
      const claim = { ...OBSERVATION, type: 'Claim' };
      expect(rule({ ...fromStMary, purposes: [purpose] }, [], claim)).toBe('organisation-policy');
    }
  });

  test('is refused for research, marketing and breaking the glass unless a consent permits it', () => {
    for (const purpose of ['HRESCH', 'HMARKT', 'BTG', 'PurposeOfUse', 'nonsense', '']) {
      expect(rule({ ...fromStMary, purposes: [purpose] }, [])).toBe('purpose-not-permitted');
    }
    const research = consent({ type: 'permit', ...forPurposes('HRESCH') });
    expect(rule({ ...fromStMary, purposes: ['CLINTRCH'] }, [research])).toBe('permitted-by-consent');
  });

  test("honours a patient's denial of its own people", () => {
    expect(rule(fromStMary, [consent({ type: 'deny', ...forOrganisations('st-mary') })])).toBe(
      'denied-by-consent',
    );
  });

  test('asks by software that names no person: a denial of one person holds, a permission for one does not', () => {
    const actor = [
      {
        role: {
          coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }],
        },
        reference: { reference: 'Practitioner/7' },
      },
    ];
    const client: DecisionRequest = { ...fromStMary, kind: 'client', purposes: ['HRESCH'] };
    expect(rule({ ...client, purposes: ['TREAT'] }, [consent({ type: 'deny', actor })])).toBe(
      'denied-by-consent',
    );
    expect(rule(client, [consent({ type: 'permit', actor })])).toBe('purpose-not-permitted');
    expect(rule({ ...client, fhirUser: 'Practitioner/7' }, [consent({ type: 'permit', actor })])).toBe(
      'permitted-by-consent',
    );
  });
});

describe('a patient', () => {
  const patient: DecisionRequest = { ...fromStMary, kind: 'patient', patient: 'p1' };

  test('reads their own record, even against their own denial', () => {
    expect(rule(patient, [consent({ type: 'deny' })])).toBe('own-record');
  });

  test("reads nobody else's, whatever the policy says about staff and whatever a consent permits to all", () => {
    expect(rule({ ...patient, subject: 'p2' }, [consent({ type: 'permit' })])).toBe('not-own-record');
    expect(rule({ ...patient, actorOrganisation: 'lakeside' }, [])).toBe('not-own-record');
  });
});

describe('a purpose', () => {
  test('covers what lies below it and nothing above or beside it', () => {
    const research = consent({ type: 'permit', ...forPurposes('CLINTRCH') });
    const asked = (purpose: string) => rule({ ...FROM_LAKESIDE, purposes: [purpose] }, [research]);
    expect(['CLINTRCH', 'CLINTRCHPC', 'HRESCH', 'BIORCH', 'TREAT'].map(asked)).toEqual([
      'permitted-by-consent',
      'permitted-by-consent',
      'no-consent',
      'no-consent',
      'no-consent',
    ]);
  });

  test('of breaking the glass is covered only where it is named', () => {
    const asked = (...purposes: string[]) =>
      rule({ ...FROM_LAKESIDE, purposes: ['BTG'] }, [
        consent({ type: 'permit', ...forPurposes(...purposes) }),
      ]);
    expect([asked('TREAT'), asked('ETREAT'), asked('PurposeOfUse'), asked('BTG')]).toEqual([
      'no-consent',
      'no-consent',
      'no-consent',
      'permitted-by-consent',
    ]);
  });

  test('suffices alone among several, and a denial of another one does not reach it', () => {
    const both = [
      consent(permitLakeside),
      consent({ type: 'deny', ...forPurposes('HRESCH') }, 'active', 'c2'),
    ];
    expect(
      decide({ ...FROM_LAKESIDE, purposes: ['HRESCH', 'TREAT'] }, OBSERVATION, both, policy),
    ).toMatchObject({
      permit: true,
      purpose: 'TREAT',
    });
  });
});

describe('a nested provision', () => {
  const labelled = (code: string): DecisionFacts => ({
    ...OBSERVATION,
    labels: [`${CONFIDENTIALITY}|${code}`],
  });
  const label = (code: string) => ({ securityLabel: [{ system: CONFIDENTIALITY, code }] });

  test('wins over its parent, and a deeper one over both', () => {
    const tree = consent({
      ...permitLakeside,
      provision: [
        {
          type: 'deny',
          ...aboutTypes('Observation'),
          provision: [{ type: 'permit', code: [{ coding: [{ system: LOINC, code: '2339-0' }] }] }],
        },
      ],
    });
    expect(rule(FROM_LAKESIDE, [tree])).toBe('permitted-by-consent');
    expect(rule(FROM_LAKESIDE, [tree], { ...OBSERVATION, codes: [] })).toBe('denied-by-consent');
    expect(rule(FROM_LAKESIDE, [tree], { ...OBSERVATION, type: 'Condition', codes: [] })).toBe(
      'permitted-by-consent',
    );
  });

  test('that denies wins over one beside it that permits', () => {
    const tree = consent({
      ...permitLakeside,
      provision: [
        { type: 'permit', ...aboutTypes('Observation') },
        { type: 'deny', ...aboutTypes('Observation') },
      ],
    });
    expect(rule(FROM_LAKESIDE, [tree])).toBe('denied-by-consent');
  });

  test('keeps what it does not set from its parent', () => {
    const tree = consent({
      ...permitLakeside,
      ...label('N'),
      provision: [{ type: 'permit', ...label('R') }],
    });
    expect(rule(FROM_LAKESIDE, [tree], labelled('R'))).toBe('permitted-by-consent');
    expect(rule({ ...FROM_LAKESIDE, actorOrganisation: 'meridian' }, [tree], labelled('R'))).toBe(
      'no-consent',
    );
    expect(rule({ ...FROM_LAKESIDE, purposes: ['HRESCH'] }, [tree], labelled('R'))).toBe('no-consent');
  });

  test('never outlives the consent it belongs to', () => {
    const tree = consent({
      ...permitLakeside,
      period: { end: '2026-03' },
      provision: [{ type: 'permit', period: { end: '2030' }, ...aboutTypes('Observation') }],
    });
    expect(rule(FROM_LAKESIDE, [tree])).toBe('no-consent');
    expect(rule({ ...FROM_LAKESIDE, nowMs: Date.parse('2026-03-31T23:59:59Z') }, [tree])).toBe(
      'permitted-by-consent',
    );
  });
});

describe('a security label', () => {
  const labelled = (...codes: string[]): DecisionFacts => ({
    ...OBSERVATION,
    labels: codes.map((code) => `${CONFIDENTIALITY}|${code}`),
  });
  const label = (code: string) => ({ securityLabel: [{ system: CONFIDENTIALITY, code }] });
  const permitted = (code: string, facts: DecisionFacts) =>
    rule(FROM_LAKESIDE, [consent({ ...permitLakeside, ...label(code) })], facts);

  test('is a high-water mark: permitting normal data permits what is lower and nothing higher or unlabelled', () => {
    expect(permitted('N', labelled('L'))).toBe('permitted-by-consent');
    expect(permitted('N', labelled('N', 'R'))).toBe('no-consent');
    expect(permitted('N', labelled('V'))).toBe('no-consent');
    expect(permitted('N', OBSERVATION)).toBe('no-consent');
  });

  test('that is denied takes what is higher along, and leaves what is lower', () => {
    const consents = [consent(permitLakeside), consent({ type: 'deny', ...label('R') }, 'active', 'c2')];
    expect(rule(FROM_LAKESIDE, consents, labelled('V'))).toBe('denied-by-consent');
    expect(rule(FROM_LAKESIDE, consents, labelled('N', 'R'))).toBe('denied-by-consent');
    expect(rule(FROM_LAKESIDE, consents, labelled('N'))).toBe('permitted-by-consent');
  });
});

test('the data period permits only what lies within, and denies whatever touches it or has no date', () => {
  const within = { dataPeriod: { start: '2022-01-01', end: '2022-12-31' } };
  const facts = (start: string, end: string): DecisionFacts => ({
    ...OBSERVATION,
    period: { startMs: Date.parse(start), endMs: Date.parse(end) },
  });
  const permit = [consent({ ...permitLakeside, ...within })];
  const deny = [consent(permitLakeside), consent({ type: 'deny', ...within }, 'active', 'c2')];
  const inside = facts('2022-12-31T10:00:00Z', '2022-12-31T23:59:59Z');
  const across = facts('2021-12-31T10:00:00Z', '2022-01-02T00:00:00Z');
  expect([inside, across, OBSERVATION].map((each) => rule(FROM_LAKESIDE, permit, each))).toEqual([
    'permitted-by-consent',
    'no-consent',
    'no-consent',
  ]);
  expect([inside, across, OBSERVATION].map((each) => rule(FROM_LAKESIDE, deny, each))).toEqual([
    'denied-by-consent',
    'denied-by-consent',
    'denied-by-consent',
  ]);
});

test('no order of consents and no further permission ever turns a denial into a permission', () => {
  const provision = fc
    .record({
      type: fc.constantFrom('permit', 'deny'),
      purpose: fc.constantFrom(forPurposes('TREAT'), forPurposes('HRESCH'), {}),
      actor: fc.constantFrom(forOrganisations('lakeside'), forOrganisations('meridian'), {}),
      about: fc.constantFrom(aboutTypes('Observation'), aboutTypes('Condition'), {}),
    })
    .map(({ type, purpose, actor, about }) => ({ type, ...purpose, ...actor, ...about }));
  fc.assert(
    fc.property(fc.array(provision, { maxLength: 6 }), fc.integer(), (provisions, seed) => {
      const consents = provisions.map((one, index) => consent(one, 'active', `c${index}`));
      const shuffled = consents.toSorted(
        (a, b) => ((a.id.charCodeAt(1) * seed) % 7) - ((b.id.charCodeAt(1) * seed) % 7),
      );
      const outcome = rule(FROM_LAKESIDE, consents);
      expect(rule(FROM_LAKESIDE, shuffled)).toBe(outcome);
      if (outcome === 'denied-by-consent') {
        expect(rule(FROM_LAKESIDE, [...consents, consent({ type: 'permit' }, 'active', 'more')])).toBe(
          outcome,
        );
      }
    }),
    { numRuns: 300 },
  );
});
