import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DemoPatient, patientsAt } from './harness/demo.ts';
import type { Answer } from './harness/http.ts';
import { entriesOf, outcomesOf } from './harness/network-bundle.ts';
import type { Organisation } from './harness/organisation.ts';
import { consentResource, newId, PatientDevice } from './harness/patient-device.ts';
import { type RunningNode, startNode } from './harness/running-node.ts';
import { until } from './harness/until.ts';

let node: RunningNode;
let hospital: Organisation;
let clinic: Organisation;
let patient: DemoPatient;
let others: DemoPatient[];
beforeAll(async () => {
  node = await startNode();
  hospital = node.organisation('st-mary');
  clinic = node.organisation('lakeside');
  [patient, ...others] = (await patientsAt(node, 'st-mary', 'lakeside')) as [DemoPatient];
});
afterAll(() => node?.stop());

const usual = () => ({ patient: patient.at('st-mary'), custodian: 'st-mary', grantee: 'lakeside' });
const send = (body: object) =>
  patient.device.send({ id: '', custodian: '', body: body as Record<string, unknown> }, hospital);
const consentsOf = async (): Promise<
  { id: string; status: string; sequence: number; recordedBy: string }[]
> => (await hospital.call('GET', `/consents?patient=${patient.at('st-mary')}`)).json.consents;
const expectProblem = (answer: Answer, status: number, code?: string) => {
  expect(answer.status, answer.text).toBe(status);
  expect(answer.headers['content-type']).toContain('application/problem+json');
  if (code !== undefined) expect(answer.json.code).toBe(code);
};
const read = (who = patient) =>
  clinic.fhir('GET', `Patient/${who.at('lakeside')}/$network-everything`, { as: { purpose: 'TREAT' } });
const outcome = async (who = patient) => outcomesOf((await read(who)).json)['st-mary'];

describe('a grant that is not the patient’s own, exactly as signed, is refused and changes nothing', () => {
  const forge = (change: (body: Record<string, unknown>) => object) => () => {
    const { body } = patient.device.grant(usual());
    return { ...body, ...change(body) };
  };
  const stranger = () => new PatientDevice(randomBytes(32).toString('base64'), '0'.repeat(32));
  test.each<[string, () => object, number]>([
    [
      'a signature by another key',
      forge(() => ({ signature: stranger().grant(usual()).body.signature })),
      403,
    ],
    [
      'an enrolment by another key',
      forge(() => ({ enrolment: stranger().grant(usual()).body.enrolment })),
      403,
    ],
    ['another key', forge(() => ({ subjectKey: patient.device.enrolledKey('st-mary') })), 403],
    ['another salt', forge(() => ({ salt: randomBytes(32).toString('base64') })), 403],
    ['another text', forge(() => ({ consent: consentResource(patient.at('st-mary'), 'meridian') })), 403],
    ['another id', forge(() => ({ id: newId() })), 403],
    ['another sequence', forge(() => ({ sequence: 2 })), 403],
    ['an id that is none', forge(() => ({ id: 'mine' })), 400],
    ['no salt', forge(() => ({ salt: undefined })), 400],
    [
      'a grantee that is no member',
      () => patient.device.grant({ ...usual(), grantee: 'nowhere', linked: false }).body,
      422,
    ],
    [
      'a forged link',
      forge(({ links }) => ({
        links: [{ ...(links as object[])[0], signature: Buffer.alloc(64, 1).toString('base64') }],
      })),
      422,
    ],
    [
      'a rule that cannot be enforced',
      () => patient.device.grant({ ...usual(), provision: { action: [{ text: 'x' }] } }).body,
      422,
    ],
    [
      'another patient in the text',
      () => ({
        ...patient.device.grant({ ...usual(), patient: 'somebody' }).body,
        patient: patient.at('st-mary'),
      }),
      422,
    ],
  ])('%s', async (_what, make, status) => {
    const before = await consentsOf();
    const answer = await send(make());
    expect(answer.status, answer.text).toBe(status);
    expect(answer.json.code).toMatch(/^[a-z-]+$/);
    expect(await consentsOf()).toEqual(before);
  });

  test('a grant of somebody else under this patient’s token', async () => {
    const [other] = others;
    if (other === undefined) throw new Error('one patient only');
    const theirs = other.device.grant({ ...usual(), patient: other.at('st-mary') });
    const as = {
      user: `Patient/${patient.at('st-mary')}`,
      scope: 'patient/Consent.cruds',
      purpose: 'PATRQT',
    };
    const answer = await hospital.call('POST', '/consents', { as, body: theirs.body });
    expect([403, 404]).toContain(answer.status);
  });

  test('no token, and one without the scope', async () => {
    const { body } = patient.device.grant(usual());
    expectProblem(await hospital.call('POST', '/consents', { token: null, body }), 401);
    expectProblem(
      await hospital.call('POST', '/consents', { as: { scope: 'system/Patient.rs' }, body }),
      403,
    );
  });
});

