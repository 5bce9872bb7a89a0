import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DemoPatient, patientAt } from './harness/demo.ts';
import { outcomesOf } from './harness/network-bundle.ts';
import { verifyOffline } from './harness/offline.ts';
import type { Organisation } from './harness/organisation.ts';
import { type RunningNode, startNode } from './harness/running-node.ts';
import { until } from './harness/until.ts';

let node: RunningNode;
let hospital: Organisation;
let patient: DemoPatient;
let id: string;
beforeAll(async () => {
  node = await startNode({ patients: 4 });
  hospital = node.organisation('st-mary');
  patient = await patientAt(node, 'st-mary', 'lakeside');
  id = patient.at('st-mary');
  await release();
});
afterAll(() => node?.stop());

/** A grant and a read under it at the clinic. */
async function release(): Promise<void> {
  const grant = patient.device.grant({ patient: id, custodian: 'st-mary', grantee: 'lakeside' });
  expect((await patient.device.send(grant, hospital)).status).toBe(201);
  await until('the grant works', async () => {
    const path = `Patient/${patient.at('lakeside')}/$network-everything`;
    const { json } = await node.organisation('lakeside').fhir('GET', path);
    return outcomesOf(json)['st-mary'] === 'complete';
  });
}

const self = () => ({ as: { user: `Patient/${id}`, scope: 'patient/*.rs', purpose: 'PATRQT' } });
const officer = { as: { user: 'Practitioner/officer', scope: 'user/AuditEvent.rus', purpose: 'HOPERAT' } };
const clerk = { as: { user: 'Practitioner/clerk', scope: 'user/AuditEvent.rs', purpose: 'HOPERAT' } };
const sheriff = {
  recipient: { id: 'county-sheriff', name: 'County Sheriff', address: '2 Court Square' },
  date: '2026-05-20',
  description: 'emergency notes',
  basis: '164.512(f)',
};
const accounting = async (options = self()) =>
  (await hospital.call('GET', `/audit/disclosures?patient=${id}`, options)).json;

describe('the accounting of disclosures', () => {
  test('names the clinic by name, and the paragraph that would leave treatment out', async () => {
    const { excluded, disclosures } = await accounting();
    expect(disclosures).toEqual([]);
    expect(excluded[0]).toMatchObject({
      recipient: 'lakeside',
      name: expect.stringMatching(/Lakeside/),
      exclusion: '45 CFR 164.528(a)(1)(i)',
      description: expect.stringMatching(/\d+ \w+/),
    });
  });

  test('holds what an officer records of a release by other means; nobody else can record one', async () => {
    const body = { ...sheriff, patient: id };
    for (const options of [self(), clerk])
      expect((await hospital.call('POST', '/audit/disclosures', { body, ...options })).status).toBe(403);
    const made = await hospital.call('POST', '/audit/disclosures', { body, ...officer });
    expect(made.status, made.text).toBe(201);
    const { disclosures } = await accounting();
    expect(disclosures).toEqual([
      expect.objectContaining({
        name: 'County Sheriff',
        address: '2 Court Square',
        event: made.json.event,
        purpose: [{ code: '164.512(f)', display: 'law enforcement purposes' }],
      }),
    ]);
  });
});

describe('a suspension hides a release from the individual: in no list, count, receipt, page or export', () => {
  let event: string;
  const seen = async () => ({
    accounting: await accounting(),
    read: (await hospital.fhir('GET', `AuditEvent/${event}`, self())).status,
    version: (await hospital.fhir('GET', `AuditEvent/${event}/_history/1`, self())).status,
    receipt: (await hospital.fhir('GET', `AuditEvent/${event}/$receipt`, self())).status,
    found: (await hospital.searchIds('AuditEvent?subtype=disclose&_count=1', self())).includes(event),
    count: (await hospital.fhir('GET', 'AuditEvent?subtype=disclose&_summary=count', self())).json.total,
    log: (await hospital.call('GET', `/audit/accesses?patient=${id}`, self())).text.includes('Sheriff'),
    export: (await hospital.call('GET', `/audit/export?patient=${id}`, self())).text.includes(event),
  });

  test('while it stands, and shows it again when it ends', async () => {
    event = (await accounting()).disclosures[0].event;
    const before = await seen();
    expect(before).toMatchObject({ read: 200, version: 200, found: true, log: true, export: true });
    const body = {
      patient: id,
      recipient: 'county-sheriff',
      authority: 'law-enforcement',
      statement: 'written',
      official: 'Sgt. Marlow',
      reason: 'an investigation',
      until: new Date(Date.now() + 86_400_000).toISOString(),
    };
    expect((await hospital.call('POST', '/audit/suspensions', { body, ...clerk })).status).toBe(403);
    const made = await hospital.call('POST', '/audit/suspensions', { body, ...officer });
    expect(made.status, made.text).toBe(201);
    const absent = (await hospital.fhir('GET', `AuditEvent/${'0'.repeat(32)}`, self())).status;
    const during = await seen();
    expect(during).toMatchObject({
      read: absent,
      version: absent,
      receipt: absent,
      found: false,
      count: before.count - 1,
      log: false,
      export: false,
    });
    expect(during.accounting.disclosures).toEqual([]);
    // Nor does the trail tell that there is one: what the officer did names no patient.
    const log = (await hospital.call('GET', `/audit/accesses?patient=${id}`, self())).text;
    expect(log).not.toContain('suspension');
    expect(log).not.toContain('record-disclosure');
    expect((await hospital.fhir('GET', `AuditEvent/${event}`, officer)).status).toBe(200);
    await hospital.call('DELETE', `/audit/suspensions/${made.json.id}`, officer);
    expect(await seen()).toMatchObject({ read: 200, found: true, count: before.count, export: true });
  });
});

