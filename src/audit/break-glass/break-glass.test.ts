import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VaultError } from '../../vault/index.ts';
import { BreakGlassRegister } from '../index.ts';
import { client, Desk } from '../suite/desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open();
  await desk.node.patient('p1', new Uint8Array(32).fill(1));
  await desk.node.patient('p2', new Uint8Array(32).fill(2));
  const name = [{ given: ['Ngozi'], family: 'Okafor' }];
  await desk.node.store({ resourceType: 'Practitioner', id: '7', name } as {
    resourceType: string;
    id: string;
  });
});
afterAll(() => desk.close());

const emergency = {
  patient: 'p1',
  reason: 'medical-emergency',
  text: 'Found unconscious, anaphylaxis suspected.',
};
const broken = async (more: object = {}, as = 'clinician') =>
  desk.ask('POST', '/break-glass', as, { ...emergency, ...more });
const openTo = async (patient: string) =>
  (await desk.openBreakGlass()).openFor('Practitioner/7', patient)?.id;

describe('nobody breaks the glass', () => {
  test.each<[why: string, as: string, more: object, status: number]>([
    ['at the front desk', 'front-desk', {}, 403],
    ['as software', 'nobody in particular', {}, 403],
    ['as a privacy officer', 'officer', {}, 403],
    ['as another patient', 'p2', {}, 403],
    ['without a reason', 'clinician', { reason: undefined }, 400],
    ['for a reason that there is not', 'clinician', { reason: 'curiosity' }, 400],
    ['for a reason that every object has', 'clinician', { reason: 'constructor' }, 400],
    ['without words', 'clinician', { text: undefined }, 400],
    ['with hardly a word', 'clinician', { text: 'x' }, 400],
    ['for longer than anybody may', 'clinician', { minutes: 241 }, 400],
    ['for no time', 'clinician', { minutes: 0 }, 400],
    ['for a text', 'clinician', { minutes: '60' }, 400],
    ['for a patient who is not here', 'clinician', { patient: 'nobody' }, 404],
    ['with something else said', 'clinician', { until: '2099-01-01' }, 400],
  ])('%s', async (_why, as, more, status) => {
    expect((await broken(more, as)).status).toBe(status);
    expect(await openTo('p1')).toBeUndefined();
  });

  test('whose entry cannot be written: it does not open, and nothing is left', async () => {
    const full = new VaultError('full', 'No room.');
    const { vault } = desk.node;
    const register = await BreakGlassRegister.load({
      organisation: { id: 'st-mary', name: 'St. Mary Hospital' },
      responsible: undefined,
      vault: {
        commit: () => Promise.reject(full),
        opening: vault.opening.bind(vault),
        read: vault.read.bind(vault),
      },
      store: desk.store,
      isStale: () => false,
      now: () => desk.time,
    });
    const breaking = {
      patient: 'p1',
      reason: 'medical-emergency' as const,
      text: 'x',
      until: new Date(desk.time.getTime() + 60_000),
      holder: 'Practitioner/7',
      breaker: { person: 'Practitioner/7', name: 'N', organisation: 'st-mary', affiliation: 'S' },
      principal: client,
      requestId: 'r',
    };
    await expect(register.break(breaking)).rejects.toBe(full);
    expect(register.openFor('Practitioner/7', 'p1')).toBeUndefined();
    expect((await register.list({ limit: 10 })).glass).toEqual([]);
  });

  test('by a row that the log does not have: it neither opens at a start nor is listed', async () => {
    const until = new Date(desk.time.getTime() + 60_000).toISOString();
    const row = { id: 'f'.repeat(32), patient: 'p2', reason: 'disaster', holder: 'Practitioner/7', until };
    const opened = desk.time.toISOString();
    desk.store.put('break-glass', row.id, { ...row, opened, status: 'to-review', events: ['0'.repeat(32)] });
    expect(await openTo('p2')).toBeUndefined();
    expect((await desk.ask('GET', '/audit/break-glass', 'officer')).body.accesses).toEqual([]);
  });
});

