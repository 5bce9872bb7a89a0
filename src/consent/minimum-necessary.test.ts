import { expect, test } from 'vitest';
import type { DecisionFacts } from '../r4/index.ts';
import { CONSENT_ONLY, type DecisionRequest, decide, organisationPolicy } from './index.ts';

const policy = organisationPolicy();
const facts = (type: string): DecisionFacts => ({
  type,
  id: 'x',
  classes: [],
  categories: [],
  codes: [],
  labels: [],
  patients: ['p1'],
});
const asked: DecisionRequest = {
  custodian: 'st-mary',
  actorOrganisation: 'st-mary',
  kind: 'user',
  purposes: ['TREAT'],
  nowMs: 0,
  subject: 'p1',
};
const rule = (type: string, more: Partial<DecisionRequest>) =>
  decide({ ...asked, ...more }, facts(type), [], policy).rule;

test.each<[type: string, more: Partial<DecisionRequest>]>([
  ['Observation', { roles: ['front-desk'] }],
  ['DocumentReference', { roles: ['front-desk'], purposes: ['HOPERAT'] }],
  ['Observation', { purposes: ['HPAYMT'] }],
  ['DocumentReference', { purposes: ['ELIGVER'], kind: 'client' }],
  ['Condition', { purposes: ['PATADMIN'] }],
  ['Observation', { roles: [] }],
  ['Observation', { roles: ['no such role'] }],
  // A clinician who asks for payment gets what payment needs.
  ['Observation', { roles: ['clinician'], purposes: ['HPAYMT'] }],
])('%s is more than is needed with %j', (type, more) => {
  expect(rule(type, more)).toBe('minimum-necessary');
});

test.each<[type: string, more: Partial<DecisionRequest>]>([
  ['Patient', { roles: ['front-desk'] }],
  ['Appointment', { roles: ['front-desk'], purposes: ['HOPERAT'] }],
  ['Coverage', { roles: ['front-desk'], purposes: ['HPAYMT'] }],
  ['Claim', { purposes: ['HPAYMT'] }],
  ['Observation', { roles: ['front-desk', 'clinician'] }],
  ['Observation', { kind: 'client' }],
])('%s is needed with %j', (type, more) => {
  expect(rule(type, more)).toBe('organisation-policy');
});

test('it says which layer refused, and that a purpose may be refused by one and given by another', () => {
  const refused = decide({ ...asked, roles: ['front-desk'] }, facts('Observation'), [], policy);
  expect(refused.layer).toBe('organisation');
  expect(refused.explanation).toContain('more than this purpose or this role needs');
  expect(refused.explanation).toContain('the layer of the organisation');
  expect(rule('Observation', { purposes: ['HPAYMT', 'TREAT'] })).toBe('organisation-policy');
});

test('without a layer of the organisation nothing is permitted, whatever role and purpose', () => {
  const decision = decide({ ...asked, roles: ['clinician'] }, facts('Patient'), [], CONSENT_ONLY);
  expect(decision.rule).toBe('purpose-not-permitted');
});
