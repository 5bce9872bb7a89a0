import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from './harness/http.ts';
import type { Organisation } from './harness/organisation.ts';
import { type RunningNode, startNode } from './harness/running-node.ts';

let node: RunningNode;
let hospital: Organisation;
beforeAll(async () => {
  node = await startNode({ patients: 2 });
  hospital = node.organisation('st-mary');
});
afterAll(() => node?.stop());

interface Entry {
  fullUrl?: string;
  resource?: object;
  request: { method: string; url: string; ifMatch?: string; ifNoneExist?: string };
}

const bundle = (type: string, entry: Entry[]): object => ({ resourceType: 'Bundle', type, entry });
const execute = (type: string, entry: Entry[]): Promise<Answer> =>
  hospital.fhir('POST', '', { body: bundle(type, entry) });
const basic = (value: string, more: object = {}) => ({
  resourceType: 'Basic',
  code: { text: value },
  identifier: [{ system: 'urn:bundle', value }],
  ...more,
});
const post = (
  resource: { resourceType: string },
  more: Partial<Entry> = {},
  request: object = {},
): Entry => ({
  resource,
  request: { method: 'POST', url: resource.resourceType, ...request },
  ...more,
});
const found = (value: string) => hospital.searchIds(`Basic?identifier=urn:bundle|${value}`);
const URN = 'urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a';

describe('a transaction', () => {
  test('writes everything at once, references between its entries included', async () => {
    const patient = { resourceType: 'Patient', name: [{ family: 'Bundled' }] };
    const answer = await execute('transaction', [
      post(basic('in-transaction', { subject: { reference: URN } })),
      post(patient, { fullUrl: URN }),
    ]);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.json.type).toBe('transaction-response');
    const statuses = answer.json.entry.map(
      (entry: { response: { status: string } }) => entry.response.status,
    );
    expect(statuses.map((status: string) => status.slice(0, 3))).toEqual(['201', '201']);
    const [id] = await found('in-transaction');
    const stored = (await hospital.fhir('GET', `Basic/${id}`)).json;
    expect(stored.subject.reference).toMatch(/^Patient\/[0-9a-f]{32}$/);
    expect((await hospital.fhir('GET', stored.subject.reference)).json.name[0].family).toBe('Bundled');
  });

  test('resolves a conditional reference to the one resource that matches', async () => {
    const practitioner = await hospital.create({
      resourceType: 'Practitioner',
      identifier: [{ system: 'urn:npi', value: '4711' }],
    });
    const author = { reference: 'Practitioner?identifier=urn:npi|4711' };
    const answer = await execute('transaction', [post(basic('conditional-reference', { author }))]);
    expect(answer.status, answer.text).toBe(200);
    const [id] = await found('conditional-reference');
    const stored = (await hospital.fhir('GET', `Basic/${id}`)).json;
    expect(stored.author.reference).toBe(`Practitioner/${practitioner.id}`);
  });

  test('creates conditionally: what matches is used, not doubled', async () => {
    const entries = () => [
      post(basic('if-none-exist'), { fullUrl: URN }, { ifNoneExist: 'identifier=urn:bundle|if-none-exist' }),
      post(basic('points-at-it', { subject: { reference: URN } })),
    ];
    await execute('transaction', entries());
    const second = await execute('transaction', entries());
    expect(second.status, second.text).toBe(200);
    expect(await found('if-none-exist')).toHaveLength(1);
    expect(await found('points-at-it')).toHaveLength(2);
  });

  test('processes deletes, creates, updates and reads in this order, and answers in the order asked', async () => {
    const doomed = await hospital.create(basic('doomed'));
    const changed = await hospital.create(basic('changed'));
    const answer = await execute('transaction', [
      { request: { method: 'GET', url: `Basic/${changed.id}` } },
      {
        resource: basic('changed-now', { id: changed.id }),
        request: { method: 'PUT', url: `Basic/${changed.id}` },
      },
      post(basic('made')),
      { request: { method: 'DELETE', url: `Basic/${doomed.id}` } },
    ]);
    expect(answer.status, answer.text).toBe(200);
    const [read, put, made, removed] = answer.json.entry;
    expect(read.resource.code.text).toBe('changed-now');
    const statuses = [put, made, removed].map(({ response }) => response.status.slice(0, 3));
    expect(statuses).toEqual(['200', '201', '204']);
  });

  const ghost = () => post(basic('rolled-back'));
  test.each<[string, () => Entry[], number]>([
    ['an invalid resource', () => [ghost(), post({ resourceType: 'Observation' })], 422],
    [
      'a reference that nothing matches',
      () => [ghost(), post(basic('x', { author: { reference: 'Practitioner?identifier=urn:npi|none' } }))],
      400,
    ],
    [
      'a stale If-Match',
      () => [
        ghost(),
        {
          resource: basic('x', { id: 'not-there' }),
          request: { method: 'PUT', url: 'Basic/not-there', ifMatch: 'W/"9"' },
        },
      ],
      412,
    ],
    [
      'one resource twice',
      () =>
        [1, 2].map(() => ({
          resource: basic('rolled-back', { id: 'twice' }),
          request: { method: 'PUT', url: 'Basic/twice' },
        })),
      400,
    ],
    [
      'a Consent, whose ledger part could not be rolled back',
      () => [ghost(), post({ resourceType: 'Consent' })],
      405,
    ],
    ['an entry without a request', () => [ghost(), { resource: basic('x') } as Entry], 400],
    ['an unknown method', () => [ghost(), { request: { method: 'FETCH', url: 'Basic' } }], 400],
  ])('with %s writes nothing at all', async (_what, entries, status) => {
    const answer = await execute('transaction', entries());
    expect(answer.status, answer.text).toBe(status);
    expect(answer.json.resourceType).toBe('OperationOutcome');
    expect(await found('rolled-back')).toEqual([]);
  });

  test('two that name the same condition at once make one resource', async () => {
    const request = { ifNoneExist: 'identifier=urn:bundle|contended' };
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => execute('transaction', [post(basic('contended'), {}, request)])),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
    expect(await found('contended')).toHaveLength(1);
  });
});

