import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DemoPatient, patientAt } from './harness/demo.ts';
import { outcomesOf } from './harness/network-bundle.ts';
import { judgeFile, verifyAuditExport, verifyOffline } from './harness/offline.ts';
import { networkPolicy, type Organisation } from './harness/organisation.ts';
import type { Grant } from './harness/patient-device.ts';
import { type RunningNode, startNode } from './harness/running-node.ts';
import { until } from './harness/until.ts';

let node: RunningNode;
let hospital: Organisation;
let patient: DemoPatient;
let id: string;
let grant: Grant | undefined;
beforeAll(async () => {
  node = await startNode({ patients: 4 });
  hospital = node.organisation('st-mary');
  patient = await patientAt(node, 'st-mary', 'lakeside');
  id = patient.at('st-mary');
  await release();
});
afterAll(async () => {
  if (grant !== undefined) await patient.device.revoke(grant, hospital);
  await node?.stop();
});

/** A grant and a read under it at the clinic. */
async function release(): Promise<void> {
  grant = patient.device.grant({ patient: id, custodian: 'st-mary', grantee: 'lakeside' });
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
    // A clinic with a node of its own says its name when it is asked, some seconds after the start.
    await until('the name is known', async () => (await accounting()).excluded[0]?.name !== 'lakeside');
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
  const count = async () =>
    (await hospital.fhir('GET', 'AuditEvent?subtype=disclose&_summary=count', self())).json.total;
  const seen = async () => ({
    accounted: (await accounting()).disclosures.some((each: { event: string }) => each.event === event),
    read: (await hospital.fhir('GET', `AuditEvent/${event}`, self())).status,
    version: (await hospital.fhir('GET', `AuditEvent/${event}/_history/1`, self())).status,
    receipt: (await hospital.fhir('GET', `AuditEvent/${event}/$receipt`, self())).status,
    found: (await hospital.searchIds('AuditEvent?subtype=disclose&_count=1', self())).includes(event),
    count: await count(),
    log: await isInLog('Agency'),
  });
  /** On any page of the patient's log: where others read the same record, each page looked at here is an entry of its own. */
  const isInLog = async (word: string): Promise<boolean> => {
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const path = `/audit/accesses?patient=${id}${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const { text, json } = await hospital.call('GET', path, self());
      if (text.includes(word)) return true;
      cursor = json.next;
    }
    return false;
  };
  const exported = async () =>
    (await hospital.call('GET', `/audit/export?patient=${id}`, self())).text.includes(event);

  test('while it stands, and shows it again when it ends', async () => {
    const before = await count();
    const body = {
      patient: id,
      recipient: 'state-agency',
      authority: 'health-oversight',
      statement: 'written',
      official: 'Inspector Vale',
      reason: 'an inspection under way',
      until: new Date(Date.now() + 86_400_000).toISOString(),
    };
    expect((await hospital.call('POST', '/audit/suspensions', { body, ...clerk })).status).toBe(403);
    const made = await hospital.call('POST', '/audit/suspensions', { body, ...officer });
    expect(made.status, made.text).toBe(201);
    const released = {
      ...sheriff,
      patient: id,
      basis: '164.512(d)',
      recipient: { id: 'state-agency', name: 'State Agency' },
    };
    event = (await hospital.call('POST', '/audit/disclosures', { body: released, ...officer })).json.event;
    // Staff who may look at it leave no trace of it in what the individual reads.
    expect((await hospital.fhir('GET', `AuditEvent/${event}`, officer)).status).toBe(200);
    const absent = (await hospital.fhir('GET', `AuditEvent/${'0'.repeat(32)}`, self())).status;
    expect(await seen()).toEqual({
      accounted: false,
      read: absent,
      version: absent,
      receipt: absent,
      found: false,
      count: before,
      log: false,
    });
    expect(await exported()).toBe(false);
    const all = JSON.stringify(await hospital.searchAll('AuditEvent?_count=100', self()));
    for (const trace of [event, 'suspension', 'Agency'])
      expect([trace, all.includes(trace)]).toEqual([trace, false]);
    await hospital.call('DELETE', `/audit/suspensions/${made.json.id}`, officer);
    const shown = { accounted: true, read: 200, version: 200, found: true, count: before + 1, log: true };
    expect(await seen()).toMatchObject(shown);
    await until('the export is covered', async () => ((await exported()) ? true : undefined));
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
    const policy = await networkPolicy(node.port);
    expect(judgeFile(verifyAuditExport, answer.text, policy)).toMatchObject({ ok: true });
    const { manifest, items } = value;
    const [first] = items;
    const forgeries: [string, object][] = [
      ['left out', { items: items.slice(1) }],
      ['moved', { items: items.toReversed() }],
      ['repeated', { items: [...items, first] }],
      ['changed', { items: [{ ...first, content: { ...first.content, outcome: '8' } }, ...items.slice(1)] }],
      ['for somebody else', { manifest: { ...manifest, content: { ...manifest.content, patient: 'x' } } }],
      ['without manifest', { manifest: first }],
    ];
    for (const [what, change] of forgeries) {
      const refused = judgeFile(verifyAuditExport, JSON.stringify({ ...value, ...change }), policy);
      expect([what, refused.ok]).toEqual([what, false]);
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
