import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { basic, FhirNode, observation, patient, patientsIn, type Received } from '../suite/index.ts';

let node: FhirNode;
beforeAll(async () => {
  node = await FhirNode.start();
  for (const id of ['anna', 'bert']) await node.put(patient(id));
});
afterAll(() => node?.stop());

const codeOf = ({ json }: Received) => json.issue[0].details.coding[0].code;
let made = 0;
/** An id that nothing stands under yet. */
const fresh = () => `fresh-${++made}`;
const put = (id: string, text: string, headers: Record<string, string> = {}) =>
  node.send('PUT', `Basic/${id}`, { body: basic(text, { id }), headers });

describe('a write and its AuditEvent are one', () => {
  test('create, update and delete leave one entry each, naming the patient and the version', async () => {
    const id = fresh();
    const { events } = await node.audited(async () => {
      await node.send('PUT', `Observation/${id}`, { body: observation(id, 'anna', '1') });
      await node.send('PUT', `Observation/${id}`, { body: observation(id, 'anna', '2') });
      await node.send('DELETE', `Observation/${id}`);
    });
    expect(events.map(({ action }) => action)).toEqual(['U', 'U', 'D']);
    for (const [at, event] of events.entries()) {
      expect(patientsIn(event)).toEqual(['Patient/anna']);
      expect(JSON.stringify(event)).toContain(`Observation/${id}/_history/${at + 1}`);
    }
  });

  test('an update that changes nothing names the patient too', async () => {
    const id = fresh();
    await node.put(observation(id, 'anna', '1'));
    const { result, events } = await node.audited(() =>
      node.send('PUT', `Observation/${id}`, { body: observation(id, 'anna', '1') }),
    );
    expect([result.status, result.headers.get('etag')]).toEqual([200, 'W/"1"']);
    expect(events.map(patientsIn)).toEqual([['Patient/anna']]);
  });

  test('a refused write names nobody and writes nothing', async () => {
    const body = observation(fresh(), 'anna', '1', { status: 'nope' });
    const { result, events } = await node.audited(() => node.send('POST', 'Observation', { body }));
    expect(result.status).toBe(422);
    expect(events.map(({ outcome }) => outcome)).toEqual(['4']);
    expect(events.map(patientsIn)).toEqual([[]]);
  });
});

describe('version-aware writes (FHIR R4 §concurrency)', () => {
  test('If-Match names the version it may replace: one, several, or any', async () => {
    const id = fresh();
    await put(id, 'one');
    expect((await put(id, 'x', { 'if-match': 'W/"2"' })).status).toBe(412);
    expect((await put(id, 'two', { 'if-match': 'W/"1"' })).status).toBe(200);
    expect((await put(id, 'three', { 'if-match': 'W/"1", W/"2"' })).status).toBe(200);
    expect((await put(id, 'four', { 'if-match': '*' })).headers.get('etag')).toBe('W/"4"');
    const bad = await put(id, 'x', { 'if-match': 'four' });
    expect([bad.status, codeOf(bad)]).toEqual([400, 'invalid']);
  });

  test('If-Match on what is not there or was deleted is 412, for update and delete', async () => {
    const id = fresh();
    const any = { 'if-match': '*' };
    expect((await put(id, 'x', any)).status).toBe(412);
    expect((await node.send('DELETE', `Basic/${id}`, { headers: any })).status).toBe(412);
    await put(id, 'x');
    expect((await node.send('DELETE', `Basic/${id}`, { headers: { 'if-match': 'W/"9"' } })).status).toBe(412);
    expect((await node.send('DELETE', `Basic/${id}`, { headers: { 'if-match': 'W/"1"' } })).status).toBe(204);
    expect((await put(id, 'x', { 'if-match': 'W/"2"' })).status).toBe(412);
  });

  test('If-None-Match: * lets a PUT create and never replace', async () => {
    const id = fresh();
    const onlyNew = { 'if-none-match': '*' };
    expect((await put(id, 'one', onlyNew)).status).toBe(201);
    const again = await put(id, 'two', onlyNew);
    expect([again.status, codeOf(again)]).toEqual([412, 'precondition-failed']);
    await node.send('DELETE', `Basic/${id}`);
    expect((await put(id, 'two', onlyNew)).status).toBe(201);
  });

  test('delete is idempotent, and an update after it goes on counting', async () => {
    const id = fresh();
    await put(id, 'one');
    const first = await node.send('DELETE', `Basic/${id}`);
    expect([first.status, first.headers.get('etag')]).toEqual([204, 'W/"2"']);
    const second = await node.send('DELETE', `Basic/${id}`);
    expect([second.status, second.headers.get('etag')]).toEqual([204, null]);
    const back = await put(id, 'back');
    expect([back.status, back.headers.get('etag')]).toEqual([201, 'W/"3"']);
    expect((await node.send('DELETE', 'Basic/never-there')).status).toBe(204);
  });
});

