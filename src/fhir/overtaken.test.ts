import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FhirNode } from './suite/fhir-node.ts';
import { denial, observation, patient } from './suite/resource.ts';

const CODE = '718-7';
const RESEARCH = {
  purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HRESCH' }],
};
/** Somebody of the organisation who asks for research, which only a consent permits. */
const researcher = { as: { sub: 'r', fhirUser: 'Practitioner/r', purpose_of_use: ['HRESCH'] } };
/** Longer than a request may take that does not show its token again. */
const LONG_MS = 300;

let node: FhirNode;
beforeAll(async () => {
  node = await FhirNode.start();
  for (const id of ['p1', 'p2']) {
    await node.put(patient(id));
    await node.put(observation(`o-${id}`, id, CODE));
  }
});
afterAll(() => node?.stop());
beforeEach(() => {
  for (const id of ['p1', 'p2']) node.consent(id, { type: 'permit', ...RESEARCH });
});

/** Asks, and has something happen after the answer was made and before it leaves. */
async function asking(path: string, work: () => unknown, sending: object = researcher) {
  node.meanwhile.work = work;
  const answer = await node.send('GET', path, sending);
  expect(node.meanwhile.work).toBeUndefined();
  return answer;
}
const revoke = (id = 'p1') => node.consent(id);

describe('a revocation that comes while an answer is made wins:', () => {
  test.each<[string, string, number]>([
    ['a read', 'Observation/o-p1', 404],
    ['a version', 'Observation/o-p1/_history/1', 404],
    ['a history', 'Observation/o-p1/_history', 404],
    ['everything', 'Patient/p1/$everything', 404],
  ])('%s is not there any more', async (_case, path, status) => {
    expect((await node.send('GET', path, researcher)).status).toBe(200);
    const { result, events } = await node.audited(() => asking(path, () => revoke()));
    expect(result.status).toBe(status);
    expect(result.text).not.toContain(CODE);
    // Both attempts stand in the trail: that it was opened, and that it was refused.
    expect(events.map(({ outcome }) => outcome)).toEqual(['0', '4']);
  });

  test('a search finds the others alone, and counts them', async () => {
    const found = await asking(`Observation?code=${CODE}&_total=accurate`, () => revoke());
    const ids = found.json.entry.map(({ resource }: { resource: { id: string } }) => resource.id);
    expect([ids, found.json.total]).toEqual([['o-p2'], 1]);
  });

  test('the next page of a list', async () => {
    const first = await node.send('GET', `Observation?code=${CODE}&_count=1`, researcher);
    const next = first.json.link.find(({ relation }: { relation: string }) => relation === 'next').url;
    const second = await asking(next, () => {
      revoke('p1');
      revoke('p2');
    });
    expect([second.status, second.json.entry ?? []]).toEqual([200, []]);
  });

  test('so does a denial that is new', async () => {
    const treating = { as: { sub: 'd', fhirUser: 'Practitioner/d' } };
    expect((await asking('Observation/o-p1', () => node.consent('p1', denial()), treating)).status).toBe(404);
  });

  test('one of somebody else changes nothing', async () => {
    const { result, events } = await node.audited(() => asking('Observation/o-p1', () => revoke('p2')));
    expect([result.status, events.length]).toEqual([200, 1]);
  });
});

describe('a token that is called back while an answer is made', () => {
  test('gets none, when the answer took long enough to tell', async () => {
    const authorization = await node.bearer(researcher.as);
    const sending = { as: null, headers: { authorization } };
    const late = await asking('Observation/o-p1', () => pause(LONG_MS), sending);
    expect(late.status).toBe(200);
    const refused = await asking(
      'Observation/o-p1',
      async () => {
        node.revoked.add(authorization);
        await pause(LONG_MS);
      },
      sending,
    );
    expect([refused.status, refused.text.includes(CODE)]).toEqual([401, false]);
  });
});
