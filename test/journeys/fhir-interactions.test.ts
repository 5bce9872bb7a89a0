import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FHIR_JSON, type Organisation } from './harness/organisation.ts';
import { type RunningNode, startNode } from './harness/running-node.ts';

let node: RunningNode;
let hospital: Organisation;
beforeAll(async () => {
  node = await startNode({ patients: 3 });
  hospital = node.organisation('st-mary');
});
afterAll(() => node?.stop());

const basic = (text: string, more: object = {}) => ({ resourceType: 'Basic', code: { text }, ...more });
const tagged = (value: string) => ({ identifier: [{ system: 'urn:test', value }] });

/** A refusal: its status, an OperationOutcome, and a stable code in it. */
function expectOutcome(
  answer: { status: number; json: { resourceType: string } },
  status: number,
  code?: string,
) {
  expect(answer.status, JSON.stringify(answer.json)).toBe(status);
  expect(answer.json.resourceType).toBe('OperationOutcome');
  if (code !== undefined) expect(JSON.stringify(answer.json)).toContain(`"${code}"`);
}

describe('what is refused is refused with an OperationOutcome, and changes nothing', () => {
  const patient = { resourceType: 'Patient', name: [{ family: 'Probe' }] };
  test.each<[string, string, string, object | string, number, string]>([
    ['text that is not JSON', 'POST', 'Patient', '{"resourceType":', 400, 'not-json'],
    ['another type than the URL', 'POST', 'Patient', basic('x'), 400, 'type-mismatch'],
    ['an unknown element', 'POST', 'Patient', { ...patient, nome: 'x' }, 422, 'unknown-element'],
    ['a wrong type of element', 'POST', 'Patient', { ...patient, active: 'yes' }, 422, 'type'],
    [
      'a code outside a required binding',
      'POST',
      'Patient',
      { ...patient, gender: 'nope' },
      422,
      'required-binding',
    ],
    ['a date that does not exist', 'POST', 'Patient', { ...patient, birthDate: '2021-02-30' }, 422, 'date'],
    [
      'a missing mandatory element',
      'POST',
      'Observation',
      { resourceType: 'Observation' },
      422,
      'cardinality',
    ],
    ['an id that differs from the URL', 'PUT', 'Basic/one', basic('x', { id: 'two' }), 400, 'id-mismatch'],
    ['a PUT without an id in the body', 'PUT', 'Basic/one', basic('x'), 400, 'id-mismatch'],
    ['a type that does not exist', 'POST', 'Pateint', patient, 404, 'unknown-type'],
    [
      'a change of an AuditEvent',
      'PUT',
      'AuditEvent/a',
      { resourceType: 'AuditEvent', id: 'a' },
      405,
      'method-not-allowed',
    ],
    ['a new AuditEvent', 'POST', 'AuditEvent', { resourceType: 'AuditEvent' }, 405, 'method-not-allowed'],
    ['the deletion of AuditEvents', 'DELETE', 'AuditEvent/a', '', 405, 'method-not-allowed'],
    ['a conditional delete', 'DELETE', 'Basic?code=x', '', 405, 'method-not-allowed'],
    ['a patch', 'PATCH', 'Basic/one', '[]', 405, 'method-not-allowed'],
    ['the history of the whole system', 'GET', '_history', '', 405, 'method-not-allowed'],
  ])('%s', async (_what, method, path, body, status, code) => {
    const before = await hospital.fhir('GET', 'Patient?_summary=count');
    const options = body === '' ? {} : { body };
    expectOutcome(await hospital.fhir(method, path, options), status, code);
    const after = await hospital.fhir('GET', 'Patient?_summary=count');
    expect(after.json.total).toBe(before.json.total);
  });

  test('invalid content names the element at fault', async () => {
    const answer = await hospital.fhir('POST', 'Patient', { body: { ...patient, gender: 'nope' } });
    expect(answer.json.issue[0].expression).toEqual(['Patient.gender']);
  });

  test('XML: 415 for what is sent, 406 for what is asked', async () => {
    const body = '<Patient xmlns="http://hl7.org/fhir"/>';
    const headers = { 'content-type': 'application/fhir+xml' };
    expectOutcome(await hospital.fhir('POST', 'Patient', { body, headers }), 415, 'unsupported-media-type');
    const accept = { accept: 'application/fhir+xml' };
    expectOutcome(await hospital.fhir('GET', 'Patient', { headers: accept }), 406, 'not-acceptable');
    expectOutcome(await hospital.fhir('GET', 'Patient?_format=xml'), 406, 'not-acceptable');
  });

  test('what is not there: 404 for a resource, its version and its history', async () => {
    for (const path of [
      'Basic/nothing',
      'Basic/nothing/_history/1',
      'Basic/nothing/_history',
      'Basic/no%20id',
    ])
      expectOutcome(await hospital.fhir('GET', path), 404, 'not-found');
  });
});

