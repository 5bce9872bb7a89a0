import { describe, expect, test } from 'vitest';
import type { DecisionFacts } from '../r4/index.ts';
import { compileConsent, type DecisionRequest, decide, LABEL, policyOf, scopeInWords } from './index.ts';

const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const ACT_REASON = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
const [OWN_LABELS, COUNSELLING] = LABEL.counsellingNotes.split('|');
const NOW_MS = Date.parse('2026-11-28T12:00:00Z');

const label = (code: string, system: string | undefined = ACT_CODE) => ({ system, code });
const purpose = (...codes: string[]) => codes.map((code) => ({ system: ACT_REASON, code }));
const actor = {
  role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] },
  reference: { identifier: { system: 'urn:holdfast:organisation', value: 'lakeside' } },
};

const rule = (more: object = {}) => ({
  type: 'permit',
  actor: [actor],
  purpose: purpose('TREAT'),
  securityLabel: [label('42CFRPart2')],
  ...more,
});

const form = (provision: object = rule(), more: object = {}): Record<string, unknown> => ({
  resourceType: 'Consent',
  status: 'active',
  scope: {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
  },
  category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
  patient: { reference: 'Patient/p' },
  dateTime: '2026-11-01T10:00:00Z',
  performer: [{ reference: 'Patient/p' }],
  organization: [{ identifier: { system: 'urn:holdfast:organisation', value: 'st-mary' } }],
  policy: [{ uri: 'https://st-mary.example/part-2-consent' }],
  policyRule: { coding: [label('42CFRPart2')] },
  provision,
  ...more,
});

const without = (name: string) => {
  const { [name]: _left, ...rest } = form();
  return rest;
};

const refusals = (resource: object): (readonly [string, string])[] => {
  const outcome = compileConsent(resource as Record<string, unknown>, 'a', 'active');
  return 'refused' in outcome ? outcome.refused.map(({ expression, message }) => [expression, message]) : [];
};

describe('a consent under 42 CFR Part 2', () => {
  test('with every element of 2.31(a) is taken', () => {
    expect(refusals(form())).toEqual([]);
  });

  test.each([
    ['organization', 'Consent.organization', '(2)'],
    ['performer', 'Consent.performer', '(8)'],
    ['dateTime', 'Consent.dateTime', '(9)'],
    ['policy', 'Consent.source', '(6) and (10)'],
    ['patient', 'Consent.patient', '(1)'],
  ])('without %s is refused, naming it and its paragraph', (name, path, paragraph) => {
    const found = refusals(without(name)).filter(([, message]) => message.includes('2.31(a)'));
    expect(found).toEqual([[path, expect.stringContaining(`42 CFR 2.31(a)${paragraph} asks for`)]]);
  });

  test.each([
    ['recipients', { actor: undefined }, 'Consent.provision.actor', '(4)'],
    ['a purpose', { purpose: undefined }, 'Consent.provision.purpose', '(5)'],
    ['what it is about', { securityLabel: undefined }, 'Consent.provision.securityLabel', '(3)'],
    ['an end, for research', { purpose: purpose('HRESCH') }, 'Consent.provision.period.end', '(7)'],
  ])('without %s is refused, naming it and its paragraph', (_name, more, path, paragraph) => {
    const stated = JSON.parse(JSON.stringify(rule(more)));
    const found = refusals(form(stated)).filter(([, message]) => message.includes('2.31(a)'));
    expect(found).toContainEqual([path, expect.stringContaining(`42 CFR 2.31(a)${paragraph} asks for`)]);
  });

  test('for legal proceedings is combined with nothing else', () => {
    const end = { period: { end: '2027-01-01' } };
    expect(refusals(form(rule({ purpose: purpose('HLEGAL'), ...end })))).toEqual([]);
    const both = refusals(form(rule({ purpose: purpose('HLEGAL', 'TREAT'), ...end })));
    expect(both).toEqual([['Consent.provision.purpose', expect.stringContaining('2.31(d)')]]);
    const nested = rule({ provision: [rule({ purpose: purpose('HLEGAL'), ...end })] });
    expect(refusals(form(nested))).toEqual([
      ['Consent.provision.purpose', expect.stringContaining('2.31(d)')],
    ]);
  });
});

describe('a consent for notes', () => {
  const counselling = label(COUNSELLING ?? '', OWN_LABELS);
  const end = { period: { end: '2027-01-01' } };
  test.each([
    ['counselling notes', counselling, '42 CFR 2.31(a)(7)'],
    ['psychotherapy notes', label('PSYTHPN'), '45 CFR 164.508(c)(1)(v)'],
  ])('%s is combined with nothing else, and ends', (_name, note, clause) => {
    const more = note === counselling ? {} : { policyRule: undefined };
    const plain = (provision: object) => JSON.parse(JSON.stringify(form(provision, more)));
    expect(refusals(plain(rule({ securityLabel: [note], ...end })))).toEqual([]);
    expect(refusals(plain(rule({ securityLabel: [note] })))).toEqual([
      ['Consent.provision.period.end', expect.stringContaining(clause)],
    ]);
    const both = refusals(plain(rule({ securityLabel: [note, label('MH')], ...end })));
    expect(both).toEqual([['Consent.provision.securityLabel', expect.stringContaining('2.31(b)')]]);
  });
});