describe('sequences', () => {
  test('sending the same grant again succeeds and changes nothing; other content under it conflicts', async () => {
    const grant = patient.device.grant({ ...usual(), linked: false });
    const first = await send(grant.body);
    expect(first.status, first.text).toBe(201);
    const again = await send(grant.body);
    expect([200, 201]).toContain(again.status);
    expect(again.json).toMatchObject({ id: grant.id, sequence: 1, status: 'active' });
    const other = patient.device.grant({ ...usual(), id: grant.id, linked: false });
    expectProblem(await send(other.body), 409);
    await patient.device.revoke(grant, hospital);
  });

  test('a revocation out of order is 409 with sequence-conflict, at every member', async () => {
    const grant = patient.device.grant({ ...usual(), linked: false });
    await send(grant.body);
    for (const organisation of node.organisations)
      expectProblem(
        await patient.device.revoke(grant, node.organisation(organisation), 3),
        409,
        'sequence-conflict',
      );
    expect((await consentsOf()).find(({ id }) => id === grant.id)?.status).toBe('active');
    expect((await patient.device.revoke(grant, hospital)).status).toBe(200);
  });

  test('replacing takes the next sequence, revoking the one after it, and then nothing more', async () => {
    const grant = patient.device.grant({ ...usual(), linked: false });
    await send(grant.body);
    const narrower = patient.device.grant({
      ...usual(),
      id: grant.id,
      sequence: 2,
      linked: false,
      provision: { class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Observation' }] },
    });
    const replaced = await send(narrower.body);
    expect([200, 201]).toContain(replaced.status);
    expect(replaced.json.sequence).toBe(2);
    expect((await patient.device.revoke(grant, clinic, 3)).json).toMatchObject({
      sequence: 3,
      status: 'revoked',
    });
    const late = patient.device.grant({ ...usual(), id: grant.id, sequence: 4, linked: false });
    expectProblem(await send(late.body), 409);
    const again = await patient.device.revoke(grant, hospital, 3);
    expect([200, 409]).toContain(again.status);
    expect((await consentsOf()).find(({ id }) => id === grant.id)).toMatchObject({
      status: 'revoked',
      sequence: 3,
    });
  });
});

describe('a revocation', () => {
  test('by another key, of an unknown consent, or malformed is refused', async () => {
    const grant = patient.device.grant({ ...usual(), linked: false });
    await send(grant.body);
    const [other] = others;
    const forged = other?.device.revocation(grant) ?? {};
    const post = (id: string, body: object | string) =>
      clinic.call('POST', `/consents/${id}/revoke`, { token: null, body });
    expectProblem(await post(grant.id, forged), 403, 'signature-invalid');
    expectProblem(await post(newId(), patient.device.revocation(grant)), 404);
    expectProblem(await post(grant.id, { sequence: 'two' }), 400);
    expectProblem(await post(grant.id, '{'), 400);
    expectProblem(await post('nonsense', patient.device.revocation(grant)), 404);
    expect((await consentsOf()).find(({ id }) => id === grant.id)?.status).toBe('active');
    await patient.device.revoke(grant, hospital);
  });

  test('denies at the node that receives it at once, and everywhere within a block', async () => {
    const grant = patient.device.grant(usual());
    expect((await send(grant.body)).status).toBe(201);
    await until('the grant works', async () => (await outcome()) === 'complete');
    expect((await patient.device.revoke(grant, hospital)).status).toBe(200);
    expect(await outcome()).toBe('not-permitted');
    // How long it took is a metric of each organisation: of the one that was asked, and of those who saw it on the ledger.
    const metrics = await node.send('/metrics');
    expect(metrics.text).toMatch(
      /holdfast_revocation_seconds_count\{(?=[^}]*organisation="st-mary")(?=[^}]*from="request")[^}]*\} [1-9]/,
    );
  });

  test('by the custodian’s staff needs a reason and a token, and says who recorded it', async () => {
    const grant = patient.device.grant({ ...usual(), linked: false });
    await send(grant.body);
    const path = `/consents/${grant.id}/revoke`;
    const body = { sequence: 2, reason: 'written-request' };
    expectProblem(await hospital.call('POST', path, { token: null, body }), 401);
    expectProblem(await hospital.call('POST', path, { body: { sequence: 2, reason: 'because' } }), 400);
    expectProblem(await clinic.call('POST', path, { body }), 403);
    const answer = await hospital.call('POST', path, { body });
    expect(answer.status, answer.text).toBe(200);
    expect((await consentsOf()).find(({ id }) => id === grant.id)).toMatchObject({
      status: 'revoked',
      recordedBy: 'custodian',
    });
  });
});