describe('create, read and vread', () => {
  test('a created resource has an id of the server, version 1, and reads back as stored', async () => {
    const answer = await hospital.fhir('POST', 'Basic', { body: basic('first', { id: 'mine' }) });
    expect(answer.status).toBe(201);
    const { id, meta } = answer.json;
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(meta).toMatchObject({ versionId: '1' });
    expect(answer.headers.etag).toBe('W/"1"');
    expect(answer.headers.location).toBe(`${node.url}/orgs/st-mary/fhir/Basic/${id}/_history/1`);
    expect(answer.headers['content-type']).toContain(FHIR_JSON);
    const read = await hospital.fhir('GET', `Basic/${id}`);
    expect(read.text).toBe(answer.text);
    expect(read.headers['last-modified']).toBe(answer.headers['last-modified']);
    expect((await hospital.fhir('GET', `Basic/${id}/_history/1`)).text).toBe(answer.text);
    expectOutcome(await hospital.fhir('GET', `Basic/${id}/_history/2`), 404);
  });

  test('Prefer decides what a write answers with', async () => {
    const post = (prefer: string) =>
      hospital.fhir('POST', 'Basic', { body: basic('p'), headers: { prefer } });
    const minimal = await post('return=minimal');
    expect([minimal.status, minimal.text]).toEqual([201, '']);
    expect((await post('return=OperationOutcome')).json.resourceType).toBe('OperationOutcome');
    expect((await post('return=representation')).json.resourceType).toBe('Basic');
  });

  test('a conditional read answers 304 while nothing has changed', async () => {
    const { id } = await hospital.create(basic('cond'));
    const headers = { 'if-none-match': 'W/"1"' };
    const answer = await hospital.fhir('GET', `Basic/${id}`, { headers });
    expect([answer.status, answer.text]).toEqual([304, '']);
    const other = { 'if-none-match': 'W/"7"' };
    expect((await hospital.fhir('GET', `Basic/${id}`, { headers: other })).status).toBe(200);
  });

  test('a conditional create stores once, however often and however many at a time', async () => {
    const headers = { 'if-none-exist': 'identifier=urn:test|once' };
    const body = basic('once', tagged('once'));
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => hospital.fhir('POST', 'Basic', { body, headers })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(11).fill(200), 201]);
    expect(await hospital.searchIds('Basic?identifier=urn:test|once')).toHaveLength(1);
    await hospital.create(body);
    expectOutcome(await hospital.fhir('POST', 'Basic', { body, headers }), 412, 'multiple-matches');
  });
});