describe('an export of the audit trail', () => {
  test('is checked offline, and no more when one event is left out, changed or moved', async () => {
    const answer = await until('the export is covered', async () => {
      const tried = await hospital.call('GET', `/audit/export?patient=${id}`, self());
      return tried.status === 200 ? tried : undefined;
    });
    const verdict = await verifyOffline(node, answer.text);
    expect(verdict.code, verdict.stdout + verdict.stderr).toBe(0);
    expect(verdict.stdout).toContain(`about Patient/${id}`);
    const value = JSON.parse(answer.text);
    expect(value.items.length).toBeGreaterThan(3);
    const tampered: [string, (copy: typeof value) => void][] = [
      ['left out', (copy) => void copy.items.pop()],
      ['moved', (copy) => void copy.items.reverse()],
      ['repeated', (copy) => void copy.items.push(copy.items[0])],
      ['changed', (copy) => void (copy.items[0].content.outcome = '8')],
      ['for somebody else', (copy) => void (copy.manifest.content.patient = 'another')],
      ['without manifest', (copy) => void (copy.manifest = copy.items[0])],
    ];
    for (const [what, change] of tampered) {
      const copy = structuredClone(value);
      change(copy);
      const refused = await verifyOffline(node, JSON.stringify(copy));
      expect([what, refused.code !== 0]).toEqual([what, true]);
    }
  });

  test('of another patient, or of everybody, is not the patient’s to have', async () => {
    const [other] = (await hospital.searchIds('Patient?_count=50')).filter((each) => each !== id);
    expect((await hospital.call('GET', `/audit/export?patient=${other}`, self())).status).toBe(403);
    expect((await hospital.call('GET', '/audit/export', self())).status).toBe(403);
  });
});

test('staff who look at many patients, their neighbours and namesakes are flagged, with the reason', async () => {
  const family = 'Quillfeather';
  const practitioner = await hospital.create({ resourceType: 'Practitioner', name: [{ family }] });
  const namesake = await hospital.create({ resourceType: 'Patient', name: [{ family }] });
  const as = { user: `Practitioner/${practitioner.id}`, scope: 'user/*.rs', purpose: 'TREAT' };
  await hospital.call('PUT', `/audit/watched/${id}`, { body: { reason: 'in the news' }, ...officer });
  await hospital.fhir('GET', `Patient/${namesake.id}`, { as });
  await hospital.fhir('GET', `Patient/${id}`, { as });
  const flags = await until('both accesses are flagged', async () => {
    const { json } = await hospital.call('GET', '/audit/flags', officer);
    const own = json.flags.filter((flag: { agent: string }) => flag.agent === as.user);
    return own.length >= 2 ? own : undefined;
  });
  const reasons = flags.map(({ rule, reason, patient: about }: Record<string, string>) => [
    rule,
    reason,
    about,
  ]);
  expect(reasons).toContainEqual(['vip', 'The patient is watched over: in the news.', id]);
  expect(reasons).toContainEqual(['same-surname', expect.any(String), namesake.id]);
  for (const options of [self(), clerk])
    expect((await hospital.call('GET', '/audit/flags', options)).status).toBe(403);
  const review = { outcome: 'justified', note: 'on call that night' };
  const path = `/audit/flags/${flags[0].id}/review`;
  expect((await hospital.call('POST', path, { body: review, ...officer })).status).toBe(200);
  expect((await hospital.call('POST', path, { body: review, ...officer })).status).toBe(409);
});
