import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { judgeFile, verifyAuditExport, verifyOffline } from './harness/offline.ts';
import { networkPolicy, type Organisation, type TokenRequest } from './harness/organisation.ts';
import type { Grant, PatientDevice } from './harness/patient-device.ts';
import { askingFor, enrolAs, newDevice, relatedPerson } from './harness/representative.ts';
import { type RunningNode, startNode } from './harness/running-node.ts';
import { until } from './harness/until.ts';

const PURPOSE = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
/** A patient grants research, which nothing else permits; everybody of the hospital may ask for it then. */
const RESEARCH = { purpose: [{ system: PURPOSE, code: 'HRESCH' }] };
const researcher = { user: 'Practitioner/researcher', scope: 'user/*.rs', purpose: 'HRESCH' };
/** How long a right lasts that ends while somebody waits for it. */
const SHORT_MS = 3_000;

let node: RunningNode;
let hospital: Organisation;
let patient: string;
let observation: string;
let agent: string;
let asAgent: TokenRequest;
let device: PatientDevice;
/** Somebody else, with an agent of their own. */
let stranger: { patient: string; agent: string; as: TokenRequest; device: PatientDevice };
beforeAll(async () => {
  node = await startNode({ patients: 2 });
  hospital = node.organisation('st-mary');
  ({ patient, agent, as: asAgent, device } = await represented('Vertretene'));
  stranger = await represented('Fremde');
  const code = { coding: [{ system: 'http://loinc.org', code: '8867-4' }] };
  const subject = { reference: `Patient/${patient}` };
  const made = { resourceType: 'Observation', status: 'final', code, subject };
  observation = (await hospital.create(made)).id;
});
afterAll(() => node?.stop());

/** An adult whose health care agent has signed up. */
async function represented(family: string) {
  const born = { resourceType: 'Patient', birthDate: '1941-05-02', name: [{ family }] };
  const { id } = await hospital.create(born);
  const { id: related } = await hospital.create(relatedPerson(id, 'HPOWATT'));
  const as = askingFor(related, id);
  const own = await newDevice(node);
  const end = new Date(Date.now() + 365 * 24 * 3600 * 1000).toISOString();
  await enrolAs(hospital, own, { patient: id, as, role: 'representative', until: end });
  return { patient: id, agent: related, as, device: own };
}

const grantBy = (signer: PatientDevice): Grant =>
  signer.grant({ patient, custodian: 'st-mary', provision: RESEARCH, linked: false });
const send = (grant: Grant, as: TokenRequest) => hospital.call('POST', '/consents', { as, body: grant.body });
const reads = async (as: TokenRequest) =>
  (await hospital.fhir('GET', `Observation/${observation}`, { as })).status;

describe('somebody else’s delegate, and who is none', () => {
  test.each<[string, () => Promise<TokenRequest>]>([
    ['somebody else’s agent', async () => ({ ...stranger.as, patient })],
    [
      'an agent for finances',
      async () => askingFor((await hospital.create(relatedPerson(patient, 'POWATT'))).id, patient),
    ],
    [
      'a neighbour',
      async () => askingFor((await hospital.create(relatedPerson(patient, 'NBOR'))).id, patient),
    ],
    [
      'an agent whose time is over',
      async () => {
        const over = relatedPerson(patient, 'HPOWATT', { period: { end: '2020-01-31' } });
        return askingFor((await hospital.create(over)).id, patient);
      },
    ],
    ['a RelatedPerson who is not there', async () => askingFor('nobody', patient)],
  ])('%s gets no token for the patient', async (_case, who) => {
    const answer = await hospital.tokenAnswer(await who());
    expect([answer.status, answer.json.error]).toEqual([400, 'invalid_grant']);
  });

  test('reads nothing of the patient with a token for their own, whatever its scopes', async () => {
    for (const scope of ['patient/*.rs', 'user/*.cruds']) {
      const as = { ...stranger.as, scope };
      expect(await reads(as)).toBe(404);
      expect(await hospital.searchIds(`Observation?patient=${patient}`, { as })).toEqual([]);
      const log = await hospital.call('GET', `/audit/accesses?patient=${patient}`, { as });
      expect(log.status, log.text).toBe(403);
    }
  });

  test('grants nothing for the patient: neither with their own token nor, with their own key, by the agent’s', async () => {
    const refused = await send(grantBy(stranger.device), stranger.as);
    expect(refused.status, refused.text).toBe(403);
    const forged = await send(grantBy(stranger.device), asAgent);
    expect([forged.status, forged.json.code]).toEqual([403, 'enrolment-invalid']);
    expect(await reads(researcher)).toBe(404);
  });
});

