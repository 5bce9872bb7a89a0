import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FhirNode } from './suite/fhir-node.ts';
import { observation, patient } from './suite/resource.ts';

const CODE = '718-7';
const IRCP = {
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }],
};
const RESEARCH = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HRESCH' }];
const DAY_MS = 24 * 3600 * 1000;

let node: FhirNode;
beforeAll(async () => {
  node = await FhirNode.start();
  await node.put(patient('p1'));
  await node.put(observation('o1', 'p1', CODE));
  for (const id of ['ann', 'ben']) await node.put({ resourceType: 'Practitioner', id });
});
afterAll(() => node?.stop());

/** Somebody of the organisation who asks for research, which only a consent permits. */
const as = (user: string) => ({
  as: {
    sub: user,
    fhirUser: user,
    scope: 'user/*.cruds',
    purpose_of_use: ['HRESCH'],
  },
});
const reads = async (user: string) => (await node.send('GET', 'Observation/o1', as(user))).status;
const toActor = (type: string, reference: string) => ({
  type,
  actor: [{ role: IRCP, reference: { reference } }],
  purpose: RESEARCH,
});
const permitTo = (reference: string) => node.consent('p1', toActor('permit', reference));
/** Research is permitted to everybody but those who belong there. */
const denyTo = (reference: string) =>
  node.consent('p1', { type: 'permit', purpose: RESEARCH }, toActor('deny', reference));
const team = (participant: object[], more: object = {}) => ({
  resourceType: 'CareTeam',
  id: 'team',
  status: 'active',
  subject: { reference: 'Patient/p1' },
  ...(participant.length === 0 ? {} : { participant }),
  ...more,
});
const member = (reference: string, period?: object) => ({
  member: { reference },
  ...(period === undefined ? {} : { period }),
});
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);

describe('a consent that names a care team', () => {
  test('permits nobody while there is no such team, and nobody who is not in it', async () => {
    permitTo('CareTeam/team');
    expect(await reads('Practitioner/ann')).toBe(404);
    await node.put(team([member('Practitioner/ben')]));
    expect([await reads('Practitioner/ann'), await reads('Practitioner/ben')]).toEqual([404, 200]);
  });

  test('holds for who joins from the next request on, and no more for who left', async () => {
    await node.put(team([member('Practitioner/ann')]));
    expect([await reads('Practitioner/ann'), await reads('Practitioner/ben')]).toEqual([200, 404]);
    await node.put(team([]));
    expect(await reads('Practitioner/ann')).toBe(404);
  });

  test.each<[string, object[], object]>([
    ['whose membership is over', [member('Practitioner/ann', { end: inDays(-1) })], {}],
    ['whose membership has not begun', [member('Practitioner/ann', { start: inDays(1) })], {}],
    ['of a team whose time is over', [member('Practitioner/ann')], { period: { end: inDays(-1) } }],
    ['of a team that is suspended', [member('Practitioner/ann')], { status: 'suspended' }],
    ['of an organisation that takes part', [member('Organization/org')], {}],
  ])('does not hold for somebody %s', async (_case, participants, more) => {
    await node.put(team(participants, more));
    expect(await reads('Practitioner/ann')).toBe(404);
  });

  test('ends by itself when a membership does', async () => {
    await node.put(team([member('Practitioner/ann', { end: inDays(2) })]));
    expect(await reads('Practitioner/ann')).toBe(200);
    node.clock.aheadMs = 3 * DAY_MS;
    expect(await reads('Practitioner/ann')).toBe(404);
    node.clock.aheadMs = 0;
  });

  test('holds for who takes part by a role, as the role and as the person, and for a team within it', async () => {
    await node.put({
      resourceType: 'PractitionerRole',
      id: 'r1',
      practitioner: { reference: 'Practitioner/ann' },
    });
    await node.put(team([member('PractitionerRole/r1')]));
    expect([await reads('Practitioner/ann'), await reads('PractitionerRole/r1')]).toEqual([200, 200]);
    await node.put({ ...team([member('Practitioner/ben'), member('CareTeam/team')]), id: 'inner' });
    await node.put(team([member('CareTeam/inner')]));
    expect([await reads('Practitioner/ann'), await reads('Practitioner/ben')]).toEqual([404, 200]);
    await node.put({ ...team([member('Practitioner/ann')]), id: 'inner' });
    expect([await reads('Practitioner/ann'), await reads('Practitioner/ben')]).toEqual([200, 404]);
  });

  test('and denies, denies them and nobody else', async () => {
    denyTo('CareTeam/team');
    await node.put(team([member('Practitioner/ann')]));
    expect([await reads('Practitioner/ann'), await reads('Practitioner/ben')]).toEqual([404, 200]);
    // Software that does not say for whom it asks may ask for somebody in the team.
    expect((await node.send('GET', 'Observation/o1', { as: { purpose_of_use: ['HRESCH'] } })).status).toBe(
      404,
    );
  });
});