describe('a batch', () => {
  test('does what it can and says for each entry why not', async () => {
    const answer = await execute('batch', [
      post(basic('batched')),
      post({ resourceType: 'Observation' }),
      { request: { method: 'GET', url: 'Basic?identifier=urn:bundle|batched' } },
      { request: { method: 'GET', url: 'Basic/nothing' } },
    ]);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.json.type).toBe('batch-response');
    const statuses = answer.json.entry.map(
      (entry: { response: { status: string } }) => entry.response.status,
    );
    expect(statuses.map((status: string) => status.slice(0, 3))).toEqual(['201', '422', '200', '404']);
    expect(answer.json.entry[1].response.outcome.resourceType).toBe('OperationOutcome');
    expect(answer.json.entry[2].resource.entry).toHaveLength(1);
  });

  test.each([
    ['of another type', { resourceType: 'Bundle', type: 'collection', entry: [] }],
    ['without a type', { resourceType: 'Bundle', entry: [] }],
    ['that is another resource', { resourceType: 'Basic', code: { text: 'x' } }],
  ])('a Bundle %s is not executed', async (_what, body) => {
    const answer = await hospital.fhir('POST', '', { body });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.json.resourceType).toBe('OperationOutcome');
  });

  test('a Bundle of another type is stored where Bundles are stored', async () => {
    const stored = await hospital.create({
      resourceType: 'Bundle',
      type: 'collection',
      entry: [{ fullUrl: URN, resource: basic('inside') }],
    });
    expect((await hospital.fhir('GET', `Bundle/${stored.id}`)).json.entry).toHaveLength(1);
    expect(await found('inside')).toEqual([]);
  });
});
