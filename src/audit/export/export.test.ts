import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Principal } from '../../identity/index.ts';
import { accessEvent } from '../index.ts';
import { client, Desk, lakeside } from '../suite/desk.ts';
import { exportedEvents } from './exported-events.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open();
  desk.isCovered = true;
  const released = [lakeside, { ...lakeside, actorOrganisation: 'meridian', id: 'meridian' }];
  const audits = [
    at(client, ['p1']),
    at(client, ['p2']),
    at(client, ['p1', 'p2']),
    ...released.map((to) => at(to, ['p3'])),
  ];
  await desk.node.vault.commit({ audits });
});
afterAll(() => desk.close());

const at = (principal: Principal, patients: string[]) =>
  accessEvent({
    organisation: 'st-mary',
    time: new Date('2026-04-01T10:00:00.000Z'),
    requestId: 'r-1',
    principal,
    action: 'R',
    subtype: 'read',
    status: 200,
    patients,
    objects: patients.map((patient) => `Patient/${patient}`),
    consents: [],
  });
const ask = (query: string, as: string) => desk.ask('GET', `/audit/export?until=2026-04-30${query}`, as);

describe('an audit export', () => {
  test('for a patient, or software that they let at their record, holds nothing that names somebody else', async () => {
    for (const who of ['p1', 'app']) {
      const { status, body, text } = await ask('&patient=p1', who);
      expect([who, status, /["/]p2"/.test(text)]).toEqual([who, 200, false]);
      expect([who, body.items.length, body.manifest.content.leftOut]).toEqual([who, 1, 1]);
    }
    expect((await ask('&patient=p1', 'narrow-app')).status).toBe(403);
  });

  test('names everybody whom it shows on the trail, also when it is asked for without a patient', async () => {
    expect((await ask('', 'staff')).body.items).toHaveLength(5);
    expect((await desk.named('audit-export')).toSorted()).toEqual(['p1', 'p2', 'p3']);
    await ask('&patient=p1', 'staff');
    expect((await desk.named('audit-export')).toSorted()).toEqual(['p1', 'p2']);
    await ask('&patient=nobody', 'staff');
    expect(await desk.named('audit-export')).toEqual([]);
  });

  test('names nobody of whom it shows something suspended', async () => {
    const body = {
      patient: 'p3',
      recipient: 'meridian',
      authority: 'law-enforcement',
      statement: 'written',
      official: 'Sgt. Marlow',
      reason: 'an investigation under way',
      until: '2026-09-01',
    };
    expect((await desk.ask('POST', '/audit/suspensions', 'officer', body)).status).toBe(201);
    expect((await ask('', 'officer')).body.items).toHaveLength(4);
    expect((await desk.named('audit-export')).toSorted()).toEqual(['p1', 'p2', 'p3']);
    expect((await ask('&suspended=shown', 'officer')).body.items).toHaveLength(5);
    expect((await desk.named('audit-export')).toSorted()).toEqual(['p1', 'p2']);
  });

  test('is made one at a time, and the next one when it is finished', async () => {
    const both = await Promise.all([ask('', 'staff'), ask('&patient=p1', 'p1')]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 429]);
    expect(both.map(({ body }) => body.code)).toContain('export-under-way');
    expect((await ask('&patient=p1', 'p1')).status).toBe(200);
    desk.isCovered = false;
    expect((await ask('', 'staff')).body.code).toBe('not-covered');
    desk.isCovered = true;
    expect((await ask('', 'staff')).status).toBe(200);
  });

  test('looks through no more events, and names no more patients, than its limits say', async () => {
    const services = { vault: desk.node.vault, suspensions: desk.suspensions };
    const period = { patient: undefined, fromMs: 0, untilMs: Date.parse('2026-04-30') };
    const nothing = { isOwn: false, isShown: true, mayRead: () => false };
    const limits = { events: 5, scanned: 5, patients: 3 };
    expect(await exportedEvents(services, period, nothing, limits)).toMatchObject({ found: [] });
    const asker = { ...nothing, mayRead: () => true };
    expect((await exportedEvents(services, period, asker, limits)).found).toHaveLength(5);
    const refused = { code: 'too-large' };
    for (const [who, limit] of [
      [nothing, { scanned: 4 }],
      [asker, { events: 4 }],
      [asker, { patients: 1 }],
    ] as const)
      await expect(exportedEvents(services, period, who, { ...limits, ...limit })).rejects.toMatchObject(
        refused,
      );
  });
});