describe('conditional read', () => {
  test('304 has no body, and needs the version the client has', async () => {
    const id = fresh();
    await put(id, 'one');
    const get = (tag: string) => node.send('GET', `Basic/${id}`, { headers: { 'if-none-match': tag } });
    expect([(await get('W/"1"')).status, (await get('W/"1"')).text]).toEqual([304, '']);
    expect((await get('W/"7", W/"1"')).status).toBe(304);
    expect((await get('"2"')).status).toBe(200);
    expect((await get('garbage')).status).toBe(200);
    const { events } = await node.audited(() => get('W/"1"'));
    expect(events).toHaveLength(1);
  });
});

describe('Prefer', () => {
  test.each([
    ['return=minimal', 0],
    ['respond-async, return=minimal', 0],
    ['return="minimal"; foo=bar', 0],
    ['return=representation', 'Basic'],
    ['return=OperationOutcome', 'OperationOutcome'],
    ['return=nonsense', 'Basic'],
    ['xreturn=minimal', 'Basic'],
  ])('%s', async (prefer, expected) => {
    const { status, text } = await node.send('POST', 'Basic', { body: basic('p'), headers: { prefer } });
    expect(status).toBe(201);
    if (expected === 0) expect(text).toBe('');
    else expect(JSON.parse(text).resourceType).toBe(expected);
  });
});

