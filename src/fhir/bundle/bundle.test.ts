import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { basic, denial, FhirNode, observation, patient, patientsIn, type Received } from '../suite/index.ts';

let node: FhirNode;
beforeAll(async () => {
  node = await FhirNode.start();
  for (const id of ['anna', 'bert']) await node.put(patient(id));
});
afterAll(() => node?.stop());

interface Entry {
  fullUrl?: string;
  resource?: object;
  request: { method: string; url: string; ifMatch?: string; ifNoneExist?: string; ifNoneMatch?: string };
}

const URN = 'urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a';
const bundle = (type: string, entry: unknown) => ({ resourceType: 'Bundle', type, entry });
const transaction = (...entry: Entry[]) => node.send('POST', '', { body: bundle('transaction', entry) });
const batch = (...entry: Entry[]) => node.send('POST', '', { body: bundle('batch', entry) });
const post = (resource: { resourceType: string }, more: object = {}, request: object = {}): Entry => ({
  resource,
  request: { method: 'POST', url: resource.resourceType, ...request },
  ...more,
});
const get = (url: string): Entry => ({ request: { method: 'GET', url } });
const statuses = ({ json }: Received): string[] =>
  json.entry.map(({ response }: { response: { status: string } }) => response.status.slice(0, 3));
const found = (value: string) => node.search(`Basic?identifier=urn:test|${value}`);
const issueOf = ({ json }: Received) => json.issue[0];

describe('references of a transaction', () => {
  const author = (reference: string) => ({ author: { reference } });

  test('by urn:uuid and by absolute fullUrl lead to what the entries become', async () => {
    const url = 'https://elsewhere.example/fhir/Practitioner/7';
    const answer = await transaction(
      post(basic('refs-1', author(URN))),
      post(basic('refs-2', author(url))),
      post({ resourceType: 'Practitioner' }, { fullUrl: URN }),
      post({ resourceType: 'Practitioner' }, { fullUrl: url }),
    );
    expect(statuses(answer)).toEqual(['201', '201', '201', '201']);
    for (const value of ['refs-1', 'refs-2']) {
      const [id] = await found(value);
      const { reference } = (await node.send('GET', `Basic/${id}`)).json.author;
      expect(reference).toMatch(/^Practitioner\/[0-9a-f]{32}$/);
      expect((await node.send('GET', reference)).status).toBe(200);
    }
  });

  test('that are relative are read against the entry’s own fullUrl', async () => {
    const base = 'https://elsewhere.example/fhir';
    const answer = await transaction(
      post(basic('refs-3', author('Practitioner/8')), { fullUrl: `${base}/Basic/1` }),
      post(basic('refs-4', author('Practitioner/8')), { fullUrl: 'https://other.example/fhir/Basic/1' }),
      post({ resourceType: 'Practitioner' }, { fullUrl: `${base}/Practitioner/8` }),
    );
    expect(answer.status, answer.text).toBe(200);
    const [third] = await found('refs-3');
    expect((await node.send('GET', `Basic/${third}`)).json.author.reference).toMatch(/\/[0-9a-f]{32}$/);
    const [fourth] = await found('refs-4');
    expect((await node.send('GET', `Basic/${fourth}`)).json.author.reference).toBe('Practitioner/8');
  });

  test('a urn:uuid that is an identifier’s system is no reference', async () => {
    const identifier = [{ system: 'urn:uuid:00000000-0000-4000-8000-000000000000', value: '1' }];
    expect((await transaction(post(basic('urn', { identifier })))).status).toBe(200);
    const missing = await transaction(post(basic('urn', author(URN))));
    expect([missing.status, issueOf(missing).expression]).toEqual([400, ['Bundle.entry[0].resource']]);
  });

  test('decimals keep their digits while references are rewritten', async () => {
    const text = `{"resourceType":"Bundle","type":"transaction","entry":[
      {"fullUrl":"${URN}","resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Patient"}},
      {"resource":{"resourceType":"Observation","status":"final","code":{"text":"d"},"subject":{"reference":"${URN}"},
       "valueQuantity":{"value":1.50}},"request":{"method":"PUT","url":"Observation/digits?"}}]}`;
    const body = text
      .replace('"Observation","status"', '"Observation","id":"digits","status"')
      .replace('digits?', 'digits');
    expect((await node.send('POST', '', { body })).status).toBe(200);
    expect((await node.send('GET', 'Observation/digits')).text).toContain('"value":1.50}');
  });
});