describe('what a grant permits is what it says', () => {
  const granted = async (provision: object, check: (answer: Answer) => void) => {
    const grant = patient.device.grant({ ...usual(), provision });
    expect((await send(grant.body)).status).toBe(201);
    check(
      await until('the grant works', async () => {
        const answer = await read();
        return outcomesOf(answer.json)['st-mary'] === 'complete' ? answer : undefined;
      }),
    );
    await patient.device.revoke(grant, hospital);
    await until('it is revoked', async () => (await outcome()) === 'not-permitted');
  };

  test('classes bound the resource types', () =>
    granted(
      { class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Observation' }] },
      ({ json }) => {
        const types = entriesOf(json, 'st-mary').map(({ resource }) => resource.resourceType);
        expect(new Set(types)).toEqual(new Set(['Observation']));
      },
    ));

  test('a denial inside wins over the permission around it', () =>
    granted(
      {
        provision: [
          { type: 'deny', class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Observation' }] },
        ],
      },
      ({ json }) => {
        const types = entriesOf(json, 'st-mary').map(({ resource }) => resource.resourceType);
        expect(types.length).toBeGreaterThan(0);
        expect(types).not.toContain('Observation');
      },
    ));

  test('a purpose that was not granted gets nothing', async () => {
    const grant = patient.device.grant(usual());
    await send(grant.body);
    await until('the grant works', async () => (await outcome()) === 'complete');
    const path = `Patient/${patient.at('lakeside')}/$network-everything`;
    for (const purpose of ['HPAYMT', 'HRESCH']) {
      const { status, text } = await clinic.fhir('GET', path, { as: { purpose } });
      expect([purpose, status === 200 ? entriesOf(JSON.parse(text), 'st-mary') : []]).toEqual([purpose, []]);
    }
    await patient.device.revoke(grant, hospital);
    await until('it is revoked', async () => (await outcome()) === 'not-permitted');
  });
});

describe('through FHIR, a Consent is the custodian’s own record', () => {
  test('create and delete are on the ledger as recorded by the custodian', async () => {
    const body = consentResource(patient.at('st-mary'), 'aurora');
    const created = await hospital.fhir('POST', 'Consent', { body });
    expect(created.status, created.text).toBe(201);
    expect(await consentsOf()).toContainEqual(
      expect.objectContaining({ id: created.json.id, status: 'active', recordedBy: 'custodian' }),
    );
    expect((await hospital.fhir('DELETE', `Consent/${created.json.id}`)).status).toBe(204);
    expect((await consentsOf()).find(({ id }) => id === created.json.id)?.status).not.toBe('active');
    expect((await hospital.fhir('GET', `Consent/${created.json.id}`)).status).toBe(410);
  });

  test('an id that is not 32 hex, and a patient-signed Consent, are refused', async () => {
    const body = { ...consentResource(patient.at('st-mary'), 'aurora'), id: 'mine' };
    expect((await hospital.fhir('PUT', 'Consent/mine', { body })).status).toBe(400);
    const grant = patient.device.grant({ ...usual(), linked: false });
    await send(grant.body);
    const changed = { ...consentResource(patient.at('st-mary'), 'meridian'), id: grant.id };
    expect((await hospital.fhir('PUT', `Consent/${grant.id}`, { body: changed })).status).toBe(409);
    expect((await hospital.fhir('DELETE', `Consent/${grant.id}`)).status).toBe(409);
    await patient.device.revoke(grant, hospital);
  });
});
