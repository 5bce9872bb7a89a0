import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyOffline } from './harness/offline.ts';
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

const officer = { as: { user: 'Practitioner/officer', scope: 'user/AuditEvent.rus', purpose: 'HOPERAT' } };

test('is refused while a legal hold stands, which only a privacy officer places and releases', async () => {
  const patient = await newPatient('Held');
  const body = { patient, name: 'Case 12' };
  const clerk = { as: { user: 'Practitioner/clerk', scope: 'user/AuditEvent.rs' } };
  expect((await hospital.call('POST', '/audit/holds', { body, ...clerk })).status).toBe(403);
  const hold = await hospital.call('POST', '/audit/holds', { body, ...officer });
  expect(hold.status, hold.text).toBe(201);
  const refused = await erase(patient);
  expect([refused.status, refused.json.code]).toEqual([409, 'retained']);
  expect(refused.json.detail).toContain('Case 12');
  expect((await hospital.fhir('GET', `Patient/${patient}`)).status).toBe(200);
  expect((await hospital.call('DELETE', `/audit/holds/${hold.json.id}`, clerk)).status).toBe(403);
  expect((await hospital.call('DELETE', `/audit/holds/${hold.json.id}`, officer)).status).toBe(200);
  expect((await erase(patient)).status).toBe(200);
});

test('of one record leaves the patient, and says so in a proof that is checked offline', async () => {
  const patient = await newPatient('Corrected');
  const [wrong, right] = [await observe(patient), await observe(patient)];
  const path = `/records/Observation/${wrong}/erasure`;
  const body = { reason: 'entered-in-error' };
  expect((await hospital.call('POST', path, { body, as: { scope: 'system/Observation.r' } })).status).toBe(
    403,
  );
  const answer = await hospital.call('POST', path, { body });
  expect(answer.status, answer.text).toBe(200);
  expect([404, 410]).toContain((await hospital.fhir('GET', `Observation/${wrong}`)).status);
  expect((await hospital.fhir('GET', `Observation/${right}`)).status).toBe(200);
  const { erasures } = (await hospital.call('GET', '/erasures', officer)).json;
  const { event } = erasures.find(
    ({ tombstone }: { tombstone: { subject: string } }) => tombstone.subject === `Observation/${wrong}`,
  );
  const proof = await until('the proof is covered', async () => {
    const tried = await hospital.call('GET', `/erasures/${event}/proof`, officer);
    return tried.status === 200 ? tried : undefined;
  });
  const verdict = await verifyOffline(node, proof.text);
  expect(verdict.code, verdict.stdout + verdict.stderr).toBe(0);
  expect(verdict.stdout).toContain(`Observation/${wrong} is erased, provably`);
  const other = erasures[0].tombstone;
  for (const forge of [
    (copy: { tombstone: object }) => Object.assign(copy.tombstone, { subject: `Observation/${right}` }),
    (copy: { tombstone: object }) => Object.assign(copy.tombstone, { keys: other.keys }),
    (copy: { keys: { sequence: number }[] }) => Object.assign(copy.keys[0] ?? {}, { sequence: 1 }),
    (copy: { keys: { id: string }[] }) => Object.assign(copy.keys[0] ?? {}, { id: other.keys[0] }),
  ]) {
    const copy = JSON.parse(proof.text);
    forge(copy);
    expect((await verifyOffline(node, JSON.stringify(copy))).code).not.toBe(0);
  }
});

test('merged patients are one record, apart again on request, and erased together', async () => {
  const [old, kept] = [await newPatient('Twice'), await newPatient('Twice')];
  const record = await observe(old);
  const merge = (from: string, into: string, options = {}) =>
    hospital.call('POST', `/patients/${from}/merge`, { body: { into }, ...options });
  expect((await merge(old, kept, { as: { scope: 'system/Patient.r' } })).status).toBe(403);
  expect((await merge(old, 'nobody')).status).toBe(404);
  const receipt = await hospital.receipt(`Observation/${record}`);
  expect((await merge(old, kept)).status).toBe(200);
  expect((await merge(old, kept)).status).toBe(409);
  const everything = async () => (await hospital.fhir('GET', `Patient/${kept}/$everything`)).text;
  expect(await everything()).toContain(record);
  expect((await hospital.call('POST', `/patients/${old}/unmerge`)).status).toBe(200);
  expect(await everything()).not.toContain(record);
  expect((await merge(old, kept)).status).toBe(200);
  expect((await erase(old)).json.code).toBe('retained');
  expect((await erase(kept)).status).toBe(200);
  expect([404, 410]).toContain((await hospital.fhir('GET', `Observation/${record}`)).status);
  const { text } = await hospital.receipt(`Observation/${record}`);
  expect(JSON.parse(text).event).toEqual(receipt.event);
  expect(JSON.parse(text).contentSalt).toBeUndefined();
  expect((await verifyOffline(node, text)).code).toBe(0);
});
