import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DemoPatient, patientAt } from './harness/demo.ts';
import { outcomesOf } from './harness/network-bundle.ts';
import { judgeFile, verifyBundle, verifyOffline } from './harness/offline.ts';
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
});
afterAll(async () => {
  if (grant !== undefined) await patient.device.revoke(grant, hospital);
  await node?.stop();
});

const self = () => ({ as: { user: `Patient/${id}`, scope: 'patient/*.rs', purpose: 'PATRQT' } });
const officer = { as: { user: 'Practitioner/officer', scope: 'user/AuditEvent.rus', purpose: 'HOPERAT' } };
const post = (path: string, body: object, options: object) =>
  hospital.call('POST', `/audit/requests${path}`, { body, ...options });

test('a patient asks for an amendment, is denied, disagrees, and the dispute goes with every later disclosure', async () => {
  const [condition] = await hospital.searchIds(`Condition?patient=${id}`);
  const object = `Condition/${condition}`;
  const asked = await post('', { kind: 'amendment', patient: id, object, text: 'I never had this.' }, self());
  expect(asked.status, asked.text).toBe(201);
  const sixtyDays = Date.parse(asked.json.received) + 60 * 86_400_000;
  expect(Date.parse(asked.json.due)).toBe(sixtyDays);

  // Somebody else can neither see nor decide it, and the patient cannot decide it for themself.
  const stranger = { as: { user: 'Patient/somebody', scope: 'patient/*.rs', purpose: 'PATRQT' } };
  const seen = await hospital.call('GET', `/audit/requests/${asked.json.id}`, stranger);
  const absent = await hospital.call('GET', `/audit/requests/${'0'.repeat(32)}`, stranger);
  expect([seen.status, seen.text]).toEqual([absent.status, absent.text]);
  const denial = { ground: 'accurate-and-complete', text: 'The diagnosis was confirmed twice.' };
  expect((await post(`/${asked.json.id}/deny`, denial, self())).status).toBe(403);
  const grounds = await post(`/${asked.json.id}/deny`, { ...denial, ground: 'no-time' }, officer);
  expect(grounds.status).toBe(400);

  const denied = await post(`/${asked.json.id}/deny`, denial, officer);
  expect(denied.json).toMatchObject({ status: 'denied', nextSteps: expect.any(String) });
  const disagreed = await post(`/${asked.json.id}/disagree`, { text: 'The tests were not mine.' }, self());
  expect(disagreed.json.status).toBe('disputed');
  expect((await post(`/${asked.json.id}/rebut`, { text: 'They bear your name.' }, officer)).status).toBe(200);

  grant = patient.device.grant({ patient: id, custodian: 'st-mary', grantee: 'lakeside' });
  expect((await patient.device.send(grant, hospital)).status).toBe(201);
  const record = await until('the clinic reads the record', async () => {
    const path = `Patient/${patient.at('lakeside')}/$network-everything`;
    const tried = await node.organisation('lakeside').fhir('GET', path);
    return outcomesOf(tried.json)['st-mary'] === 'complete' ? tried.text : undefined;
  });
  for (const said of [
    'I never had this.',
    'The diagnosis was confirmed twice.',
    'The tests were not mine.',
    'They bear your name.',
  ])
    expect(record).toContain(said);

  const receipt = await hospital.receipt(`Communication/${asked.json.id}`, self());
  const { text } = await hospital.fhir('GET', `Communication/${asked.json.id}`, self());
  const bundle = {
    version: 1,
    policies: [],
    items: [{ receipt: JSON.parse(receipt.text), content: JSON.parse(text) }],
  };
  const verdict = await verifyOffline(node, JSON.stringify(bundle));
  expect(verdict.code, verdict.stdout).toBe(0);
  const forged = JSON.stringify(bundle).replace('They bear your name', 'They do not bear your name');
  expect(judgeFile(verifyBundle, forged, await networkPolicy(node.port)).ok).toBe(false);
});

