import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConsentNetwork, ConsentNode } from '../consent/suite/index.ts';
import { type Principal, parseScopes, type Recorder } from '../identity/index.ts';
import { accessEvent, auditRoutes, createRecorder } from './index.ts';

const base: Principal = {
  organisation: 'st-mary',
  actorOrganisation: 'st-mary',
  kind: 'client',
  id: 'demo',
  scopes: parseScopes('system/*.cruds'),
  purposes: ['TREAT'],
  tokenId: 'token-1',
};
const lakeside: Principal = {
  ...base,
  kind: 'member',
  actorOrganisation: 'lakeside',
  id: 'dr-7',
  purposes: ['COC', 'HPAYMT'],
};
const patient = (id: string): Principal => ({
  ...base,
  kind: 'patient',
  id: `Patient/${id}`,
  patient: id,
  scopes: parseScopes('patient/*.rs'),
});

describe('the audit trail in the vault', () => {
  let network: ConsentNetwork;
  let node: ConsentNode;
  let app: FastifyInstance;
  let recorder: Recorder;

  beforeAll(async () => {
    network = await ConsentNetwork.begun();
    node = await ConsentNode.start(network, 'st-mary');
    recorder = createRecorder(node.vault, 'st-mary');
    app = Fastify();
    const principals: Record<string, Principal> = {
      staff: base,
      reader: { ...base, scopes: parseScopes('system/Observation.rs') },
      p1: patient('p1'),
      p2: patient('p2'),
    };
    await app.register(auditRoutes, {
      prefix: '/orgs/st-mary',
      vault: node.vault,
      recorder,
      authenticate: async (header) => principals[header ?? ''] ?? base,
      now: () => new Date('2026-06-01T00:00:00.000Z'),
      onFault: () => undefined,
    });
  });
  afterAll(async () => {
    await app.close();
    await node.end();
    network.end();
  });

  const ask = async (query: string, authorization: string) => {
    const response = await app.inject({
      url: `/orgs/st-mary/audit/disclosures${query}`,
      headers: { authorization },
    });
    return { status: response.statusCode, body: response.json() };
  };

  const at = (time: string, principal: Principal, patients: string[], objects: string[]) =>
    accessEvent({
      organisation: 'st-mary',
      time: new Date(time),
      requestId: 'r-1',
      principal,
      action: 'R',
      subtype: 'network-everything',
      status: 200,
      patients,
      objects,
      consents: ['0'.repeat(32)],
    });

  test('an accounting lists what left the organisation, not what was used in it', async () => {
    const released = at(
      '2026-04-01T10:00:00.000Z',
      lakeside,
      ['p1'],
      ['Observation/a/_history/1', 'Observation/b/_history/1', 'Condition/c/_history/2'],
    );
    const shared = at(
      '2026-05-01T10:00:00.000Z',
      { ...lakeside, actorOrganisation: 'meridian', id: 'meridian' },
      ['p1', 'p2'],
      ['Observation/a/_history/1'],
    );
    const others = [
      at('2026-04-02T10:00:00.000Z', base, ['p1'], ['Observation/a']),
      at('2026-04-03T10:00:00.000Z', lakeside, ['p2'], ['Observation/z/_history/1']),
      at('2019-04-03T10:00:00.000Z', lakeside, ['p1'], ['Observation/a/_history/1']),
    ];
    await node.vault.commit({ audits: [released, shared, ...others] });
    const { status, body } = await ask('?patient=p1', 'p1');
    expect(status).toBe(200);
    expect(
      body.disclosures.toSorted((a: { date: string }, b: { date: string }) => (a.date < b.date ? -1 : 1)),
    ).toEqual([
      {
        date: '2026-04-01T10:00:00.000Z',
        recipient: 'lakeside',
        user: 'dr-7',
        description: '1 Condition, 2 Observation',
        purpose: [
          { code: 'COC', display: 'treatment' },
          { code: 'HPAYMT', display: 'healthcare payment' },
        ],
        consents: ['0'.repeat(32)],
        event: released.id,
      },
      expect.objectContaining({
        recipient: 'meridian',
        description: 'part of a release about several patients',
        event: shared.id,
      }),
    ]);
    expect((await ask('?patient=p1&from=2019-01-01', 'staff')).body.disclosures).toHaveLength(3);
    expect((await ask('?patient=nobody', 'staff')).body).toEqual({ patient: 'nobody', disclosures: [] });
  });

  test('an accounting is given to the patient and to staff who may read AuditEvents', async () => {
    const statuses = await Promise.all(
      ['p1', 'p2', 'staff', 'reader'].map(async (who) => (await ask('?patient=p1', who)).status),
    );
    expect(statuses).toEqual([200, 403, 200, 403]);
    for (const query of [
      '',
      '?patient=',
      '?patient=a&patient=b',
      '?patient=p1&from=yesterday',
      '?patient=p1&cursor=mine',
    ]) {
      expect([query, (await ask(query, 'staff')).status]).toEqual([query, 400]);
    }
  });

  test('what is recorded is found as any AuditEvent, and its entry opens', async () => {
    await recorder.record({
      kind: 'sign-in',
      outcome: 'minor',
      action: 'E',
      subtype: 'token',
      agent: 'demo',
      patients: [],
      objects: [],
      detail: 'client-invalid',
      requestId: 'req-77',
    });
    const page = await node.vault.search({
      search: {
        type: 'AuditEvent',
        filters: [
          { kind: 'reference', param: 'entity', values: [{ by: 'identifier', token: { code: 'req-77' } }] },
        ],
        includes: [],
        revIncludes: [],
        sort: [],
      },
      limit: 10,
    });
    expect(page.hits).toHaveLength(1);
    const { id = '' } = page.hits[0] ?? {};
    const stored = await node.vault.read('AuditEvent', id);
    expect(JSON.parse(stored?.text ?? '')).toMatchObject({
      outcome: '4',
      outcomeDesc: 'client-invalid',
      type: { code: '110114' },
    });
    const opening = await node.vault.opening(`AuditEvent/${id}/_history/1`);
    expect(opening?.event).toMatchObject({
      kind: 'sign-in',
      actor: 'demo',
      object: `AuditEvent/${id}/_history/1`,
    });
  });

  test('a request for the accounting leaves an entry of its own', async () => {
    const found = async () =>
      await node.vault.count({
        search: {
          type: 'AuditEvent',
          filters: [{ kind: 'token', param: 'subtype', not: false, values: [{ code: 'disclosures' }] }],
          includes: [],
          revIncludes: [],
          sort: [],
        },
      });
    const before = await found();
    await ask('?patient=p1', 'p1');
    await ask('?patient=p1', 'p2');
    expect(await found()).toBe(before + 2);
  });
});
