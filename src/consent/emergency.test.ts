import { describe, expect, test } from 'vitest';
import type { DecisionFacts } from '../r4/index.ts';
import {
  CALIFORNIA,
  type DecisionRequest,
  decide,
  EMERGENCY_REASONS,
  EMERGENCY_RULES,
  type EmergencyReason,
  LABEL,
  LAW_PROFILES,
  NEW_YORK,
  organisationPolicy,
} from './index.ts';
import { compiledConsent } from './suite/compiled-consent.ts';
import { forPurposes } from './suite/consent-resource.ts';

const policy = organisationPolicy();
const NOW = Date.parse('2026-05-01T00:00:00Z');
const MINUTE_MS = 60_000;

const facts = (labels: readonly string[] = [], type = 'Observation'): DecisionFacts => ({
  type,
  id: 'o1',
  classes: [],
  categories: [],
  codes: [],
  labels,
  patients: ['p1'],
});

const broken = (reason: EmergencyReason = 'medical-emergency') => ({
  id: 'e1',
  patient: 'p1',
  reason,
  fromMs: NOW - MINUTE_MS,
  untilMs: NOW + MINUTE_MS,
});
const asked: DecisionRequest = {
  custodian: 'st-mary',
  actorOrganisation: 'st-mary',
  kind: 'user',
  purposes: ['BTG'],
  nowMs: NOW,
  subject: 'p1',
  fhirUser: 'Practitioner/7',
  emergency: broken(),
};
const elsewhere: DecisionRequest = { ...asked, actorOrganisation: 'lakeside', kind: 'member' };

const everything = compiledConsent({ type: 'deny' });

describe('glass that is not broken for this', () => {
  test.each<[why: string, more: Partial<DecisionRequest>]>([
    ['none was broken', { emergency: undefined }],
    ['for another patient', { subject: 'p2' }],
    ['the time box has ended', { nowMs: NOW + MINUTE_MS }],
    ['it has not begun', { nowMs: NOW - MINUTE_MS - 1 }],
    ['the token does not say so', { purposes: ['TREAT'] }],
    ['for research', { purposes: ['HRESCH'] }],
    ['by a patient', { kind: 'patient', patient: 'p2' }],
  ])('%s', (_why, more) => {
    expect(decide({ ...asked, ...more }, facts(), [everything], policy).permit).toBe(false);
    expect(decide({ ...elsewhere, ...more }, facts(), [], policy).permit).toBe(false);
  });

  test.each(['AuditEvent', 'Consent'])('a resource that no emergency needs: %s', (type) => {
    expect(decide(asked, facts([], type), [everything], policy).permit).toBe(false);
  });
});

describe('in an emergency', () => {
  test('what a patient restricted is opened, at the custodian and to another organisation, and it is said why', () => {
    for (const request of [asked, elsewhere]) {
      const decision = decide(request, facts(), [everything], policy);
      expect(decision).toMatchObject({ permit: true, rule: 'break-glass', purpose: 'BTG', layer: 'law' });
      expect(decision.explanation).toContain('Opened in an emergency');
    }
  });

  test('a patient who denies breaking the glass by name is heard; one who denies everything else is not asked', () => {
    expect(
      decide(asked, facts(), [compiledConsent({ type: 'deny', ...forPurposes('BTG') })], policy),
    ).toMatchObject({
      permit: false,
      rule: 'denied-by-consent',
    });
    const nested = compiledConsent({
      type: 'deny',
      provision: [{ type: 'deny' }, { type: 'deny', ...forPurposes('BTG') }],
    });
    expect(decide(asked, facts(), [nested], policy).rule).toBe('denied-by-consent');
    const other = compiledConsent({ type: 'deny', ...forPurposes('TREAT') });
    expect(decide(asked, facts(), [other], policy).rule).toBe('break-glass');
  });

  test('who released it asks that it go no further', () => {
    expect(decide(elsewhere, facts(), [], policy).obligations).toContainEqual({
      code: 'handling',
      label: 'http://terminology.hl7.org/CodeSystem/v3-ActCode|NORDSCLCD',
    });
  });
});

describe('what the law protects opens where the law says so', () => {
  const outcome = (label: string, reason: EmergencyReason, law = policy.law) =>
    decide({ ...elsewhere, emergency: broken(reason) }, facts([label]), [], organisationPolicy([], law));

  test.each<[label: string, reason: EmergencyReason, opens: boolean]>([
    [LABEL.part2, 'medical-emergency', true],
    [LABEL.part2, 'disaster', true],
    [LABEL.part2, 'serious-threat', false],
    [LABEL.psychotherapyNotes, 'medical-emergency', false],
    [LABEL.psychotherapyNotes, 'serious-threat', true],
    [LABEL.counsellingNotes, 'medical-emergency', false],
    [LABEL.counsellingNotes, 'serious-threat', false],
  ])('%s for %s: %s', (label, reason, opens) => {
    expect(outcome(label, reason).permit).toBe(opens);
    if (!opens)
      expect(decide({ ...asked, emergency: broken(reason) }, facts([label]), [], policy).permit).toBe(false);
  });

  test('states: results of HIV tests for treatment, genetic tests never', () => {
    for (const law of [CALIFORNIA, NEW_YORK]) {
      expect(outcome(LABEL.hiv, 'medical-emergency', law).permit).toBe(true);
      expect(outcome(LABEL.hiv, 'serious-threat', law).permit).toBe(false);
      expect(outcome(LABEL.genetic, 'medical-emergency', law).permit).toBe(false);
    }
  });

  test('a part that stays closed is left out of what opens', () => {
    const parts = [{ path: 'Observation.note[0]', labels: [LABEL.psychotherapyNotes] }];
    const decision = decide(asked, { ...facts(), parts }, [], policy);
    expect(decision).toMatchObject({ outcome: 'redact', redactions: ['Observation.note[0]'] });
  });

  test('every protection of every profile has its rule for emergencies, and every reason its source', () => {
    const protections = [...LAW_PROFILES.values()].flatMap((profile) => profile.protections);
    expect(protections.filter(({ id }) => EMERGENCY_RULES[id] === undefined)).toEqual([]);
    for (const { source } of [...Object.values(EMERGENCY_RULES), ...Object.values(EMERGENCY_REASONS)])
      expect(source).toMatch(/\d/);
  });
});
