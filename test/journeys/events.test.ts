import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { EventReader } from '../interop/event-reader.ts';
import { ledgerId } from './harness/demo.ts';
import { openStream } from './harness/open-stream.ts';
import type { Organisation, TokenRequest } from './harness/organisation.ts';
import { PatientDevice } from './harness/patient-device.ts';
import { type RunningNode, startNode } from './harness/running-node.ts';
import { until } from './harness/until.ts';

/** Staff who ask for research, which only a consent permits. */
const RESEARCHER = { user: 'Practitioner/researcher', scope: 'user/*.rs', purpose: 'HRESCH' };
const STAFF = { user: 'Practitioner/follower', scope: 'user/*.rs', purpose: 'TREAT' };
const RESEARCH = {
  purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HRESCH' }],
};

let node: RunningNode;
let hospital: Organisation;
/** Somebody of whom nobody has asked anything yet: where journeys share a consortium, the demo's patients have consents. */
interface Person {
  readonly id: string;
  readonly device: PatientDevice;
}
let patient: Person;
let other: Person;
const readers: EventReader[] = [];
beforeAll(async () => {
  node = await startNode();
  hospital = node.organisation('st-mary');
  [patient, other] = [await newPerson(), await newPerson()];
});
afterEach(() => {
  for (const reader of readers.splice(0)) reader.close();
});
afterAll(() => node?.stop());

const open = async (
  ...asked: [path: string, as?: TokenRequest | string, headers?: Record<string, string>]
) => {
  const reader = await openStream(hospital, ...asked);
  readers.push(reader);
  return reader;
};
async function newPerson(): Promise<Person> {
  const { id } = await hospital.create({ resourceType: 'Patient', name: [{ family: 'Neu' }] });
  const device = new PatientDevice(randomBytes(32).toString('base64'), await ledgerId(node));
  await device.enrol(hospital, id);
  return { id, device };
}
const idOf = ({ id }: Person) => id;
const asPatient = (who: Person) => ({
  user: `Patient/${idOf(who)}`,
  scope: 'patient/*.cruds',
  purpose: 'PATRQT',
});
/** The patient writes an Observation; the reference of its version. */
const observe = async (who: Person, code = '8867-4', more: object = {}): Promise<string> => {
  const { id } = await hospital.create(
    {
      resourceType: 'Observation',
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code }] },
      subject: { reference: `Patient/${idOf(who)}` },
      ...more,
    },
    { as: asPatient(who) },
  );
  return `Observation/${id}/_history/1`;
};
const mayRead = async (reference: string, as: TokenRequest) =>
  (await hospital.fhir('GET', reference, { as })).status === 200;
const grantResearch = async (who: Person) => {
  const grant = who.device.grant({ patient: idOf(who), custodian: 'st-mary', provision: RESEARCH });
  const answer = await who.device.send(grant, hospital);
  if (answer.status >= 300) throw new Error(`not granted: ${answer.status} ${answer.text}`);
  return grant;
};