describe('another organisation gets', () => {
  const ask = (labels: string[], code: string, ...forms: object[]) => {
    const consents = forms.map((resource, at) => {
      const outcome = compileConsent(resource as Record<string, unknown>, `consent-${at}`, 'active');
      if ('refused' in outcome) throw new Error(JSON.stringify(outcome.refused));
      return outcome.consent;
    });
    const request: DecisionRequest = {
      custodian: 'st-mary',
      actorOrganisation: 'lakeside',
      kind: 'member',
      purposes: [code],
      nowMs: NOW_MS,
      subject: 'p',
    };
    const facts: DecisionFacts = {
      type: 'Observation',
      classes: [],
      categories: [],
      codes: [],
      labels,
      patients: ['p'],
    };
    return decide(request, facts, consents, policyOf('us'));
  };
  const ordinary = JSON.parse(
    JSON.stringify(form(rule({ securityLabel: undefined }), { policyRule: undefined })),
  );
  const legal = form(rule({ purpose: purpose('HLEGAL'), period: { end: '2027-01-01' } }));
  const notes = form(
    rule({ securityLabel: [label(COUNSELLING ?? '', OWN_LABELS)], period: { end: '2027-01-01' } }),
  );

  test('a Part 2 record by a Part 2 consent, with the obligation to send the notice along', () => {
    expect(ask([LABEL.part2], 'TREAT', ordinary).rule).toBe('protected-by-law');
    const decision = ask([LABEL.part2], 'TREAT', form());
    expect(decision.permit).toBe(true);
    expect(decision.obligations).toContainEqual({ code: 'part-2-notice', consents: ['consent-0'] });
    expect(ask([], 'TREAT', ordinary).obligations).not.toContainEqual(
      expect.objectContaining({ code: 'part-2-notice' }),
    );
  });

  test('nothing for legal proceedings by a consent for treatment, and nothing for treatment by one for them', () => {
    expect(ask([LABEL.part2], 'HLEGAL', form()).permit).toBe(false);
    expect(ask([LABEL.part2], 'TREAT', legal).permit).toBe(false);
    expect(ask([LABEL.part2], 'HLEGAL', legal).permit).toBe(true);
  });

  test('counselling notes by a consent for them alone', () => {
    const labels = [LABEL.part2, LABEL.counsellingNotes];
    expect(ask(labels, 'TREAT', form()).permit).toBe(false);
    expect(ask(labels, 'TREAT', form(), notes).permit).toBe(true);
    expect(ask([LABEL.part2], 'TREAT', notes).permit).toBe(false);
  });
});

test('a parent sees the record without the part that is of a service which the minor obtains alone', () => {
  const parts = [
    { path: 'Observation.component[0]', labels: [LABEL.part2] },
    { path: 'Observation.component[1]', labels: [] },
  ];
  const request: DecisionRequest = {
    custodian: 'st-mary',
    actorOrganisation: 'st-mary',
    kind: 'user',
    purposes: ['FAMRQT'],
    nowMs: NOW_MS,
    subject: 'p',
    representative: {
      patient: 'p',
      relationship: 'parent',
      birthMs: Date.parse('2012-01-01'),
      fromMs: 0,
      untilMs: NOW_MS * 2,
    },
  };
  const facts: DecisionFacts = {
    type: 'Observation',
    classes: [],
    categories: [],
    codes: [],
    labels: [],
    patients: ['p'],
    parts,
  };
  const decision = decide(request, facts, [], policyOf('us'));
  expect([decision.outcome, decision.redactions]).toEqual(['redact', ['Observation.component[0]']]);
  expect(decision.withheld.map(({ rule: each }) => each)).toEqual(['confidential-service']);
});

test('the scope of a consent is told in words, with its exceptions', () => {
  const words = scopeInWords(
    form(
      rule({
        period: { end: '2027-01-01' },
        provision: [{ type: 'deny', class: [{ system: 'urn:a', code: 'DocumentReference' }] }],
      }),
    ),
  );
  expect(words).toBe(
    "The patient's consent of 2026-11-01T10:00:00Z. It permits: to lakeside; for TREAT; information 42CFRPart2; " +
      'in force until 2027-01-01. As an exception it denies: information DocumentReference.',
  );
});