describe('update and delete', () => {
  test('an update makes the next version, equal content makes none', async () => {
    const { id } = await hospital.create(basic('v1'));
    const second = await hospital.fhir('PUT', `Basic/${id}`, { body: basic('v2', { id }) });
    expect([second.status, second.headers.etag]).toEqual([200, 'W/"2"']);
    const same = await hospital.fhir('PUT', `Basic/${id}`, { body: basic('v2', { id }) });
    expect([same.status, same.headers.etag]).toEqual([200, 'W/"2"']);
    const history = await hospital.fhir('GET', `Basic/${id}/_history`);
    expect(history.json.entry).toHaveLength(2);
  });

  test('a PUT may choose the id of a new resource', async () => {
    const id = `chosen-${Date.now()}`;
    const answer = await hospital.fhir('PUT', `Basic/${id}`, { body: basic('own', { id }) });
    expect(answer.status).toBe(201);
    expect((await hospital.fhir('GET', `Basic/${id}`)).json.code.text).toBe('own');
  });

  test('If-Match lets one of many writers win', async () => {
    const { id } = await hospital.create(basic('race'));
    const headers = { 'if-match': 'W/"1"' };
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        hospital.fhir('PUT', `Basic/${id}`, { body: basic(`race ${n}`, { id }), headers }),
      ),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array(9).fill(412)]);
    const lost = answers.find(({ status }) => status === 412);
    expectOutcome(lost!, 412, 'precondition-failed');
    const bad = { 'if-match': 'yesterday' };
    expectOutcome(await hospital.fhir('PUT', `Basic/${id}`, { body: basic('x', { id }), headers: bad }), 400);
  });

  test('a conditional update creates, updates, or refuses several matches', async () => {
    const path = 'Basic?identifier=urn:test|cond-update';
    const body = basic('one', tagged('cond-update'));
    expect((await hospital.fhir('PUT', path, { body })).status).toBe(201);
    const updated = await hospital.fhir('PUT', path, { body: basic('two', tagged('cond-update')) });
    expect([updated.status, updated.headers.etag]).toEqual([200, 'W/"2"']);
    await hospital.create(body);
    expectOutcome(await hospital.fhir('PUT', path, { body }), 412, 'multiple-matches');
  });

  test('a deleted resource is gone, its versions stay, and it can be written again', async () => {
    const { id } = await hospital.create(basic('gone', tagged('gone')));
    expect((await hospital.fhir('DELETE', `Basic/${id}`)).status).toBe(204);
    expectOutcome(await hospital.fhir('GET', `Basic/${id}`), 410, 'gone');
    expect((await hospital.fhir('GET', `Basic/${id}/_history/1`)).status).toBe(200);
    expectOutcome(await hospital.fhir('GET', `Basic/${id}/_history/2`), 410, 'gone');
    expect(await hospital.searchIds('Basic?identifier=urn:test|gone')).toEqual([]);
    expect((await hospital.fhir('DELETE', `Basic/${id}`)).status).toBe(204);
    const again = await hospital.fhir('PUT', `Basic/${id}`, { body: basic('back', { id }) });
    expect([again.status, again.headers.etag]).toEqual([201, 'W/"3"']);
  });
});

describe('history', () => {
  test('of an instance: newest first, with what was done, paged and since a time', async () => {
    const { id } = await hospital.create(basic('h1'));
    await hospital.fhir('PUT', `Basic/${id}`, { body: basic('h2', { id }) });
    const second = await hospital.fhir('GET', `Basic/${id}`);
    await hospital.fhir('DELETE', `Basic/${id}`);
    const { json } = await hospital.fhir('GET', `Basic/${id}/_history`);
    expect(json.type).toBe('history');
    const done = json.entry.map((entry: { request: { method: string } }) => entry.request.method);
    expect(done).toEqual(['DELETE', 'PUT', 'POST']);
    expect(json.entry[1].resource).toEqual(second.json);
    expect(json.entry[0].resource).toBeUndefined();
    const page = await hospital.fhir('GET', `Basic/${id}/_history?_count=2`);
    expect(page.json.entry).toHaveLength(2);
    const { url } = page.json.link.find((link: { relation: string }) => link.relation === 'next');
    const rest = await hospital.call('GET', new URL(url).href.slice(`${node.url}/orgs/st-mary`.length));
    expect(rest.json.entry).toHaveLength(1);
    const since = await hospital.fhir('GET', `Basic/${id}/_history?_since=${second.json.meta.lastUpdated}`);
    expect(since.json.entry.length).toBe(2);
  });

  test('of a type: every resource of it', async () => {
    const { id } = await hospital.create({ resourceType: 'Substance', code: { text: 'water' } });
    const { json } = await hospital.fhir('GET', 'Substance/_history');
    expect(json.entry.map((entry: { resource: { id: string } }) => entry.resource.id)).toContain(id);
  });
});
