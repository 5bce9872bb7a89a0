import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { basic, denial, FhirNode, observation, patient, patientsIn, type Received } from '../suite/index.ts';

const TEAM = 'CareTeam/team';
const CODE = '718-7';
const IRCP = {
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }],
};
/** Each time another name: what is equal to the newest version is not written. */
const team = (name: string) => ({
  resourceType: 'CareTeam',
  id: 'team',
  name,
  status: 'active',
  subject: { reference: 'Patient/anna' },
});

let node: FhirNode;
let authorization: string;
beforeAll(async () => {
  node = await FhirNode.start();
  for (const id of ['anna', 'bert']) await node.put(patient(id));
  await node.put(observation('read', 'bert', CODE));
  await node.put(team('Team'));
});
afterAll(() => node?.stop());
beforeEach(async () => {
  authorization = await node.bearer();
  node.consent('bert');
  // What names a team has it read again when it is written: there a test does what comes in between.
  node.consent('anna', { type: 'permit', actor: [{ role: IRCP, reference: { reference: TEAM } }] });
  await node.send('GET', 'metadata');
});
afterEach(() => {
  node.affiliationRead.work = undefined;
  node.revoked.clear();
  expect(node.faults).toEqual([]);
});

const post = (resource: { resourceType: string }, request: object = {}) => ({
  resource,
  request: { method: 'POST', url: resource.resourceType, ...request },
});
const get = { request: { method: 'GET', url: 'Observation/read' } };
const head = { request: { method: 'HEAD', url: 'Observation/read' } };
let teams = 0;
/** The entry that somebody is done with, and the next not begun, when `work` is done. */
const turning = (work: () => unknown) => {
  node.affiliationRead.work = (reference) => (reference === TEAM ? work() : undefined);
  teams += 1;
  return { resource: team(`Team ${teams}`), request: { method: 'PUT', url: TEAM } };
};
const revokeToken = () => void node.revoked.add(authorization);
const send = (type: 'batch' | 'transaction', ...entry: object[]) =>
  node.send('POST', '', {
    as: null,
    headers: { authorization, prefer: 'return=representation' },
    body: { resourceType: 'Bundle', type, entry },
  });
const statuses = ({ json }: Received): string[] =>
  json.entry.map(({ response }: { response: { status: string } }) => response.status.slice(0, 3));
const contents = ({ json }: Received): boolean[] =>
  json.entry.map(({ resource }: { resource?: object }) => resource !== undefined);
const found = (value: string) => node.search(`Basic?identifier=urn:test|${value}`);

describe('a token that is called back in the midst of a batch', () => {
  test('stops the entries that follow, and shows nothing of those before; what they wrote is recorded', async () => {
    const { result, events } = await node.audited(() =>
      send(
        'batch',
        post(observation('x', 'anna', CODE)),
        get,
        head,
        turning(revokeToken),
        get,
        post(basic('late')),
        { request: { method: 'DELETE', url: 'Observation/read' } },
      ),
    );
    expect(statuses(result)).toEqual(['201', '401', '401', '200', '401', '401', '401']);
    expect(contents(result)).toEqual([false, false, false, false, false, false, false]);
    expect(result.text).not.toContain(CODE);
    expect(result.text).toContain('token-revoked');
    expect(events.map(patientsIn)).toEqual([['Patient/anna', 'Patient/bert']]);
    expect(await found('late')).toEqual([]);
    expect((await node.send('GET', 'Observation/read')).status).toBe(200);
  });

  test('stops an import, which writes what came before', async () => {
    const entry = [post(basic('before')), turning(revokeToken), post(basic('after'))];
    const body = { resourceType: 'Bundle', type: 'batch', entry };
    const headers = { authorization };
    const { status, text } = await node.send('POST', '$import', { as: null, headers, body });
    expect([status, text.includes('token-revoked')]).toEqual([200, true]);
    expect([(await found('before')).length, await found('after')]).toEqual([1, []]);
  });
});

test.each(['batch', 'transaction'] as const)(
  'a conditional create that matched, and an update that changes nothing, say nothing of what is there once the token of a %s is gone',
  async (type) => {
    const [there, same] = ['there', 'same'].map((name) => basic(`${name}-${type}`)) as [object, object];
    const stored = [];
    for (const body of [there, same])
      stored.push(String((await node.send('POST', 'Basic', { body })).headers.get('location')));
    const answer = await send(
      type,
      post(there as { resourceType: string }, { ifNoneExist: `identifier=urn:test|there-${type}` }),
      { resource: same, request: { method: 'PUT', url: `Basic?identifier=urn:test|same-${type}` } },
      turning(revokeToken),
    );
    expect(statuses(answer)).toEqual(['401', '401', '200']);
    for (const location of stored) expect(answer.text).not.toContain(/Basic\/([^/]+)/.exec(location)?.[1]);
  },
);

test('what was deleted, and a condition that is not met, are not told of once the token of a batch is gone', async () => {
  const gone = basic('gone');
  const { json } = await node.send('POST', 'Basic', { body: gone });
  await node.send('DELETE', `Basic/${json.id}`);
  const entries = [
    { request: { method: 'GET', url: `Basic/${json.id}` } },
    { resource: team('Team'), request: { method: 'PUT', url: TEAM, ifMatch: 'W/"999"' } },
  ];
  expect(statuses(await send('batch', ...entries))).toEqual(['410', '412']);
  const answer = await send('batch', ...entries, turning(revokeToken));
  expect(statuses(answer)).toEqual(['401', '401', '200']);
});

test('a consent that is taken back in the midst of a batch stops the entries that follow', async () => {
  const answer = await send(
    'batch',
    get,
    turning(() => node.consent('bert', denial())),
    get,
    post(observation('y', 'bert', CODE)),
  );
  expect(statuses(answer)).toEqual(['200', '200', '404', '403']);
});

describe('a token that is called back while a transaction', () => {
  test('waits for another with its condition: nothing is written', async () => {
    const { conditions } = node.services;
    const { exclusively } = conditions;
    conditions.exclusively = (name, work) => {
      conditions.exclusively = exclusively;
      revokeToken();
      return exclusively(name, work);
    };
    const upsert = post(basic('upsert'), { ifNoneExist: 'identifier=urn:test|upsert' });
    const { result, events } = await node.audited(() =>
      send('transaction', upsert, post(observation('z', 'anna', CODE)), get),
    );
    expect(node.revoked.size).toBe(1);
    expect([result.status, result.json.issue[0].details.coding.at(-1).code]).toEqual([401, 'token-revoked']);
    expect(events.map((event) => [event.outcomeDesc, patientsIn(event)])).toEqual([['token-revoked', []]]);
    expect(await found('upsert')).toEqual([]);
  });

  test('is written: what it wrote stands and is recorded, and nothing is read any more', async () => {
    const { result, events } = await node.audited(() =>
      send('transaction', post(observation('z', 'anna', CODE)), turning(revokeToken), get),
    );
    expect(statuses(result)).toEqual(['201', '200', '401']);
    expect(contents(result)).toEqual([false, false, false]);
    expect(events.map(patientsIn)).toEqual([['Patient/anna']]);
  });
});
