import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fromBase64, toBase64, verifyEd25519 } from '../../proof/index.ts';
import { type Enrolling, newKey, enrolmentRequest as request, startEnrolling } from '../suite/enrolling.ts';
import { bearer } from '../suite/identity-node.ts';

let suite: Enrolling;
let node: Enrolling['node'];
let staff: string;
let patientToken: string;
let call: Enrolling['call'];
let openCode: Enrolling['openCode'];

beforeAll(async () => {
  suite = await startEnrolling();
  ({ node, staff, patientToken, call, openCode } = suite);
});
afterAll(() => node.stop());
beforeEach(() => {
  node.mary.events.length = 0;
  node.mary.state.failure = undefined;
  node.clock.aheadMs = 0;
});

describe('an enrolled key', () => {
  test('names its patient, role and period, and is found by patient and by key', async () => {
    const key = newKey();
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const code = await openCode('p2', { role: 'guardian', until });
    expect(code).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    const answer = await call('PUT', 'p2/key', staff, request(code, key, { patient: 'p2' }));
    expect(answer.status).toBe(200);
    const subjectKey = toBase64(key.publicKey);
    expect(answer.body).toMatchObject({
      patient: 'p2',
      subjectKey,
      role: 'guardian',
      custody: 'patient',
      until,
    });
    expect(node.mary.events.at(-1)).toMatchObject({
      kind: 'enrolment',
      subtype: 'enrol-key',
      outcome: 'success',
      patients: ['p2'],
    });
    expect(node.mary.enrolment.patientOfKey(subjectKey)).toMatchObject({ patient: 'p2', role: 'guardian' });
    expect(node.mary.enrolment.enrolledKeys('p2').map((each) => each.key)).toEqual([subjectKey]);
    expect(node.lakeside.enrolment.patientOfKey(subjectKey)).toBeUndefined();
    node.clock.aheadMs = 3_600_001;
    expect(node.mary.enrolment.enrolledKeys('p2')).toEqual([]);
    expect(node.mary.enrolment.patientOfKey(subjectKey)).toBeUndefined();
    expect(node.mary.enrolment.patientOfKey(subjectKey, new Date(Date.now()))).toMatchObject({
      patient: 'p2',
    });
  });

  test('a text that is no key belongs to nobody', () => {
    for (const text of ['', 'AAAA', '§', `${'A'.repeat(42)}B=`])
      expect(node.mary.enrolment.patientOfKey(text)).toBeUndefined();
  });

  test('is listed to staff and to its patient, to nobody else', async () => {
    const before = node.mary.enrolment.enrolledKeys('p1').length;
    await call('PUT', 'p1/key', patientToken, request(await openCode()));
    for (const token of [staff, patientToken]) {
      const { status, body } = await call('GET', 'p1/keys', token);
      expect([status, (body.keys as unknown[]).length]).toEqual([200, before + 1]);
    }
    const other = await bearer(node.mary, { scope: 'patient/*.rs', fhirUser: 'Patient/p2', patient: 'p2' });
    for (const patient of ['p1', 'nobody'])
      expect((await call('GET', `${patient}/keys`, other)).status).toBe(403);
    expect((await call('GET', 'p1/keys')).status).toBe(401);
    expect((await call('GET', 'nobody/keys', staff)).body.code).toBe('patient-unknown');
    expect((await call('GET', 'p1%2F..%2Fp2/keys', staff)).status).toBe(400);
  });

  test('stops at once when it is retired', async () => {
    const { body } = await call('PUT', 'p1/key', staff, request(await openCode()));
    const other = await bearer(node.mary, { scope: 'patient/*.rs', fhirUser: 'Patient/p2', patient: 'p2' });
    expect((await call('DELETE', `p1/keys/${body.id}`, other)).status).toBe(403);
    const app = await bearer(node.mary, {
      scope: 'patient/*.cruds',
      fhirUser: 'Practitioner/1',
      patient: 'p1',
    });
    expect((await call('DELETE', `p1/keys/${body.id}`, app)).status).toBe(403);
    expect((await call('DELETE', `p2/keys/${body.id}`, staff)).body.code).toBe('key-unknown');
    expect((await call('DELETE', `p1/keys/${body.id}`, patientToken)).status).toBe(200);
    expect(node.mary.enrolment.patientOfKey(String(body.subjectKey))).toBeUndefined();
    expect((await call('DELETE', `p1/keys/${body.id}`, staff)).body.code).toBe('key-unknown');
  });

  test('that the organisation holds says so, and signs like a patient’s', async () => {
    const { status, body } = await call('POST', 'p2/enrolment', staff, { custody: 'custodian' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ custody: 'custodian', role: 'self', patient: 'p2' });
    expect(JSON.stringify(body)).not.toContain('seed');
    const message = new TextEncoder().encode('a consent');
    const id = String(body.id);
    const enrolled = node.mary.openEnrolment().signHeld(id, { use: 'enrol', generation: 0 }, message);
    expect(enrolled.key).toBe(body.subjectKey);
    const consent = node.mary.enrolment.signHeld(id, { use: 'a'.repeat(32), generation: 0 }, message);
    expect(consent.key).not.toBe(enrolled.key);
    expect(verifyEd25519(fromBase64(consent.key), message, fromBase64(consent.signature))).toBe(true);
    await call('DELETE', `p2/keys/${id}`, staff);
    expect(() => node.mary.enrolment.signHeld(id, { use: 'enrol', generation: 0 }, message)).toThrow(
      'holds no such key',
    );
  });

  test('is forgotten with an erased patient, open codes included', async () => {
    node.mary.patients.add('p3');
    const { body } = await call(
      'PUT',
      'p3/key',
      staff,
      request(await openCode('p3'), newKey(), { patient: 'p3' }),
    );
    const held = await call('POST', 'p3/enrolment', staff, { custody: 'custodian' });
    const code = await openCode('p3');
    expect(node.mary.enrolment.forgetPatient('p3')).toBe(2);
    expect(node.mary.enrolment.patientOfKey(String(body.subjectKey))).toBeUndefined();
    expect(() =>
      node.mary.enrolment.signHeld(String(held.body.id), { use: 'enrol', generation: 0 }, new Uint8Array()),
    ).toThrow();
    const late = await call('PUT', 'p3/key', staff, request(code, newKey(), { patient: 'p3' }));
    expect(late.body.code).toBe('enrolment-code-invalid');
  });
});

