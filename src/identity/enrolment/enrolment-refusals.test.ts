import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { toBase64 } from '../../proof/index.ts';
import { MAX_WRONG_TRIES } from '../index.ts';
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

describe('a code is not given', () => {
  test.each<[string, () => string | undefined | Promise<string>, number, string]>([
    ['without a token', () => undefined, 401, 'token-missing'],
    [
      'to another organisation’s staff',
      () => bearer(node.lakeside, { scope: 'system/*.cruds' }),
      401,
      'token-issuer',
    ],
    ['to the patient', () => patientToken, 403, 'scope-insufficient'],
    [
      'to a patient with the widest scope',
      () => bearer(node.mary, { scope: 'system/*.cruds', fhirUser: 'Patient/p1', patient: 'p1' }),
      403,
      'scope-insufficient',
    ],
    [
      'to staff who may only read',
      () => bearer(node.mary, { scope: 'user/Patient.rs', fhirUser: 'Practitioner/1' }),
      403,
      'scope-insufficient',
    ],
    [
      'to staff of other resources',
      () => bearer(node.mary, { scope: 'system/Observation.cruds' }),
      403,
      'scope-insufficient',
    ],
  ])('%s', async (_case, token, status, code) => {
    for (const patient of ['p1', 'nobody']) {
      const answer = await call('POST', `${patient}/enrolment`, await token());
      expect([answer.status, answer.body.code]).toEqual([status, code]);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
    }
    expect(node.mary.events).toHaveLength(2);
    expect(node.mary.events[0]).toMatchObject({
      kind: 'enrolment',
      subtype: 'enrolment-code',
      outcome: 'minor',
      detail: code,
      patients: [],
    });
  });

  test('for a patient who does not exist', async () => {
    const answer = await call('POST', 'nobody/enrolment', staff);
    expect([answer.status, answer.body.code]).toEqual([404, 'patient-unknown']);
  });

  test.each([
    ['{"role":"self"', 'broken JSON'],
    ['[]', 'a list'],
    ['"self"', 'a string'],
    ['{"role":"self","role":"parent"}', 'a member twice'],
    ['{"role":"neighbour"}', 'an unknown role'],
    ['{"untill":"2030-01-01T00:00:00.000Z"}', 'a misspelt member'],
    ['{"until":"2020-01-01T00:00:00.000Z"}', 'an end in the past'],
    ['{"until":"tomorrow"}', 'an end that is no time'],
    ['{"until":1893456000}', 'an end as number'],
    ['{"custody":"cloud"}', 'an unknown holder'],
    [`${'['.repeat(4000)}`, 'deep nesting'],
  ])('for a body %s (%s)', async (body) => {
    const answer = await call('POST', 'p1/enrolment', staff, body);
    expect([answer.status, answer.body.code]).toEqual([400, 'request-invalid']);
  });

  test('for a body that is too large, or of another type', async () => {
    const large = await call('POST', 'p1/enrolment', staff, JSON.stringify({ role: 'x'.repeat(50_000_000) }));
    expect([large.status, large.body.code]).toEqual([413, 'request-too-large']);
    const response = await fetch(`${node.url}/orgs/st-mary/patients/p1/enrolment`, {
      method: 'POST',
      headers: { authorization: staff, 'content-type': 'text/xml' },
      body: '<a/>',
    });
    expect(response.status).toBe(415);
    expect(node.mary.events.map(({ outcome }) => outcome)).toEqual(['minor', 'minor']);
  });
});