describe('broken glass', () => {
  // biome-ignore lint/suspicious/noExplicitAny: an answer
  let glass: any;
  beforeAll(async () => {
    desk.isStale = true;
    glass = await broken();
    desk.isStale = false;
  });

  test('is open to who broke it, for that patient, through a restart, until its time is up', async () => {
    expect(glass.status).toBe(201);
    expect(glass.body).toMatchObject({ patient: 'p1', until: '2026-06-01T01:00:00.000Z', stale: true });
    expect(await openTo('p1')).toBe(glass.body.id);
    expect(await openTo('p2')).toBeUndefined();
    expect((await desk.openBreakGlass()).openFor('Practitioner/8', 'p1')).toBeUndefined();
    desk.time = new Date('2026-06-01T01:00:00.000Z');
    expect(await openTo('p1')).toBeUndefined();
    desk.time = new Date('2026-06-01T00:00:00.000Z');
  });

  test('stands in one AuditEvent, marked as an emergency and as of an old view, and names the patient', async () => {
    const stored = await desk.node.vault.search({
      search: {
        type: 'AuditEvent',
        filters: [{ kind: 'token', param: 'subtype', not: false, values: [{ code: '110127' }] }],
        includes: [],
        revIncludes: [],
        sort: [],
      },
      limit: 10,
    });
    expect(stored.hits).toHaveLength(1);
    const text = (await desk.node.vault.read('AuditEvent', stored.hits[0]?.id ?? ''))?.text ?? '';
    expect(JSON.parse(text)).toMatchObject({
      type: { code: '110113' },
      purposeOfEvent: [{ coding: [{ code: 'BTG' }] }],
      outcome: '0',
    });
    expect(text).toContain('{"type":"stale","valueString":"true"}');
    expect(text).toContain('"reference":"Patient/p1"');
    // Names and what is the matter are not for the trail, which outlives erasure.
    expect(text).not.toMatch(/Okafor|anaphylaxis/);
  });

  test('is told to the patient at once, in words', async () => {
    const stored = await desk.node.vault.read('Communication', glass.body.id);
    expect(stored?.patients).toEqual(['p1']);
    const said = JSON.parse(stored?.text ?? '{}');
    expect(said).toMatchObject({ status: 'completed', recipient: [{ reference: 'Patient/p1' }] });
    const words = said.payload.map(({ contentString }: { contentString: string }) => contentString).join(' ');
    for (const part of ['Ngozi Okafor', 'St. Mary Hospital', 'anaphylaxis', '2026-06-01 01:00 UTC'])
      expect(words).toContain(part);
  });

  test('stands in the queue with the facts of 42 CFR 2.51(c), for the privacy officer alone', async () => {
    for (const as of ['clinician', 'front-desk', 'staff', 'p1', 'p2', 'nobody in particular'])
      expect((await desk.ask('GET', '/audit/break-glass', as)).status).toBe(403);
    const { body } = await desk.ask('GET', '/audit/break-glass', 'officer');
    expect(body.accesses).toMatchObject([
      {
        id: glass.body.id,
        opened: '2026-06-01T00:00:00.000Z',
        reason: 'medical-emergency',
        stale: true,
        facts: {
          breaker: { name: 'Ngozi Okafor', affiliation: 'st-mary', person: 'Practitioner/7' },
          discloser: 'St. Mary Hospital, by its system; no individual took part',
          text: emergency.text,
        },
      },
    ]);
  });

  test('is reviewed once, by the officer, and the patient sees that it was', async () => {
    const path = `/audit/break-glass/${glass.body.id}/review`;
    const review = { outcome: 'justified', note: 'Seen in the emergency department.' };
    expect((await desk.ask('POST', path, 'clinician', review)).status).toBe(403);
    expect((await desk.ask('POST', path, 'officer', { outcome: 'fine', note: 'x' })).status).toBe(400);
    expect(
      (await desk.ask('POST', `/audit/break-glass/${'0'.repeat(32)}/review`, 'officer', review)).status,
    ).toBe(404);
    const reviewed = await desk.ask('POST', path, 'officer', review);
    expect(reviewed.body).toMatchObject({ status: 'reviewed', facts: { review } });
    expect(await desk.named('review-break-glass')).toEqual(['p1']);
    expect((await desk.ask('POST', path, 'officer', review)).status).toBe(409);
    const log = await desk.ask('GET', '/audit/accesses?patient=p1', 'p1');
    const words = log.body.accesses.map(({ words: each }: { words: string }) => each);
    expect(words.some((each: string) => each.includes('opened the record in an emergency'))).toBe(true);
    expect(words.some((each: string) => each.includes('looked into an emergency access'))).toBe(true);
  });

  test('of somebody who is not known here needs their name', async () => {
    expect((await broken({ patient: 'p2' }, 'visiting-clinician')).status).toBe(400);
    const named = await broken({ patient: 'p2', name: 'Lena Roth' }, 'visiting-clinician');
    expect(named.status).toBe(201);
    const { body } = await desk.ask('GET', '/audit/break-glass?patient=p2', 'officer');
    expect(body.accesses[0].facts.breaker.name).toBe('Lena Roth');
  });
});