test('a patient who makes no statement asks that request and denial go with later disclosures, and from then on they do', async () => {
  const [condition] = await hospital.searchIds(`Condition?patient=${id}`);
  const object = `Condition/${condition}`;
  const amendment = { kind: 'amendment', patient: id, object, text: 'It was on the other side.' };
  const { json: request } = await post('', amendment, self());
  const denial = { ground: 'accurate-and-complete', text: 'The picture shows the left side.' };
  expect((await post(`/${request.id}/deny`, denial, officer)).status).toBe(200);
  const path = `Patient/${patient.at('lakeside')}/$network-everything`;
  const released = async () => (await node.organisation('lakeside').fhir('GET', path)).text;
  expect(await released()).not.toContain('It was on the other side.');

  // Nobody else asks for it: what was asked for and denied is the patient's to tell.
  const stranger = { as: { user: 'Patient/somebody', scope: 'patient/*.rs', purpose: 'PATRQT' } };
  const words = { text: 'Tell whoever is given my record.' };
  const hidden = await post(`/${request.id}/enclose`, words, stranger);
  const absent = await post(`/${'0'.repeat(32)}/enclose`, words, stranger);
  expect([hidden.status, hidden.text]).toEqual([absent.status, absent.text]);
  expect(await released()).not.toContain('It was on the other side.');

  expect((await post(`/${request.id}/enclose`, words, self())).json.status).toBe('denied');
  const record = await until('the clinic is told of the denial', async () => {
    const text = await released();
    return text.includes('It was on the other side.') ? text : undefined;
  });
  expect(record).toContain('The picture shows the left side.');
});

test('a dispute about what a consent keeps back by its label is kept back with it', async () => {
  const HIV = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'HIV' };
  const keeping = patient.device.grant({
    patient: id,
    custodian: 'st-mary',
    grantee: 'lakeside',
    provision: { provision: [{ type: 'deny', securityLabel: [HIV] }] },
  });
  expect((await patient.device.send(keeping, hospital)).status).toBe(201);
  const condition = { resourceType: 'Condition', subject: { reference: `Patient/${id}` } };
  const open = await hospital.create(condition);
  const kept = await hospital.create({ ...condition, meta: { security: [HIV] } });
  const words = ['I never had it.', 'Two laboratories found it.'];
  const path = `Patient/${patient.at('lakeside')}/$network-everything`;
  const released = async () => {
    const { text } = await node.organisation('lakeside').fhir('GET', path);
    return [open.id, kept.id, ...words].filter((each) => text.includes(each));
  };
  for (const step of ['enclose', 'disagree']) {
    const object = `Condition/${kept.id}`;
    const { json } = await post('', { kind: 'amendment', patient: id, object, text: words[0] }, self());
    const denial = { ground: 'accurate-and-complete', text: words[1] };
    expect((await post(`/${json.id}/deny`, denial, officer)).status).toBe(200);
    expect((await post(`/${json.id}/${step}`, { text: 'Tell them.' }, self())).status).toBe(200);
    const own = await hospital.fhir('GET', `Communication/${json.id}`, self());
    expect([own.status, words.filter((each) => own.text.includes(each))]).toEqual([200, words]);
    expect(await released()).toEqual([open.id]);
  }
  expect((await patient.device.revoke(keeping, hospital)).status).toBeLessThan(300);
});

test('a granted amendment names the version that was made', async () => {
  const [condition] = await hospital.searchIds(`Condition?patient=${id}`);
  const { json } = await hospital.fhir('GET', `Condition/${condition}`);
  const asked = await post(
    '',
    { kind: 'amendment', patient: id, object: `Condition/${condition}`, text: 'It began a year later.' },
    self(),
  );
  const put = await hospital.fhir('PUT', `Condition/${condition}`, {
    body: { ...json, note: [{ text: 'Onset corrected at the patient’s request.' }] },
  });
  expect(put.status, put.text).toBe(200);
  const version = `Condition/${condition}/_history/${put.json.meta.versionId}`;
  const others = (await hospital.searchIds('Patient?_count=20')).find((each) => each !== id);
  const wrong = { text: 'Done.', amended: [`Patient/${others}/_history/1`] };
  expect((await post(`/${asked.json.id}/grant`, wrong, officer)).status).toBe(404);
  const granted = await post(`/${asked.json.id}/grant`, { text: 'Done.', amended: [version] }, officer);
  expect(granted.json).toMatchObject({ status: 'granted' });
  expect((await hospital.call('GET', `/audit/requests?patient=${id}`, self())).text).toContain(version);
});