describe('a key is not enrolled', () => {
  const refused = async (body: unknown, patient = 'p1', token = patientToken, organisation = 'st-mary') => {
    const answer = await call('PUT', `${patient}/key`, token, body, organisation);
    return [answer.status, answer.body.code];
  };

  test('without a token, or by another patient', async () => {
    const code = await openCode();
    expect((await call('PUT', 'p1/key', undefined, request(code))).status).toBe(401);
    const other = await bearer(node.mary, { scope: 'patient/*.rs', fhirUser: 'Patient/p2', patient: 'p2' });
    expect(await refused(request(code), 'p1', other)).toEqual([403, 'scope-insufficient']);
  });

  test('with a guessed code, and after five guesses not with the right one either', async () => {
    const code = await openCode();
    for (let i = 0; i < MAX_WRONG_TRIES; i++) {
      expect(await refused(request(`AAAA-AAAA-AAA${i}`))).toEqual([403, 'enrolment-code-invalid']);
    }
    expect(await refused(request(code))).toEqual([403, 'enrolment-code-locked']);
    expect(node.mary.events.at(-1)).toMatchObject({
      outcome: 'serious',
      detail: 'enrolment-code-locked',
      patients: ['p1'],
    });
    expect(node.mary.enrolment.enrolledKeys('p1')).toEqual([]);
  });

  test('with wrong tries that restart with the process', async () => {
    const code = await openCode();
    for (let i = 0; i < MAX_WRONG_TRIES; i++)
      expect(() => node.mary.openEnrolment().enrol('p1', request('AAAA-AAAA-AAAA'))).toThrow();
    expect(await refused(request(code))).toEqual([403, 'enrolment-code-locked']);
  });

  test('with an expired code', async () => {
    const code = await openCode();
    node.clock.aheadMs = 24 * 60 * 60 * 1000 + 1;
    const token = await bearer(node.mary, { scope: 'patient/*.rs', fhirUser: 'Patient/p1', patient: 'p1' });
    expect(await refused(request(code), 'p1', token)).toEqual([403, 'enrolment-code-expired']);
  });

  test('with a code that a newer one replaced', async () => {
    const first = await openCode();
    await openCode();
    expect(await refused(request(first))).toEqual([403, 'enrolment-code-invalid']);
  });

  test('with another patient’s code', async () => {
    await openCode('p1');
    const code = await openCode('p2');
    expect(await refused(request(code))).toEqual([403, 'enrolment-code-invalid']);
    expect(await refused(request(code, newKey(), { patient: 'p2' }))).toEqual([
      403,
      'enrolment-code-invalid',
    ]);
  });

  test('at another organisation', async () => {
    const code = await openCode();
    expect(await refused(request(code), 'p1', patientToken, 'lakeside')).toEqual([401, 'token-issuer']);
    const there = await bearer(node.lakeside, { scope: 'system/*.cruds' });
    expect(await refused(request(code), 'p1', there, 'lakeside')).toEqual([403, 'enrolment-code-invalid']);
  });

  test.each([
    ['for another patient', { patient: 'p2' }],
    ['for another organisation', { organisation: 'lakeside' }],
    ['for another ledger', { ledger: 'f'.repeat(32) }],
    ['for another code', { code: 'AAAA-AAAA-AAAA' }],
    ['for another key', { subjectKey: toBase64(new Uint8Array(32).fill(1)) }],
  ])('by a signature %s', async (_case, changes) => {
    const code = await openCode();
    expect(await refused(request(code, newKey(), changes))).toEqual([403, 'enrolment-signature-invalid']);
    expect(await refused(request(code))).toEqual([200, undefined]);
  });

  test('by a signature of another key, of nothing, or for a key that accepts everything', async () => {
    const code = await openCode();
    const mine = request(code);
    expect(await refused({ ...mine, subjectKey: toBase64(newKey().publicKey) })).toEqual([
      403,
      'enrolment-signature-invalid',
    ]);
    expect(await refused({ ...mine, signature: toBase64(new Uint8Array(64)) })).toEqual([
      403,
      'enrolment-signature-invalid',
    ]);
    const neutral = new Uint8Array(32);
    neutral[0] = 1;
    const zeros = new Uint8Array(64);
    zeros[0] = 1;
    expect(await refused({ code, subjectKey: toBase64(neutral), signature: toBase64(zeros) })).toEqual([
      403,
      'enrolment-signature-invalid',
    ]);
  });

  test.each([
    [{}],
    [{ code: 'AAAA-AAAA-AAAA' }],
    [{ ...request('AAAA-AAAA-AAAA'), code: 7 }],
    [{ ...request('AAAA-AAAA-AAAA'), code: 'A'.repeat(65) }],
    [{ ...request('AAAA-AAAA-AAAA'), subjectKey: 'not base64' }],
    [{ ...request('AAAA-AAAA-AAAA'), signature: 'AA==' }],
    [{ ...request('AAAA-AAAA-AAAA'), role: 'guardian' }],
  ])('from a body that is not a request: %j', async (body) => {
    await openCode();
    expect(await refused(body)).toEqual([400, 'request-invalid']);
  });

  test('twice with one code, in whatever order the two arrive', async () => {
    const code = await openCode();
    const answers = await Promise.all([request(code), request(code)].map((body) => refused(body)));
    expect(answers.map(([status]) => status).sort()).toEqual([200, 403]);
    expect(await refused(request(code))).toEqual([403, 'enrolment-code-used']);
  });

  test('twice with one key, for the same patient or another, retired or not', async () => {
    const key = newKey();
    const enrolled = await call('PUT', 'p1/key', staff, request(await openCode(), key));
    expect(enrolled.status).toBe(200);
    expect(await refused(request(await openCode(), key))).toEqual([409, 'key-already-enrolled']);
    expect(await refused(request(await openCode('p2'), key, { patient: 'p2' }), 'p2', staff)).toEqual([
      409,
      'key-already-enrolled',
    ]);
    await call('DELETE', `p1/keys/${enrolled.body.id}`, staff);
    expect(await refused(request(await openCode(), key))).toEqual([409, 'key-already-enrolled']);
  });
});