describe('conditional create and update', () => {
  const conditional = (ifNoneExist: string, more: Record<string, string> = {}) =>
    node.send('POST', 'Basic', {
      body: basic('cond', { identifier: [{ system: 'urn:test', value: ifNoneExist.split('|')[1] }] }),
      headers: { 'if-none-exist': ifNoneExist, ...more },
    });

  test('one match is named, not doubled; its content goes back when it is asked for', async () => {
    const first = await conditional('identifier=urn:test|cc-1');
    expect(first.status).toBe(201);
    const second = await conditional('identifier=urn:test|cc-1');
    expect([second.status, second.text]).toEqual([200, '']);
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    const whole = await conditional('identifier=urn:test|cc-1', { prefer: 'return=representation' });
    expect(whole.json.id).toBe(first.json.id);
  });

  test('the same question in other words waits for the first, so that one resource is made', async () => {
    const spellings = [
      'identifier=urn:test|cc-2',
      '?identifier=urn%3Atest|cc-2',
      'identifier=urn:test%7Ccc-2',
    ];
    const body = basic('cond', { identifier: [{ system: 'urn:test', value: 'cc-2' }] });
    const answers = await Promise.all(
      [...spellings, ...spellings].map((each) =>
        node.send('POST', 'Basic', { body, headers: { 'if-none-exist': each } }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 201]);
  });

  test.each([
    ['', 'search-invalid'],
    ['_count=1', 'search-invalid'],
    ['identifier=x&_sort=date', 'search-invalid'],
    ['nonsense=1', 'search-unsupported'],
  ])('criteria "%s" are refused', async (ifNoneExist, code) => {
    const headers = { 'if-none-exist': ifNoneExist };
    const answer = await node.send('POST', 'Basic', { body: basic('x'), headers });
    expect([answer.status, codeOf(answer)]).toEqual([400, code]);
  });

  test('an update by criteria creates, then updates, and refuses several', async () => {
    const path = 'Basic?identifier=urn:test|cu-1';
    const body = basic('one', { identifier: [{ system: 'urn:test', value: 'cu-1' }] });
    const created = await node.send('PUT', path, { body });
    expect([created.status, created.headers.get('etag')]).toEqual([201, 'W/"1"']);
    const updated = await node.send('PUT', path, { body: { ...body, code: { text: 'two' } } });
    expect([updated.status, updated.json.id]).toEqual([200, created.json.id]);
    const other = await node.send('PUT', path, { body: { ...body, id: 'other' } });
    expect([other.status, codeOf(other)]).toEqual([400, 'id-mismatch']);
    const stale = await node.send('PUT', path, { body, headers: { 'if-match': 'W/"1"' } });
    expect(stale.status).toBe(412);
    await node.send('POST', 'Basic', { body });
    expect(codeOf(await node.send('PUT', path, { body }))).toBe('multiple-matches');
    expect(codeOf(await node.send('PUT', 'Basic', { body }))).toBe('search-invalid');
  });

  test('an update by criteria that match nothing never overwrites what has its id', async () => {
    const id = fresh();
    await put(id, 'mine');
    const body = basic('theirs', { id, identifier: [{ system: 'urn:test', value: 'cu-2' }] });
    const answer = await node.send('PUT', 'Basic?identifier=urn:test|cu-2', { body });
    expect([answer.status, codeOf(answer)]).toEqual([409, 'conflict']);
    expect((await node.send('GET', `Basic/${id}`)).json.code.text).toBe('mine');
    const other = { ...body, id: fresh() };
    expect((await node.send('PUT', 'Basic?identifier=urn:test|cu-2', { body: other })).status).toBe(201);
  });
});

describe('history', () => {
  test('says what was done: POST for an id of the server’s, PUT for a client’s, and 201 again after a deletion', async () => {
    const id = fresh();
    await put(id, 'one');
    await node.send('DELETE', `Basic/${id}`);
    await put(id, 'two');
    await put(id, 'three');
    const { json } = await node.send('GET', `Basic/${id}/_history`);
    const told = json.entry.map(
      ({ request, response }: { request: { method: string }; response: { status: string } }) =>
        `${request.method} ${response.status}`,
    );
    expect(told).toEqual(['PUT 200', 'PUT 201', 'DELETE 204', 'PUT 201']);
    const posted = await node.send('POST', 'Basic', { body: basic('posted') });
    const [entry] = (await node.send('GET', `Basic/${posted.json.id}/_history`)).json.entry;
    expect(entry.request).toEqual({ method: 'POST', url: 'Basic' });
  });

  test('pages are full, none is lost or repeated, and the cursor answers to its principal only', async () => {
    const id = fresh();
    for (const text of ['1', '2', '3', '4', '5']) await put(id, text);
    const seen: string[] = [];
    let url: string | undefined = `Basic/${id}/_history?_count=2`;
    while (url !== undefined) {
      const { json }: Received = await node.send('GET', url);
      for (const { resource } of json.entry) seen.push(resource.code.text);
      url = json.link.find(({ relation }: { relation: string }) => relation === 'next')?.url;
      if (url === undefined) continue;
      const stranger = await node.send('GET', url, { as: { sub: 'other', client_id: 'other' } });
      expect([stranger.status, codeOf(stranger)]).toEqual([410, 'page-expired']);
    }
    expect(seen).toEqual(['5', '4', '3', '2', '1']);
  });

  test('_since keeps what was updated then or later; other parameters are refused', async () => {
    const id = fresh();
    await put(id, 'one');
    const since = (await put(id, 'two')).json.meta.lastUpdated;
    const { json } = await node.send('GET', `Basic/${id}/_history?_since=${since}`);
    expect(json.entry.length).toBeGreaterThanOrEqual(1);
    expect(json.entry[0].resource.code.text).toBe('two');
    for (const query of ['_since=2020', '_since=soon', '_at=2020-01-01', '_count=-1', '_sort=date'])
      expect((await node.send('GET', `Basic/${id}/_history?${query}`)).status).toBe(400);
    const empty = await node.send('GET', `Basic/${id}/_history?_count=0`);
    expect([empty.status, empty.json.entry]).toEqual([200, undefined]);
  });

  test('of a type needs the scope to search, of an instance the one to read', async () => {
    const id = fresh();
    await put(id, 'x');
    const status = async (path: string, scope: string) =>
      (await node.send('GET', path, { as: { scope } })).status;
    expect(await status('Basic/_history', 'system/Basic.r')).toBe(403);
    expect(await status('Basic/_history', 'system/Basic.s')).toBe(200);
    expect(await status(`Basic/${id}/_history`, 'system/Basic.s')).toBe(403);
    expect(await status(`Basic/${id}/_history`, 'system/Basic.r')).toBe(200);
  });

  test('names every patient whose versions it shows', async () => {
    const id = fresh();
    await node.put(observation(id, 'anna', '1'));
    await node.put(observation(id, 'bert', '1'));
    const { events } = await node.audited(() => node.send('GET', `Observation/${id}/_history`));
    expect(events.map(patientsIn)).toEqual([['Patient/anna', 'Patient/bert']]);
  });
});

describe('_elements and _summary on a read', () => {
  test('release a part with a receipt of its own, tagged as such', async () => {
    const { result, events } = await node.audited(() => node.send('GET', 'Patient/anna?_elements=name'));
    expect(result.json.meta.tag[0].code).toBe('SUBSETTED');
    expect(events).toHaveLength(1);
    const link = /<([^>]+)>; rel="urn:holdfast:receipt"/.exec(result.headers.get('link') ?? '')?.[1] ?? '';
    await node.log.publish();
    const receipt = await node.send('GET', link);
    expect(receipt.json.event).toMatchObject({ kind: 'disclosure', object: 'Patient/anna/_history/1' });
    const stranger = await node.send('GET', link, { as: { sub: 'other', client_id: 'other' } });
    expect(stranger.status).toBe(404);
  });

  test('_summary=false is the whole, _summary=count is for searches', async () => {
    expect((await node.send('GET', 'Patient/anna?_summary=false')).json.meta.tag).toBeUndefined();
    expect((await node.send('GET', 'Patient/anna?_summary=count')).status).toBe(400);
  });
});