describe('what is taken back is told no more', () => {
  test('a consent that is revoked at another member: nothing of that patient, and the others go on', async () => {
    const grant = await grantResearch(patient);
    await grantResearch(other);
    const seen = await observe(patient);
    await until('research is permitted', () => mayRead(seen, RESEARCHER));
    await until('of both', async () => mayRead(`Patient/${idOf(other)}`, RESEARCHER));
    const stream = await open('/events?type=Observation', RESEARCHER);
    const told = await observe(patient);
    await stream.untilTold(1);
    await patient.device.revoke(grant, node.organisation('lakeside'));
    await until('research is permitted no more', async () => !(await mayRead(seen, RESEARCHER)));
    await observe(patient);
    const others = await observe(other);
    await stream.untilTold(2);
    expect(stream.told).toEqual([told, others]);
    expect(stream.isOver).toBe(false);
  });

  test('a token that is called back: the stream says so, and ends', async () => {
    const { json } = await hospital.tokenAnswer(STAFF);
    const token = String(json.access_token);
    const stream = await open('/events?type=Observation', token);
    const told = await observe(patient);
    await stream.untilTold(1);
    const headers = {
      authorization: `Basic ${Buffer.from('demo:demo').toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    };
    const body = new URLSearchParams({ token }).toString();
    expect((await hospital.send('/auth/revoke', { method: 'POST', headers, body })).status).toBe(200);
    await observe(patient);
    expect(await stream.untilEnd()).toBe('token-revoked');
    expect(stream.told).toEqual([told]);
    expect((await open('/events', token, { 'last-event-id': stream.lastId })).status).toBe(401);
  });
});

describe('nobody is told of what they could not read', () => {
  test('a patient of another', async () => {
    const stream = await open('/events', asPatient(patient));
    await observe(other);
    const own = await observe(patient);
    await stream.untilTold(1);
    expect(stream.told).toEqual([own]);
  });

  test('staff of what a label keeps from them', async () => {
    const provision = {
      type: 'deny',
      securityLabel: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'V' }],
      purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'TREAT' }],
    };
    const grant = other.device.grant({ patient: idOf(other), custodian: 'st-mary', provision });
    expect((await other.device.send(grant, hospital)).status).toBe(201);
    const meta = {
      security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'V' }],
    };
    const hidden = await observe(other, '8867-4', { meta });
    await until('it is hidden', async () => !(await mayRead(hidden, STAFF)));
    const stream = await open(`/events?patient=${idOf(other)}`, STAFF);
    await observe(other, '8867-4', { meta });
    const plain = await observe(other);
    await stream.untilTold(1);
    expect(stream.told).toEqual([plain]);
  });

  test('an app beyond the restriction of its scope', async () => {
    const scope = 'system/Observation.rs?code=http://loinc.org|8867-4';
    const stream = await open('/events', { scope });
    await observe(patient, '29463-7');
    const reached = await observe(patient);
    await stream.untilTold(1);
    expect(stream.told).toEqual([reached]);
    expect((await open('/events?type=Patient', { scope })).status).toBe(403);
  });
});

describe('Last-Event-ID', () => {
  test('goes on without loss, over what was erased meanwhile', async () => {
    const first = await open('/events?type=Observation', STAFF);
    await observe(patient);
    await first.untilTold(1);
    first.close();
    const { id } = await hospital.create({ resourceType: 'Patient', name: [{ family: 'Erased' }] });
    const subject = { reference: `Patient/${id}` };
    await hospital.create({ resourceType: 'Observation', status: 'final', code: { text: 'x' }, subject });
    const kept = [await observe(patient), await observe(patient)];
    const erased = await hospital.call('POST', `/patients/${id}/erasure`, {
      body: { reason: 'subject-request' },
    });
    expect(erased.status, erased.text).toBe(200);
    const again = await open('/events?type=Observation', STAFF, { 'last-event-id': first.lastId });
    await again.untilTold(2);
    expect(again.told).toEqual(kept);
  });

  test('is refused to another person, and when it is made up: alike', async () => {
    const { lastId } = await open('/events', STAFF);
    const foreign = await open('/events', asPatient(patient), { 'last-event-id': lastId });
    const forged = await open('/events', STAFF, { 'last-event-id': `${lastId.slice(0, -4)}AAAA` });
    const elsewhere = await openStream(node.organisation('lakeside'), '/events', STAFF, {
      'last-event-id': lastId,
    });
    for (const refused of [foreign, forged, elsewhere]) {
      expect([refused.status, JSON.parse(refused.text).code]).toEqual([410, 'position-expired']);
      expect(refused.text).toBe(foreign.text);
    }
  });
});

test('a patient reads in the log of accesses who was told', async () => {
  const user = 'Practitioner/told';
  const stream = await open(`/events?patient=${idOf(patient)}`, { ...STAFF, user });
  await observe(patient);
  await stream.untilTold(1);
  const path = `/audit/accesses?patient=${idOf(patient)}`;
  const { accesses } = (await hospital.call('GET', path, { as: asPatient(patient) })).json;
  const words = accesses
    .filter((access: { asker: { value: string } }) => access.asker.value === user)
    .map((access: { words: string }) => access.words);
  expect(words).toEqual([
    expect.stringContaining(`A member of staff (${user}) was told that entries were written`),
  ]);
});