test.each([
  [Object.assign(new Error('no space'), { code: 'full' }), 507, 'storage-full'],
  [new Error('away'), 503, 'not-recorded'],
])('a request that cannot be recorded is not answered: %s', async (failure, status, code) => {
  node.mary.state.failure = failure;
  for (const answer of [
    await call('POST', 'p1/enrolment', staff),
    await call('GET', 'p1/keys'),
    await call('POST', 'p1/enrolment', staff, '{'.repeat(20_000)),
  ]) {
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.body).not.toHaveProperty('expires');
  }
});

test('a stolen database names no patient and no code', async () => {
  node.mary.patients.add('jane-doe-1970-01-01');
  const code = await openCode('jane-doe-1970-01-01');
  await call(
    'PUT',
    'jane-doe-1970-01-01/key',
    staff,
    request(code, newKey(), { patient: 'jane-doe-1970-01-01' }),
  );
  const open = await openCode('jane-doe-1970-01-01');
  node.mary.database.checkpoint();
  const bytes = readFileSync(join(node.mary.folder, 'identity.db')).toString('latin1');
  for (const secret of ['jane', code, open]) expect(bytes).not.toContain(secret);
});

test('keys stay enrolled when the organisation renews its key-encryption keys', async () => {
  const { body } = await call('PUT', 'p1/key', staff, request(await openCode()));
  node.mary.keys.renew();
  node.mary.keys.retire();
  expect(node.mary.openEnrolment().patientOfKey(String(body.subjectKey))).toMatchObject({ patient: 'p1' });
});
