import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CALIFORNIA } from '../consent/index.ts';
import { FhirNode } from './suite/fhir-node.ts';
import type { Claims } from './suite/request.ts';
import { observation, patient } from './suite/resource.ts';

const ROLE_CODE = 'http://terminology.hl7.org/CodeSystem/v3-RoleCode';
const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const ACT_REASON = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
const DAY_MS = 24 * 3600 * 1000;

/** The day on which somebody is born who will be so old in so many days. */
function born(years: number, inDays = 0): string {
  const day = new Date(Date.now() + inDays * DAY_MS);
  day.setUTCFullYear(day.getUTCFullYear() - years);
  return day.toISOString().slice(0, 10);
}
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
const related = (id: string, whose: string, code: string, more: object = {}) => ({
  resourceType: 'RelatedPerson',
  id,
  patient: { reference: `Patient/${whose}` },
  relationship: [{ coding: [{ system: ROLE_CODE, code }] }],
  ...more,
});
const confidential = { meta: { security: [{ system: ACT_CODE, code: 'SEX' }] } };

let node: FhirNode;
beforeAll(async () => {
  node = await FhirNode.start({ law: CALIFORNIA });
  await node.put(patient('child', { birthDate: born(14) }));
  await node.put(patient('adult', { birthDate: born(40) }));
  for (const id of ['child', 'adult']) await node.put(observation(`of-${id}`, id, '718-7'));
  await node.put(observation('quiet', 'child', '718-7', confidential));
  await node.put(related('mother', 'child', 'MTH'));
  await node.put(related('agent', 'adult', 'HPOWATT'));
});
afterAll(() => node?.stop());

const asking = (fhirUser: string, whose: string): { as: Claims } => ({
  as: {
    sub: fhirUser,
    fhirUser,
    patient: whose,
    scope: 'patient/*.rs user/*.cruds',
    purpose_of_use: ['TREAT'],
  },
});
const mother = asking('RelatedPerson/mother', 'child');
const agent = asking('RelatedPerson/agent', 'adult');
const child = asking('Patient/child', 'child');
const status = async (path: string, by: { as: Claims }) => (await node.send('GET', path, by)).status;

