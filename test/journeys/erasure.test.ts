import { afterAll, beforeAll, expect, test } from 'vitest';
import { judge, networkPolicy, type Organisation } from './harness/organisation.ts';
import { type RunningNode, startNode } from './harness/running-node.ts';
import { until } from './harness/until.ts';

let node: RunningNode;
let hospital: Organisation;
beforeAll(async () => {
  node = await startNode({ patients: 2 });
  hospital = node.organisation('st-mary');
});
afterAll(() => node?.stop());

const code = { coding: [{ system: 'http://loinc.org', code: '8867-4' }] };
const newPatient = async (family: string): Promise<string> =>
  (await hospital.create({ resourceType: 'Patient', name: [{ family }] })).id;
const observe = async (...patients: string[]): Promise<string> => {
  const performer = patients.slice(1).map((id) => ({ reference: `Patient/${id}` }));
  const subject = { reference: `Patient/${patients[0]}` };
  const more = performer.length === 0 ? {} : { performer };
  return (await hospital.create({ resourceType: 'Observation', status: 'final', code, subject, ...more })).id;
};
const erase = (patient: string, body: object = { reason: 'subject-request' }, options = {}) =>
  hospital.call('POST', `/patients/${patient}/erasure`, { body, ...options });

test('needs permission to delete, a reason, and a patient that is here', async () => {
  const patient = await newPatient('Stays');
  expect((await erase(patient, undefined, { token: null })).status).toBe(401);
  expect((await erase(patient, undefined, { as: { scope: 'system/Patient.cru' } })).status).toBe(403);
  const own = { user: `Patient/${patient}`, scope: 'patient/*.cruds', purpose: 'PATRQT' };
  expect((await erase(patient, undefined, { as: own })).status).toBe(403);
  expect((await erase(patient, { reason: 'because' })).status).toBe(400);
  expect((await erase(patient, {})).status).toBe(400);
  expect((await erase('nobody')).status).toBe(404);
  expect((await hospital.fhir('GET', `Patient/${patient}`)).status).toBe(200);
});

test('makes every version unreadable by every way, and a signed tombstone says so', async () => {
  const patient = await newPatient('Erased');
  const observation = await observe(patient);
  const receipt = await hospital.receipt(`Observation/${observation}`);
  const answer = await erase(patient);
  expect(answer.status, answer.text).toBe(200);
  expect(answer.text).toContain('subject-request');
  for (const path of [
    `Patient/${patient}`,
    `Patient/${patient}/_history/1`,
    `Patient/${patient}/$everything`,
    `Observation/${observation}`,
    `Observation/${observation}/_history/1`,
  ])
    expect([path, [404, 410].includes((await hospital.fhir('GET', path)).status)]).toEqual([path, true]);
  expect(await hospital.searchIds('Patient?family=Erased')).toEqual([]);
  expect(await hospital.searchIds(`Observation?patient=${patient}`)).toEqual([]);
  // The log keeps proving that something was there.
  expect(judge(receipt, [await networkPolicy(node.port)])).toMatchObject({ ok: true });
});

test('leaves what is another patient’s too readable through that one', async () => {
  const [erased, other] = [await newPatient('First'), await newPatient('Second')];
  const shared = await observe(erased, other);
  expect((await erase(erased)).status).toBe(200);
  expect((await hospital.fhir('GET', `Observation/${shared}`)).status).toBe(200);
  expect((await hospital.fhir('GET', `Patient/${other}`)).status).toBe(200);
});

test('is committed on the ledger as the id of a key, and AuditEvents outlive it', async () => {
  const patient = await newPatient('Audited');
  await hospital.fhir('GET', `Patient/${patient}`);
  const { height } = (await node.send('/ledger/blocks')).json;
  expect((await erase(patient)).status).toBe(200);
  const transaction = await until('the erasure is on the ledger', async () => {
    const { blocks } = (await node.send(`/ledger/blocks?from=${height}&limit=200`)).json;
    const all = blocks.flatMap((block: { transactions: { name: string }[] }) => block.transactions);
    return all.find((each: { name: string }) => each.name === 'eraseKey');
  });
  expect(JSON.stringify(transaction)).not.toContain(patient);
  const events = await hospital.auditEvents(`patient=Patient/${patient}`);
  const subtypes = events.flatMap((event) => event.subtype.map((each: { code: string }) => each.code));
  expect(subtypes).toEqual(expect.arrayContaining(['create', 'read', 'erase-patient']));
});
