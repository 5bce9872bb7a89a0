import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Principal } from '../../identity/index.ts';
import { accessEvent } from '../index.ts';
import { client, Desk, lakeside } from '../suite/desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open();
  await desk.node.patient('p1', new Uint8Array(32).fill(1));
  await desk.node.patient('p2', new Uint8Array(32).fill(2));
});
afterAll(() => desk.close());

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
const ask = (query: string, as: string) => desk.ask('GET', `/audit/disclosures${query}`, as);
const count = (subtype: string) =>
  desk.node.vault.count({
    search: {
      type: 'AuditEvent',
      filters: [{ kind: 'token', param: 'subtype', not: false, values: [{ code: subtype }] }],
      includes: [],
      revIncludes: [],
      sort: [],
    },
  });

describe('an accounting of disclosures', () => {
  test('lists what left the organisation, and says what the rule would leave out and why', async () => {
    const released = at(
      '2026-04-01T10:00:00.000Z',
      lakeside,
      ['p1'],
      ['Observation/a/_history/1', 'Observation/b/_history/1', 'Condition/c/_history/2'],
    );
    const shared = at(
      '2026-05-01T10:00:00.000Z',
      { ...lakeside, actorOrganisation: 'meridian', id: 'meridian', purposes: ['HRESCH', 'TREAT'] },
      ['p1', 'p2'],
      ['Observation/a/_history/1'],
    );
    const others = [
      at('2026-04-02T10:00:00.000Z', client, ['p1'], ['Observation/a']),
      at('2026-04-03T10:00:00.000Z', lakeside, ['p2'], ['Observation/z/_history/1']),
      at('2019-04-03T10:00:00.000Z', lakeside, ['p1'], ['Observation/a/_history/1']),
    ];
    await desk.node.vault.commit({ audits: [released, shared, ...others] });
    const { status, body } = await ask('?patient=p1', 'p1');
    expect(status).toBe(200);
    expect(body.excluded).toEqual([
      {
        date: '2026-04-01T10:00:00.000Z',
        recipient: 'lakeside',
        name: 'Lakeside Clinic',
        address: '1 Shore Road',
        user: 'dr-7',
        description: '1 Condition, 2 Observation',
        purpose: [
          { code: 'COC', display: 'treatment' },
          { code: 'HPAYMT', display: 'healthcare payment' },
        ],
        consents: ['0'.repeat(32)],
        event: released.id,
        exclusion: '45 CFR 164.528(a)(1)(i)',
      },
    ]);
    expect(body.disclosures).toEqual([
      expect.objectContaining({
        recipient: 'meridian',
        name: 'meridian',
        description: 'part of a release about several patients',
        // Whose consents these are it does not say.
        consents: [],
        event: shared.id,
      }),
    ]);
    expect((await ask('?patient=p1&from=2019-01-01', 'staff')).body.excluded).toHaveLength(2);
    expect((await ask('?patient=nobody', 'staff')).body).toEqual({
      patient: 'nobody',
      disclosures: [],
      excluded: [],
    });
  });

  test('is given to the patient and to staff who may read AuditEvents', async () => {
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

  test('shows staff what the decision lets them read, and the privacy officer everything', async () => {
    const found = async (who: string) => {
      const { body } = await ask('?patient=p1', who);
      return body.disclosures.length + body.excluded.length;
    };
    const before = await found('staff');
    desk.denied.add('p1');
    const after = [await found('staff'), await found('officer'), await found('p1')];
    desk.denied.clear();
    expect([before > 0, after]).toEqual([true, [0, before, before]]);
  });

  test('counts no release that another system told of, whatever form it tells it in', async () => {
    const list = () => ask('?patient=p1', 'p1');
    const before = await list();
    const own = JSON.parse(at('2026-05-02T10:00:00.000Z', lakeside, ['p1'], ['Observation/a']).text);
    const { entity: _entity, ...bare } = own;
    const patient = { reference: 'Patient/p1' };
    await desk.node.store({ ...own, id: 'foreign-1' });
    await desk.node.store({ ...bare, id: 'foreign-2', agent: [{ requestor: true, who: patient }] });
    expect((await list()).body).toEqual(before.body);
    const log = await desk.ask('GET', '/audit/accesses?patient=p1', 'p1');
    expect([log.status, log.text.includes('foreign')]).toEqual([200, false]);
  });

  test('leaves an entry of its own, whoever asked', async () => {
    const before = await count('disclosures');
    await ask('?patient=p1', 'p1');
    await ask('?patient=p1', 'p2');
    expect(await count('disclosures')).toBe((before ?? 0) + 2);
  });
});

const subpoena = {
  patient: 'p2',
  date: '2026-05-20',
  recipient: { id: 'county-sheriff', name: 'County Sheriff', address: '2 Court Square' },
  description: 'emergency notes of 3 May',
  basis: '164.512(f)',
};
const record = (body: object, as = 'officer') => desk.ask('POST', '/audit/disclosures', as, body);
const suspend = (body: object, as = 'officer') => desk.ask('POST', '/audit/suspensions', as, body);
const statement = {
  patient: 'p2',
  recipient: 'county-sheriff',
  authority: 'law-enforcement',
  statement: 'written',
  official: 'Sgt. Marlow',
  reason: 'an investigation under way',
  until: '2026-09-01',
};

describe('a disclosure that did not go through this system', () => {
  test('is recorded by the privacy officer alone, whole, and not ahead of its time', async () => {
    expect((await record(subpoena, 'staff')).status).toBe(403);
    expect((await record(subpoena, 'p2')).status).toBe(403);
    for (const wrong of [
      { ...subpoena, date: '2026-07-01' },
      { ...subpoena, date: '2026-02-30' },
      { ...subpoena, basis: '164.512(z)' },
      { ...subpoena, recipient: { id: 'county-sheriff' } },
      { ...subpoena, description: '' },
      { ...subpoena, more: 1 },
    ])
      expect((await record(wrong)).status).toBe(400);
    expect((await record({ ...subpoena, patient: 'nobody' })).status).toBe(404);
  });

  test('is accounted for with name, address, description and basis', async () => {
    const { status, body } = await record(subpoena);
    expect(status).toBe(201);
    const { disclosures } = (await ask('?patient=p2', 'p2')).body;
    expect(disclosures.find(({ event }: { event: string }) => event === body.event)).toEqual({
      date: '2026-05-20T00:00:00.000Z',
      recipient: 'county-sheriff',
      name: 'County Sheriff',
      address: '2 Court Square',
      description: 'emergency notes of 3 May',
      purpose: [{ code: '164.512(f)', display: 'law enforcement purposes' }],
      consents: [],
      event: body.event,
    });
  });

  test('is left out of the accounting on the grounds that the rule names', async () => {
    for (const [basis, paragraph] of [
      ['164.508', 'iv'],
      ['164.510', 'v'],
      ['164.512(k)(2)', 'vi'],
      ['164.512(k)(5)', 'vii'],
      ['164.514(e)', 'viii'],
    ] as const) {
      const { body } = await record({ ...subpoena, patient: 'p1', basis });
      const { excluded, disclosures } = (await ask('?patient=p1', 'p1')).body;
      const isIt = ({ event }: { event: string }) => event === body.event;
      expect(excluded.find(isIt)).toMatchObject({ exclusion: `45 CFR 164.528(a)(1)(${paragraph})` });
      expect(disclosures.some(isIt)).toBe(false);
    }
  });
});

describe('a suspension', () => {
  beforeAll(async () => {
    const coroner = { id: 'county-coroner', name: 'County Coroner', address: '3 Court Square' };
    for (const more of [{}, { recipient: coroner, basis: '164.512(g)' }, { patient: 'p1', basis: '164.508' }])
      expect((await record({ ...subpoena, ...more })).status).toBe(201);
  });

  test('takes an officer, a statement and an end: thirty days at most for a spoken one', async () => {
    expect((await suspend(statement, 'staff')).status).toBe(403);
    expect((await suspend(statement, 'reader')).status).toBe(403);
    const { until: _until, ...endless } = statement;
    expect((await suspend(endless)).status).toBe(400);
    expect((await suspend({ ...statement, until: '2026-05-01' })).status).toBe(400);
    expect((await suspend({ ...statement, statement: 'oral', until: '2026-07-02' })).status).toBe(400);
    expect((await suspend({ ...statement, official: undefined })).status).toBe(400);
    const spoken = await suspend({ ...endless, statement: 'oral', recipient: 'nobody-yet' });
    expect(spoken.body.until).toBe('2026-07-01T00:00:00.000Z');
  });

  test('hides the release from the accounting, from staff who print it, and from the trail of itself', async () => {
    const before = (await ask('?patient=p2', 'p2')).body;
    const isHidden = ({ recipient }: { recipient: string }) => recipient === 'county-sheriff';
    expect(before.disclosures.some(isHidden)).toBe(true);
    const asBefore = {
      ...before,
      disclosures: before.disclosures.filter((each: { recipient: string }) => !isHidden(each)),
    };
    const logBefore = (await desk.ask('GET', '/audit/accesses?patient=p2', 'p2')).body.accesses;
    const { body: made } = await suspend(statement);
    for (const who of ['p2', 'staff', 'officer']) {
      expect((await ask('?patient=p2', who)).body).toEqual(asBefore);
      const log = await desk.ask('GET', '/audit/accesses?patient=p2', who);
      expect(log.text).not.toContain('Sheriff');
      expect(log.text).not.toContain('suspension');
    }
    expect((await ask('?patient=p2&suspended=shown', 'staff')).body).toEqual(asBefore);
    expect((await ask('?patient=p2&suspended=shown', 'officer')).body.disclosures.some(isHidden)).toBe(true);
    // That an officer looked at what is hidden does not stand in the individual's log either.
    const after = (await desk.ask('GET', '/audit/accesses?patient=p2', 'p2')).body.accesses;
    const officers = (list: { asker: { value: string } }[]) =>
      list.filter(({ asker }) => asker.value === 'officer-1').length;
    expect(officers(after)).toBe(officers(logBefore) + 2);
    expect(await desk.named('disclosures')).toEqual([]);
    // Where nothing suspended is shown there is nothing to be silent of.
    await ask('?patient=p1&suspended=shown', 'officer');
    expect(await desk.named('disclosures')).toEqual(['p1']);
    // It is about this patient and this agency only.
    expect((await ask('?patient=p1', 'p1')).text).toContain('county-sheriff');
    expect((await desk.ask('DELETE', `/audit/suspensions/${made.id}`, 'staff')).status).toBe(403);
  });

  test('ends by itself at its time, and by the officer before it', async () => {
    desk.time = new Date('2026-09-01T00:00:01.000Z');
    expect((await ask('?patient=p2', 'p2')).text).toContain('county-sheriff');
    const again = await suspend({ ...statement, until: '2026-12-01' });
    expect((await ask('?patient=p2', 'p2')).text).not.toContain('county-sheriff');
    expect((await desk.ask('DELETE', `/audit/suspensions/${again.body.id}`, 'officer')).status).toBe(200);
    expect((await ask('?patient=p2', 'p2')).text).toContain('county-sheriff');
    expect((await desk.ask('DELETE', `/audit/suspensions/${'0'.repeat(32)}`, 'officer')).status).toBe(404);
  });
});

test('pages are full whatever is hidden between, and none follows behind the last that shows', async () => {
  const many = Array.from({ length: 150 }, (_, number) =>
    at(
      `2026-03-01T10:00:00.${String(number).padStart(3, '0')}Z`,
      lakeside,
      ['p3'],
      ['Observation/a/_history/1'],
    ),
  );
  await desk.node.vault.commit({ audits: many });
  const hidden = new Set(many.slice(0, 60).map(({ id }) => id));
  desk.suspensions.hides = (stored) => hidden.has(stored.id);
  const first = (await ask('?patient=p3', 'staff')).body;
  expect(first.excluded).toHaveLength(90);
  expect(first.next).toBeUndefined();
  hidden.delete(many[0]?.id ?? '');
  for (const { id } of many.slice(1, 41)) hidden.delete(id);
  const second = (await ask('?patient=p3', 'staff')).body;
  expect(second.excluded).toHaveLength(100);
  const rest = (await ask(`?patient=p3&cursor=${encodeURIComponent(second.next)}`, 'staff')).body;
  expect(rest.excluded).toHaveLength(31);
  expect(new Set([...second.excluded, ...rest.excluded].map(({ event }) => event)).size).toBe(131);
});

test('what is recorded is found as any AuditEvent, and its entry opens', async () => {
  await desk.recorder.record({
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
  const values = [{ by: 'identifier' as const, token: { code: 'req-77' } }];
  const page = await desk.node.vault.search({
    search: {
      type: 'AuditEvent',
      filters: [{ kind: 'reference', param: 'entity', values }],
      includes: [],
      revIncludes: [],
      sort: [],
    },
    limit: 10,
  });
  expect(page.hits).toHaveLength(1);
  const { id = '' } = page.hits[0] ?? {};
  const opening = await desk.node.vault.opening(`AuditEvent/${id}/_history/1`);
  expect(opening?.event).toMatchObject({
    kind: 'sign-in',
    actor: 'demo',
    object: `AuditEvent/${id}/_history/1`,
  });
});