describe('a health care agent', () => {
  let grant: Grant;

  test('reads the patient’s record, its access log and its consents', async () => {
    expect(await reads(asAgent)).toBe(200);
    expect(await hospital.searchIds(`Observation?patient=${patient}`, { as: asAgent })).toEqual([
      observation,
    ]);
    const log = await hospital.call('GET', `/audit/accesses?patient=${patient}`, { as: asAgent });
    expect([log.status, log.json.accesses.length > 0]).toEqual([200, true]);
    // The patient reads there who it was, and that it was nobody of the staff.
    const own = { user: `Patient/${patient}`, scope: 'patient/*.rs', purpose: 'PATRQT' };
    const told = await hospital.call('GET', `/audit/accesses?patient=${patient}`, { as: own });
    expect(told.text).toContain(`Who may ask for you (RelatedPerson/${agent})`);
  });

  test('writes nothing into it', async () => {
    const body = {
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'x' },
      subject: { reference: `Patient/${patient}` },
    };
    const as = { ...asAgent, scope: 'patient/*.cruds user/*.cruds' };
    const related = await hospital.fhir('PUT', `RelatedPerson/${agent}`, {
      as: { ...asAgent, scope: 'patient/Patient.rs' },
      body: { ...relatedPerson(patient, 'HPOWATT'), id: agent },
    });
    expect(related.status).toBe(403);
    const keys = await hospital.call('POST', `/patients/${patient}/enrolment`, { as, body: {} });
    expect(keys.status).toBe(403);
    expect((await hospital.fhir('POST', 'Observation', { as: asAgent, body })).status).toBe(403);
  });

  test('grants for the patient, and it takes effect', async () => {
    expect(await reads(researcher)).toBe(404);
    grant = grantBy(device);
    const answer = await send(grant, asAgent);
    expect([201, 202], answer.text).toContain(answer.status);
    await until('the grant works', async () => (await reads(researcher)) === 200);
    const listed = await hospital.call('GET', `/consents?patient=${patient}`, { as: asAgent });
    const status = (consents: { id: string; status: string }[]) =>
      consents.find(({ id }) => id === grant.id)?.status;
    expect(status(listed.json.consents)).toBe('active');
    const own = { user: `Patient/${patient}`, scope: 'patient/*.rs', purpose: 'PATRQT' };
    const ofPatient = await hospital.call('GET', `/consents?patient=${patient}`, { as: own });
    expect(status(ofPatient.json.consents)).toBe('active');
  });

  test('revokes for the patient, and it stops the next request', async () => {
    const stolen = await stranger.device.revoke(grant, hospital);
    expect([stolen.status, await reads(researcher)]).toEqual([403, 200]);
    const answer = await device.revoke(grant, hospital);
    expect([200, 202], answer.text).toContain(answer.status);
    expect(await reads(researcher)).toBe(404);
  });

  test('may no more once their time is over: no token, no page of a list begun before, no grant', async () => {
    const { id: ending } = await hospital.create(relatedPerson(patient, 'HPOWATT'));
    const as = askingFor(ending, patient);
    const own = await newDevice(node);
    const enrolled = await enrolAs(hospital, own, { patient, as, role: 'representative' });
    expect(await reads(as)).toBe(200);
    const end = new Date(Date.now() + SHORT_MS);
    const short = {
      ...relatedPerson(patient, 'HPOWATT', { period: { end: end.toISOString() } }),
      id: ending,
    };
    expect((await hospital.fhir('PUT', `RelatedPerson/${ending}`, { body: short })).status).toBe(200);
    await until('the period is over', async () => (await reads(as)) === 401);
    expect(Date.now()).toBeGreaterThanOrEqual(end.getTime());
    expect((await hospital.tokenAnswer({ ...as, scope: 'patient/*.rs' })).status).toBe(400);
    // The key is ended as the right is: it would else sign under whatever token reaches the patient.
    await hospital.call('DELETE', `/patients/${patient}/keys/${enrolled}`);
    const late = await send(grantBy(own), asAgent);
    expect([late.status, late.json.code]).toEqual([403, 'enrolment-invalid']);
  });

  test('may no more from the next request on when the custodian’s record says so, in the middle of a list', async () => {
    const { id: second } = await hospital.create(relatedPerson(patient, 'HPOWATT'));
    const as = askingFor(second, patient);
    const page = await hospital.fhir('GET', `AuditEvent?patient=${patient}&_count=1`, { as });
    const { url } = page.json.link.find(({ relation }: { relation: string }) => relation === 'next');
    const next = () => {
      const { pathname, search } = new URL(url);
      return hospital.call('GET', `${pathname}${search}`.slice(hospital.prefix.length), { as });
    };
    expect((await next()).status).toBe(200);
    const ended = { ...relatedPerson(patient, 'HPOWATT', { active: false }), id: second };
    expect((await hospital.fhir('PUT', `RelatedPerson/${second}`, { body: ended })).status).toBe(200);
    expect((await next()).status).toBe(401);
  });

  test('leaves a trail that names them, which the patient checks offline', async () => {
    const own = { as: { user: `Patient/${patient}`, scope: 'patient/*.rs', purpose: 'PATRQT' } };
    const exported = await until('the export is covered', async () => {
      const tried = await hospital.call('GET', `/audit/export?patient=${patient}`, own);
      return tried.status === 200 ? tried : undefined;
    });
    expect(exported.text).toContain(`RelatedPerson/${agent}`);
    expect(exported.text).toContain(grant.id);
    const verdict = await verifyOffline(node, exported.text);
    expect(verdict.code, verdict.stdout).toBe(0);
    const forged = exported.text.replaceAll(`RelatedPerson/${agent}`, `Patient/${patient}`);
    const policy = await networkPolicy(node.port);
    expect(judgeFile(verifyAuditExport, exported.text, policy)).toMatchObject({ ok: true });
    expect(judgeFile(verifyAuditExport, forged, policy)).toMatchObject({ ok: false });
  });
});