test('a consent that names an organisation here permits those whose role is with it, while it is', async () => {
  await node.put({ resourceType: 'Organization', id: 'ward', name: 'Ward 3' });
  permitTo('Organization/ward');
  expect(await reads('Practitioner/ann')).toBe(404);
  const role = (more: object) => ({
    resourceType: 'PractitionerRole',
    id: 'r2',
    practitioner: { reference: 'Practitioner/ann' },
    ...more,
  });
  await node.put(role({ organization: { reference: 'Organization/ward' } }));
  expect([await reads('Practitioner/ann'), await reads('Practitioner/ben')]).toEqual([200, 404]);
  await node.put(role({ organization: { reference: 'Organization/elsewhere' } }));
  expect(await reads('Practitioner/ann')).toBe(404);
  await node.put(role({ organization: { reference: 'Organization/ward' }, active: false }));
  expect(await reads('Practitioner/ann')).toBe(404);
});

describe('beside a group of more people than are held', () => {
  const huge = (size: number) => ({
    resourceType: 'Group',
    id: 'everybody',
    type: 'practitioner',
    actual: true,
    member: [
      ...Array.from({ length: 4 }, (_, part) => ({ entity: { reference: `Group/part-${part}` } })),
      { entity: { reference: 'Practitioner/ann' } },
    ].slice(0, size),
  });
  const members = (part: number) =>
    Array.from({ length: 5_000 }, (_, at) => ({ entity: { reference: `Practitioner/${part}-${at}` } }));

  beforeAll(async () => {
    for (let part = 0; part < 4; part++)
      await node.put({ ...huge(0), id: `part-${part}`, member: members(part) });
    await node.put(huge(5));
    await node.put(team([member('Practitioner/ann')]));
  }, 60_000);
  afterAll(() => node.put(huge(1)));

  test('nobody is taken for one of it, and who denies it denies everybody', async () => {
    permitTo('Group/everybody');
    expect([await reads('Practitioner/ann'), await reads('Practitioner/0-0')]).toEqual([404, 404]);
    denyTo('Group/everybody');
    expect([await reads('Practitioner/ann'), await reads('Practitioner/ben')]).toEqual([404, 404]);
  });

  test('a care team that another consent names holds for those in it, and denies nobody else', async () => {
    node.consent('another', {
      type: 'permit',
      actor: [{ role: IRCP, reference: { reference: 'Group/everybody' } }],
    });
    permitTo('CareTeam/team');
    expect([await reads('Practitioner/ann'), await reads('Practitioner/ben')]).toEqual([200, 404]);
    denyTo('CareTeam/team');
    expect([await reads('Practitioner/ann'), await reads('Practitioner/ben')]).toEqual([404, 200]);
  });

  test('it is known again once it is small enough', async () => {
    permitTo('Group/everybody');
    await node.put({ ...huge(0), member: [{ entity: { reference: 'Practitioner/ann' } }] });
    expect([await reads('Practitioner/ann'), await reads('Practitioner/ben')]).toEqual([200, 404]);
  });
});

test('a consent that names a group permits its members who are active, of a real group', async () => {
  permitTo('Group/g1');
  const group = (more: object, entry: object = {}) => ({
    resourceType: 'Group',
    id: 'g1',
    type: 'practitioner',
    actual: true,
    member: [{ entity: { reference: 'Practitioner/ann' }, ...entry }],
    ...more,
  });
  await node.put(group({}));
  expect([await reads('Practitioner/ann'), await reads('Practitioner/ben')]).toEqual([200, 404]);
  await node.put(group({}, { inactive: true }));
  expect(await reads('Practitioner/ann')).toBe(404);
  await node.put(group({ active: false }));
  expect(await reads('Practitioner/ann')).toBe(404);
});
