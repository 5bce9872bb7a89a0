import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { basic, FhirNode, observation, patient } from '../suite/index.ts';

let node: FhirNode;
beforeAll(async () => {
  node = await FhirNode.start();
});
afterAll(() => node?.stop());

const send = (body: object, query = '') => node.send('POST', `$import${query}`, { body });
const count = (json: { parameter: { name: string; valueInteger?: number }[] }, name: string) =>
  json.parameter.find((each) => each.name === name)?.valueInteger;
const counts = async (body: object, query = '') => {
  const { status, text, json } = await send(body, query);
  if (status !== 200) throw new Error(text);
  return [count(json, 'stored'), count(json, 'unchanged')];
};

describe('$import', () => {
  test('keeps ids, and equal content adds no version', async () => {
    expect(await counts(patient('kept'))).toEqual([1, 0]);
    expect(await counts(patient('kept'))).toEqual([0, 1]);
    expect(await counts(patient('kept', { gender: 'male' }))).toEqual([1, 0]);
    expect((await node.send('GET', 'Patient/kept')).headers.get('etag')).toBe('W/"2"');
  });

  test('executes a transaction under the ids of its entries, and twice doubles nothing', async () => {
    const uuid = '61ebe359-bfdc-4613-8bf2-c5e300945f0a';
    const entry = [
      {
        fullUrl: `urn:uuid:${uuid}`,
        resource: { resourceType: 'Patient' },
        request: { method: 'POST', url: 'Patient' },
      },
      {
        resource: basic('imported', { subject: { reference: `urn:uuid:${uuid}` }, id: 'named' }),
        request: { method: 'POST', url: 'Basic' },
      },
    ];
    const body = { resourceType: 'Bundle', type: 'transaction', entry };
    expect(await counts(body)).toEqual([2, 0]);
    expect(await counts(body)).toEqual([0, 2]);
    expect((await node.send('GET', 'Basic/named')).json.subject.reference).toBe(`Patient/${uuid}`);
  });

  test('executes a batch entry by entry, and says which were refused and why', async () => {
    const entry = [
      { resource: basic('a', { id: 'ba' }), request: { method: 'POST', url: 'Basic' } },
      { resource: patient('bb', { gender: 'no' }), request: { method: 'PUT', url: 'Patient/bb' } },
    ];
    const { result, events } = await node.audited(() =>
      send({ resourceType: 'Bundle', type: 'batch', entry }),
    );
    expect([count(result.json, 'stored'), count(result.json, 'unchanged')]).toEqual([1, 0]);
    const refused = result.json.parameter.find((each: { name: string }) => each.name === 'refused');
    expect(refused.part[0].valueInteger).toBe(1);
    expect(refused.part[1].resource.issue[0].expression).toEqual(['Bundle.entry[1].resource.gender']);
    expect(events.map(({ subtype }) => subtype[0]?.code)).toEqual(['import']);
    expect(JSON.stringify(events)).toContain('Basic/ba/_history/1');
  });

  test('stores Bundles as they are when that is asked for', async () => {
    const entry = [
      {
        fullUrl: 'urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0b',
        resource: basic('inside', { id: 'in' }),
        request: { method: 'POST', url: 'Basic' },
      },
    ];
    const body = { resourceType: 'Bundle', id: 'whole', type: 'transaction', entry };
    expect(await counts(body, '?store-bundles=true')).toEqual([1, 0]);
    expect((await node.send('GET', 'Bundle/whole')).json.entry).toHaveLength(1);
    expect((await node.send('GET', 'Basic/in')).status).toBe(404);
  });

  test('takes foreign AuditEvents, and changes none of this node’s own', async () => {
    await counts(observation('x', 'kept', '1'));
    const [own] = await node.auditEvents();
    const { json } = await node.send('GET', `AuditEvent/${own!.id}`);
    expect(await counts({ ...json, id: 'foreign' })).toEqual([1, 0]);
    const forged = await send({ ...json, action: 'D' });
    expect(forged.status).toBe(409);
    const entry = [{ request: { method: 'DELETE', url: `AuditEvent/${own!.id}` } }];
    expect((await send({ resourceType: 'Bundle', type: 'transaction', entry })).status).toBe(405);
    expect((await node.send('GET', `AuditEvent/${own!.id}`)).json).toEqual(json);
  });

  test('takes a Consent as an inert record, and never changes one that is here', async () => {
    const consent = {
      resourceType: 'Consent',
      id: '0'.repeat(32),
      status: 'active',
      scope: { text: 'x' },
      category: [{ text: 'x' }],
      policyRule: { text: 'x' },
      patient: { reference: 'Patient/kept' },
    };
    expect(await counts(consent)).toEqual([1, 0]);
    expect(await counts(consent)).toEqual([0, 1]);
    expect((await send({ ...consent, status: 'inactive' })).status).toBe(409);
  });

  test('needs the organisation’s own scope', async () => {
    for (const scope of ['system/*.c', 'system/Patient.cruds', 'user/*.cruds', 'patient/*.cruds']) {
      const as = { scope, patient: 'kept' };
      expect([scope, (await node.send('POST', '$import', { as, body: patient('kept') })).status]).toEqual([
        scope,
        403,
      ]);
    }
  });
});
