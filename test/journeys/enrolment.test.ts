import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ledgerId } from './harness/demo.ts';
import type { Organisation } from './harness/organisation.ts';
import { PatientDevice } from './harness/patient-device.ts';
import { type RunningNode, startNode } from './harness/running-node.ts';

let node: RunningNode;
let hospital: Organisation;
let ledger: string;
beforeAll(async () => {
  node = await startNode({ patients: 2 });
  hospital = node.organisation('st-mary');
  ledger = await ledgerId(node);
});
afterAll(() => node?.stop());

const newDevice = () => new PatientDevice(randomBytes(32).toString('base64'), ledger);
const newPatient = async (): Promise<string> =>
  (await hospital.create({ resourceType: 'Patient', name: [{ family: 'Enrolled' }] })).id;
const open = (patient: string, options = {}) =>
  hospital.call('POST', `/patients/${patient}/enrolment`, { body: {}, ...options });
const enrol = (patient: string, body: object, options = {}) =>
  hospital.call('PUT', `/patients/${patient}/key`, { body, ...options });

describe('nobody binds a key to a patient without the code', () => {
  test('a wrong code, the code of another patient, and one that was used', async () => {
    const patient = await newPatient();
    const device = newDevice();
    const { code } = (await open(patient)).json;
    const wrong = await enrol(patient, device.enrolment('st-mary', patient, 'ABCD-EFGH'));
    expect([wrong.status, wrong.json.code]).toEqual([403, 'enrolment-code-invalid']);
    const stranger = await newPatient();
    const other = await enrol(stranger, device.enrolment('st-mary', stranger, code));
    expect(other.status).toBe(403);
    expect((await enrol(patient, device.enrolment('st-mary', patient, code))).status).toBe(200);
    const again = await enrol(patient, newDevice().enrolment('st-mary', patient, code));
    expect([again.status, again.json.code]).toEqual([403, 'enrolment-code-used']);
  });

  test('a signature by another key, over another patient, organisation or ledger', async () => {
    const patient = await newPatient();
    const { code } = (await open(patient)).json;
    const device = newDevice();
    const good = device.enrolment('st-mary', patient, code) as Record<string, string>;
    const elsewhere = new PatientDevice(randomBytes(32).toString('base64'), '0'.repeat(32));
    const forgeries = [
      { ...good, signature: (newDevice().enrolment('st-mary', patient, code) as typeof good).signature },
      { ...good, subjectKey: newDevice().enrolledKey('st-mary') },
      device.enrolment('st-mary', 'another', code),
      device.enrolment('lakeside', patient, code),
      elsewhere.enrolment('st-mary', patient, code),
    ];
    for (const body of forgeries) {
      const answer = await enrol(patient, body);
      expect([answer.status, answer.json.code]).toEqual([403, 'enrolment-signature-invalid']);
    }
    expect((await hospital.call('GET', `/patients/${patient}/keys`)).json.keys).toEqual([]);
  });

  test('too many wrong tries lock the code', async () => {
    const patient = await newPatient();
    const { code } = (await open(patient)).json;
    const device = newDevice();
    for (let tries = 0; tries < 12; tries++)
      await enrol(patient, device.enrolment('st-mary', patient, `WRONG-${tries}`));
    const late = await enrol(patient, device.enrolment('st-mary', patient, code));
    expect([late.status, late.json.code]).toEqual([403, 'enrolment-code-locked']);
  });

  test('a patient token, or one without the scope, opens no code', async () => {
    const patient = await newPatient();
    const own = { as: { user: `Patient/${patient}`, scope: 'patient/*.cruds', purpose: 'PATRQT' } };
    expect((await open(patient, own)).status).toBe(403);
    expect((await open(patient, { as: { scope: 'system/Patient.rs' } })).status).toBe(403);
    expect((await open('nobody')).status).toBe(404);
  });

  test.each([
    ['no JSON', '{"code":', 400],
    ['a list', '[]', 400],
    ['no signature', { code: 'x', subjectKey: 'AA==' }, 400],
    ['numbers', { code: 1, subjectKey: 2, signature: 3 }, 400],
    [
      'a key that is too short',
      { code: 'x', subjectKey: 'AA==', signature: Buffer.alloc(64).toString('base64') },
      400,
    ],
    ['a huge body', { code: 'x'.repeat(200_000) }, 413],
  ])('%s is refused with a stable code', async (_what, body, status) => {
    const patient = await newPatient();
    const answer = await hospital.call('PUT', `/patients/${patient}/key`, { body });
    expect(answer.status, answer.text).toBe(status);
    expect(answer.json.code).toMatch(/^[a-z-]+$/);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });
});

test('a patient may have several devices, and staff retire one that is lost', async () => {
  const patient = await newPatient();
  const [phone, tablet] = [newDevice(), newDevice()];
  await phone.enrol(hospital, patient);
  await tablet.enrol(hospital, patient);
  const { keys } = (await hospital.call('GET', `/patients/${patient}/keys`)).json;
  expect(keys.map((key: { subjectKey: string }) => key.subjectKey).sort()).toEqual(
    [phone.enrolledKey('st-mary'), tablet.enrolledKey('st-mary')].sort(),
  );
  const lost = keys.find((key: { subjectKey: string }) => key.subjectKey === phone.enrolledKey('st-mary'));
  const retired = await hospital.call('DELETE', `/patients/${patient}/keys/${lost.id}`);
  expect(retired.status).toBe(200);
  expect(retired.json.until).toBeDefined();
});

test('one key belongs to one patient', async () => {
  const device = newDevice();
  const [first, second] = [await newPatient(), await newPatient()];
  await device.enrol(hospital, first);
  const { code } = (await open(second)).json;
  const answer = await enrol(second, device.enrolment('st-mary', second, code));
  expect([answer.status, answer.json.code]).toEqual([409, 'key-already-enrolled']);
});

test('every step is recorded, and names the patient', async () => {
  const patient = await newPatient();
  await newDevice().enrol(hospital, patient);
  const events = await hospital.auditEvents(`patient=Patient/${patient}`);
  const subtypes = events.flatMap((event) => event.subtype.map((each: { code: string }) => each.code));
  expect(subtypes).toEqual(expect.arrayContaining(['enrolment-code', 'enrol-key', 'read-keys']));
});