describe('who asks for a patient', () => {
  test('reads that patient’s record, and nobody else’s, whatever the token’s scopes say', async () => {
    expect(await status('Observation/of-child', mother)).toBe(200);
    expect(await status('Observation/of-adult', mother)).toBe(404);
    expect(await status('Observation/of-adult', agent)).toBe(200);
    expect(await node.search('Observation?code=718-7', agent)).toEqual(['of-adult']);
  });

  test.each<[string, Claims]>([
    ['somebody else’s parent', asking('RelatedPerson/mother', 'adult').as],
    ['a RelatedPerson that is not there', asking('RelatedPerson/nobody', 'child').as],
    ['a Person that is linked to nobody', asking('Person/nobody', 'child').as],
  ])('%s is nobody', async (_case, as) => {
    expect(await status('Observation/of-child', { as })).toBe(401);
  });

  test.each<[string, string, object]>([
    ['a neighbour', 'NBOR', {}],
    ['a step-parent', 'STPPRN', {}],
    ['whose power of attorney is about finances', 'POWATT', {}],
    ['whose right is over', 'HPOWATT', { period: { end: inDays(-1) } }],
    ['whose right has not begun', 'HPOWATT', { period: { start: inDays(1) } }],
    ['who is inactive', 'HPOWATT', { active: false }],
    ['a parent of an adult', 'MTH', {}],
  ])('%s may not', async (_case, code, more) => {
    await node.put(related('other', 'adult', code, more));
    expect(await status('Observation/of-adult', asking('RelatedPerson/other', 'adult'))).toBe(401);
  });

  test('may not from the next request on once the record says so, or the time is over', async () => {
    await node.put(related('agent', 'adult', 'HPOWATT', { active: false }));
    expect(await status('Observation/of-adult', agent)).toBe(401);
    await node.put(related('agent', 'adult', 'HPOWATT', { period: { end: inDays(2) } }));
    expect(await status('Observation/of-adult', agent)).toBe(200);
    node.clock.aheadMs = 3 * DAY_MS;
    expect(await status('Observation/of-adult', agent)).toBe(401);
    node.clock.aheadMs = 0;
    await node.put(related('agent', 'adult', 'HPOWATT'));
  });

  test('is a guardian of an adult where the order began when they were one', async () => {
    const guardian = (start: string) =>
      node.put({
        ...related('guardian', 'adult', 'GUARD', { period: { start } }),
        relationship: [
          { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleClass', code: 'GUARD' }] },
        ],
      });
    await guardian(born(30));
    expect(await status('Observation/of-adult', asking('RelatedPerson/guardian', 'adult'))).toBe(401);
    await guardian(born(10));
    expect(await status('Observation/of-adult', asking('RelatedPerson/guardian', 'adult'))).toBe(200);
  });

  test('a Person asks for each of those to whom it is linked, one at a time', async () => {
    await node.put({
      resourceType: 'Person',
      id: 'both',
      link: ['mother', 'agent'].map((id) => ({ target: { reference: `RelatedPerson/${id}` } })),
    });
    for (const [whose, others] of [
      ['child', 'adult'],
      ['adult', 'child'],
    ] as const) {
      const by = asking('Person/both', whose);
      expect(await status(`Observation/of-${whose}`, by)).toBe(200);
      expect(await status(`Observation/of-${others}`, by)).toBe(404);
    }
  });
});

describe('a parent of a minor', () => {
  test('does not see care that the minor may obtain alone: by no read, search, count, history or everything', async () => {
    for (const path of ['Observation/quiet', 'Observation/quiet/_history/1', 'Observation/quiet/_history'])
      expect([path, await status(path, mother)]).toEqual([path, 404]);
    expect(await node.search('Observation?code=718-7', mother)).toEqual(['of-child']);
    const counted = await node.send('GET', 'Observation?code=718-7&_summary=count', mother);
    expect(counted.json.total).toBe(1);
    const everything = await node.send('GET', 'Patient/child/$everything', mother);
    expect([everything.status, everything.text.includes('quiet')]).toEqual([200, false]);
    expect((await node.search('Observation?code=718-7', child)).sort()).toEqual(['of-child', 'quiet']);
  });

  test('does not learn of it from the trail: neither that it was read nor how often something was', async () => {
    await node.send('GET', 'Observation/quiet');
    const named = (path: string, by: { as: Claims }) => node.search(path, by);
    const by = 'AuditEvent?entity=Observation/quiet';
    expect(await named(by, mother)).toEqual([]);
    expect((await named(by, child)).length).toBeGreaterThan(0);
    const shown = await node.send('GET', 'AuditEvent?_count=1000', mother);
    expect(shown.text).not.toContain('quiet');
    expect(shown.text).toContain('Observation/of-child');
    const total = (await node.send('GET', 'AuditEvent?_summary=count', mother)).json.total;
    await node.send('GET', 'Observation/quiet');
    const after = (await node.send('GET', 'AuditEvent?_summary=count', mother)).json.total;
    // Their own two requests, and nothing of the third.
    expect(after - total).toBeLessThanOrEqual(1);
  });

  test('does not learn from the trail which consents it rested on that they may not see', async () => {
    const ids = node.consent('child', { type: 'permit', purpose: [{ system: ACT_REASON, code: 'TREAT' }] });
    await node.send('GET', 'Observation/of-child');
    const by = `AuditEvent?entity=Consent/${ids[0]}`;
    expect((await node.search(by, child)).length).toBeGreaterThan(0);
    expect(await node.search(by, mother)).toEqual([]);
    const shown = await node.send('GET', 'AuditEvent?_count=1000', mother);
    expect([shown.status, shown.text.includes(`Consent/${ids[0]}`)]).toEqual([200, false]);
    node.consent('child');
  });

  test.each<[string, string[]]>([
    ['who is recorded as their agent too', ['MTH', 'HPOWATT']],
    ['who is recorded as their agent first', ['HPOWATT', 'MTH']],
  ])('sees no more of it %s, and is an agent from the day the child is of age on', async (_case, codes) => {
    const coding = codes.map((code) => ({ system: ROLE_CODE, code }));
    await node.put(related('twofold', 'child', 'MTH', { relationship: [{ coding }] }));
    const twofold = asking('RelatedPerson/twofold', 'child');
    expect(await status('Observation/of-child', twofold)).toBe(200);
    expect(await status('Observation/quiet', twofold)).toBe(404);
    expect(await node.search('Observation?code=718-7', twofold)).toEqual(['of-child']);
    const trail = await node.send('GET', 'AuditEvent?_count=1000', twofold);
    expect([trail.status, trail.text.includes('quiet')]).toEqual([200, false]);
    node.clock.aheadMs = 5 * 366 * DAY_MS;
    expect(await status('Observation/quiet', twofold)).toBe(200);
    expect(await status('Observation/of-child', mother)).toBe(401);
    node.clock.aheadMs = 0;
  });

  test.each<[string, string]>([
    ['a minor', 'child'],
    ['somebody whose birth date is not known', 'undated'],
  ])('is not who holds a power of attorney alone of %s, who can give none', async (_case, whose) => {
    await node.put(patient('undated'));
    await node.put(observation('of-undated', 'undated', '718-7'));
    await node.put(related('attorney', whose, 'HPOWATT'));
    expect(await status(`Observation/of-${whose}`, asking('RelatedPerson/attorney', whose))).toBe(401);
  });

  test('does not see a part that is labelled so, and sees the rest', async () => {
    const url = 'http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label';
    const [label] = confidential.meta.security;
    const note = { text: 'in private', extension: [{ url, valueCoding: label }] };
    await node.put(observation('partly', 'child', '718-7', { note: [note] }));
    const [theirs, own] = [
      await node.send('GET', 'Observation/partly', mother),
      await node.send('GET', 'Observation/partly', child),
    ];
    expect([own.status, own.text.includes('in private')]).toEqual([200, true]);
    expect([theirs.status, theirs.text.includes('in private')]).toEqual([200, false]);
  });

  test('sees what is labelled so no more once it is, and hears nothing of it from before', async () => {
    await node.put(observation('later', 'child', '718-7'));
    expect(await status('Observation/later', mother)).toBe(200);
    await node.put(observation('later', 'child', '718-7', confidential));
    expect(await status('Observation/later', mother)).toBe(404);
    expect(await status('Observation/later/_history/1', mother)).toBe(404);
    expect(await node.search('AuditEvent?entity=Observation/later', mother)).toEqual([]);
  });

  test('may not on the day the child is of age, also in a list that was begun before', async () => {
    await node.put(patient('soon', { birthDate: born(18, 2) }));
    for (const id of ['s1', 's2']) await node.put(observation(id, 'soon', '718-7'));
    await node.put(related('father', 'soon', 'FTH'));
    const father = asking('RelatedPerson/father', 'soon');
    const first = await node.send('GET', 'Observation?code=718-7&_count=1', father);
    const next = first.json.link.find(({ relation }: { relation: string }) => relation === 'next').url;
    expect((await node.send('GET', next, father)).status).toBe(200);
    node.clock.aheadMs = 2 * DAY_MS;
    expect((await node.send('GET', next, father)).status).toBe(401);
    expect(await status('Observation/s1', father)).toBe(401);
    node.clock.aheadMs = 0;
  });

  test('may not where no birth date is known: it cannot be told that the child is one', async () => {
    await node.put(patient('unknown'));
    await node.put(observation('u1', 'unknown', '718-7'));
    await node.put(related('uncertain', 'unknown', 'MTH'));
    expect(await status('Observation/u1', asking('RelatedPerson/uncertain', 'unknown'))).toBe(401);
  });
});