describe('a transaction is whole or nothing', () => {
  const ghost = () => post(basic('ghost'));
  const put = (id: string, more: object = {}): Entry => ({
    resource: basic('ghost', { id }),
    request: { method: 'PUT', url: `Basic/${id}`, ...more },
  });
  test.each<[string, () => Entry[], number, string, string | undefined]>([
    [
      'content',
      () => [ghost(), post(patient('x', { gender: 'no' }))],
      422,
      'resource-invalid',
      'Bundle.entry[1].resource.gender',
    ],
    [
      'another id than the URL',
      () => [ghost(), { ...put('one'), resource: basic('ghost', { id: 'two' }) }],
      400,
      'id-mismatch',
      'Bundle.entry[1].resource.id',
    ],
    [
      'an update of one it may not see',
      () => [
        ghost(),
        {
          resource: observation('denied', 'bert', '1'),
          request: { method: 'PUT', url: 'Observation/denied' },
        },
      ],
      403,
      'not-permitted',
      undefined,
    ],
    ['one resource twice', () => [put('twice'), put('twice')], 400, 'invalid', 'Bundle.entry[1]'],
    [
      'a delete of what it updates',
      () => [put('both'), { request: { method: 'DELETE', url: 'Basic/both' } }],
      400,
      'invalid',
      undefined,
    ],
    [
      'one fullUrl twice',
      () => [post(basic('ghost'), { fullUrl: URN }), post(basic('ghost'), { fullUrl: URN })],
      400,
      'invalid',
      undefined,
    ],
    [
      'one condition twice',
      () => [1, 2].map(() => post(basic('ghost'), {}, { ifNoneExist: 'identifier=urn:test|once' })),
      400,
      'invalid',
      undefined,
    ],
    [
      'a stale If-Match',
      () => [ghost(), put('none', { ifMatch: 'W/"1"' })],
      412,
      'precondition-failed',
      undefined,
    ],
    [
      'an If-None-Match that is met',
      () => [
        ghost(),
        { resource: patient('anna'), request: { method: 'PUT', url: 'Patient/anna', ifNoneMatch: '*' } },
      ],
      412,
      'precondition-failed',
      undefined,
    ],
    [
      'a read that could never be answered',
      () => [ghost(), get('Patient?nonsense=1')],
      400,
      'search-unsupported',
      'Bundle.entry[1].request.url',
    ],
    [
      'an operation that writes by itself',
      () => [ghost(), post({ resourceType: 'Basic' }, {}, { url: '$import' })],
      405,
      'method-not-allowed',
      undefined,
    ],
    [
      'a Bundle in the Bundle',
      () => [ghost(), post(basic('x'), {}, { url: '' })],
      400,
      'invalid',
      'Bundle.entry[1].request.url',
    ],
    ['a Consent', () => [ghost(), post({ resourceType: 'Consent' })], 405, 'method-not-allowed', undefined],
    [
      'the deletion of a Consent',
      () => [ghost(), { request: { method: 'DELETE', url: 'Consent/x' } }],
      405,
      'method-not-allowed',
      undefined,
    ],
    [
      'an AuditEvent',
      () => [ghost(), post({ resourceType: 'AuditEvent' })],
      405,
      'method-not-allowed',
      undefined,
    ],
    [
      'a conditional delete',
      () => [ghost(), { request: { method: 'DELETE', url: 'Basic?code=x' } }],
      405,
      'method-not-allowed',
      'Bundle.entry[1].request.url',
    ],
  ])(
    'with %s that does not go, it writes nothing and says which entry',
    async (_what, entries, status, code, expression) => {
      node.consent('bert', denial());
      const { result, events } = await node.audited(() => transaction(...entries()));
      node.consent('bert');
      expect([result.status, issueOf(result).details.coding.at(-1).code], result.text).toEqual([
        status,
        code,
      ]);
      if (expression !== undefined) expect(issueOf(result).expression).toEqual([expression]);
      expect(events.map(({ outcome }) => outcome)).toEqual(['4']);
      expect(events.map(patientsIn)).toEqual([[]]);
      expect(await found('ghost')).toEqual([]);
    },
  );

  test('two conditional creates may find one resource, and a write may not touch it', async () => {
    await node.put(basic('shared', { id: 'shared' }) as never);
    const find = () => post(basic('shared'), {}, { ifNoneExist: 'identifier=urn:test|shared' });
    const other = () => post(basic('shared'), {}, { ifNoneExist: '_id=shared' });
    expect(statuses(await transaction(find(), other()))).toEqual(['200', '200']);
    const doomed = await transaction(find(), { request: { method: 'DELETE', url: 'Basic/shared' } });
    expect(doomed.status).toBe(400);
  });

  test('two conditional updates of one thing at once make one resource', async () => {
    const entry = {
      resource: basic('upsert'),
      request: { method: 'PUT', url: 'Basic?identifier=urn:test|upsert' },
    };
    const answers = await Promise.all([1, 2, 3, 4].map(() => transaction(entry)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await found('upsert')).toHaveLength(1);
  });
});

describe('one AuditEvent a Bundle', () => {
  test('of a transaction names what its writes and its reads touched', async () => {
    await node.put(observation('b-read', 'bert', '1'));
    const { result, events } = await node.audited(() =>
      transaction(post(observation('x', 'anna', '1')), get('Observation/b-read'), get('Observation/none')),
    );
    expect(statuses(result)).toEqual(['201', '200', '404']);
    expect(events.map(({ subtype }) => subtype[0]?.code)).toEqual(['transaction']);
    expect(events.map(patientsIn)).toEqual([['Patient/anna', 'Patient/bert']]);
  });

  test('of a batch names what the entries that went did, and of a refused one nothing', async () => {
    node.consent('bert', denial('secret'));
    await node.send('PUT', 'Observation/b-secret', {
      as: { purpose_of_use: ['HPAYMT'] },
      body: observation('b-secret', 'bert', 'secret'),
    });
    const { result, events } = await node.audited(() =>
      batch(
        post(observation('x', 'anna', '1')),
        get('Observation/b-secret'),
        post({ resourceType: 'Observation' }),
        get('Nonsense/1'),
        post(basic('batched')),
      ),
    );
    node.consent('bert');
    expect(statuses(result)).toEqual(['201', '404', '422', '404', '201']);
    expect(events.map(({ subtype }) => subtype[0]?.code)).toEqual(['batch']);
    expect(events.map(patientsIn)).toEqual([['Patient/anna']]);
    expect(await found('batched')).toHaveLength(1);
  });

  test('of a partial release in a batch, the release has its own event', async () => {
    const { result, events } = await node.audited(() => batch(get('Patient?_id=anna&_elements=name')));
    const [{ resource }] = result.json.entry;
    expect(resource.entry[0].extension[0].url).toBe('urn:holdfast:receipt');
    expect(events).toHaveLength(1);
  });
});

describe('answers of entries', () => {
  test('come in the order asked, without content unless it is asked for', async () => {
    const entries = () => [get('Patient/anna'), post(basic('lean'))];
    const lean = await transaction(...entries());
    expect(lean.json.entry[0].resource.id).toBe('anna');
    expect(lean.json.entry[1].resource).toBeUndefined();
    expect(lean.json.entry[1].response).toMatchObject({ etag: 'W/"1"' });
    const headers = { prefer: 'return=representation' };
    const whole = await node.send('POST', '', { body: bundle('transaction', entries()), headers });
    expect(whole.json.entry[1].resource.resourceType).toBe('Basic');
  });

  test('entries may spell this server’s whole URL, and HEAD answers without content', async () => {
    const answer = await batch(get(`${node.services.baseUrl}/Patient/anna`), {
      request: { method: 'HEAD', url: '/Patient/anna' },
    });
    expect(statuses(answer)).toEqual(['200', '200']);
    expect([answer.json.entry[0].resource.id, answer.json.entry[1].resource]).toEqual(['anna', undefined]);
  });

  test.each<[string, unknown]>([
    ['entry is an object', {}],
    ['entry is a text', 'x'],
  ])('%s: refused', async (_what, entry) => {
    expect((await node.send('POST', '', { body: bundle('transaction', entry) })).status).toBe(400);
  });

  test.each([[[null]], [[1]], [[[]]], [[{ request: 'x' }]], [[{ request: { method: {}, url: [] } }]]])(
    'entries %j are refused',
    async (entry) => {
      expect((await node.send('POST', '', { body: bundle('transaction', entry) })).status).toBe(400);
      const each = await node.send('POST', '', { body: bundle('batch', entry) });
      expect(statuses(each)).toEqual(['400']);
    },
  );

  test('an empty one is done', async () => {
    expect(
      (await node.send('POST', '', { body: { resourceType: 'Bundle', type: 'transaction' } })).status,
    ).toBe(200);
  });
});
