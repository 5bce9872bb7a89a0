import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { judgeFile, verifyBundle, verifyOffline } from './harness/offline.ts';
import { networkPolicy, type Organisation, type TokenRequest } from './harness/organisation.ts';
import { askingFor, bornBefore, enrolAs, newDevice, relatedPerson } from './harness/representative.ts';
import { type RunningNode, startNode } from './harness/running-node.ts';
import { until } from './harness/until.ts';

const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const PURPOSE = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
const CODE = { coding: [{ system: 'http://loinc.org', code: '8867-4' }] };
/** Care of a substance use disorder programme: where a minor may apply for it alone, only the minor discloses it (42 CFR 2.14(a)). */
const CONFIDENTIAL = { meta: { security: [{ system: ACT_CODE, code: '42CFRPart2' }] } };
const researcher = { user: 'Practitioner/researcher', scope: 'user/*.rs', purpose: 'HRESCH' };

let node: RunningNode;
let hospital: Organisation;
let child: string;
let open: string;
let quiet: string;
let parent: TokenRequest;
let minor: TokenRequest;
beforeAll(async () => {
  node = await startNode({ patients: 2 });
  hospital = node.organisation('st-mary');
  const made = { resourceType: 'Patient', birthDate: bornBefore(15), name: [{ family: 'Kind' }] };
  child = (await hospital.create(made)).id;
  open = (await observe(child)).id;
  quiet = (await observe(child, CONFIDENTIAL)).id;
  const { id } = await hospital.create(relatedPerson(child, 'MTH'));
  parent = askingFor(id, child);
  minor = { user: `Patient/${child}`, scope: 'patient/*.rs patient/Consent.cruds', purpose: 'PATRQT' };
});
afterAll(() => node?.stop());

const observe = (patient: string, more: object = {}) =>
  hospital.create({
    resourceType: 'Observation',
    status: 'final',
    code: CODE,
    subject: { reference: `Patient/${patient}` },
    ...more,
  });
const status = async (path: string, as: TokenRequest) => (await hospital.fhir('GET', path, { as })).status;
const ids = (query: string, as: TokenRequest) => hospital.searchIds(query, { as });

describe('a parent', () => {
  test('reads the child’s record', async () => {
    expect(await status(`Patient/${child}`, parent)).toBe(200);
    expect(await status(`Observation/${open}`, parent)).toBe(200);
  });

  test('does not see the child’s confidential care: no read, version, history or receipt', async () => {
    for (const path of ['', '/_history/1', '/_history', '/$receipt', '/_history/1/$receipt']) {
      const hidden = await hospital.fhir('GET', `Observation/${quiet}${path}`, { as: parent });
      const absent = await hospital.fhir('GET', `Observation/${'0'.repeat(32)}${path}`, { as: parent });
      expect([path, hidden.status]).toEqual([path, absent.status]);
      expect(hidden.text.replaceAll(quiet, '')).toBe(absent.text.replaceAll('0'.repeat(32), ''));
    }
  });

  test('neither by searches, counts, includes nor everything', async () => {
    expect(await ids(`Observation?patient=${child}`, parent)).toEqual([open]);
    expect(await ids(`Observation?_id=${quiet}`, parent)).toEqual([]);
    expect(await ids(`Observation?_security=${ACT_CODE}%7C42CFRPart2`, parent)).toEqual([]);
    for (const count of ['_summary=count', '_total=accurate']) {
      const { json } = await hospital.fhir('GET', `Observation?patient=${child}&${count}`, { as: parent });
      expect([count, json.total]).toEqual([count, 1]);
    }
    const included = `Patient?_id=${child}&_revinclude=Observation:subject`;
    for (const path of [included, `Patient/${child}/$everything`]) {
      const { text } = await hospital.fhir('GET', path, { as: parent });
      expect([path, text.includes(open), text.includes(quiet)]).toEqual([path, true, false]);
    }
  });

  test('nor from the access log, which tells of all else', async () => {
    // Somebody of the hospital looks at both.
    for (const id of [open, quiet])
      expect(await status(`Observation/${id}`, { user: 'Practitioner/carer' })).toBe(200);
    const logs = async (as: TokenRequest) => {
      const events = await hospital.searchAll(`AuditEvent?patient=${child}`, { as });
      const words = await hospital.call('GET', `/audit/accesses?patient=${child}`, { as });
      expect(words.status, words.text).toBe(200);
      return { events: JSON.stringify(events), told: words.json.accesses.length, count: events.length };
    };
    const [theirs, own] = [await logs(parent), await logs(minor)];
    expect([theirs.events.includes(open), theirs.events.includes(quiet)]).toEqual([true, false]);
    expect([theirs.told > 0, theirs.told < own.told]).toEqual([true, true]);
    expect(own.events).toContain(quiet);
    expect(theirs.count).toBeLessThan(own.count);
    expect(await ids(`AuditEvent?entity=Observation/${quiet}`, parent)).toEqual([]);
    const counted = await hospital.fhir('GET', `AuditEvent?entity=Observation/${quiet}&_summary=count`, {
      as: parent,
    });
    expect(counted.json.total).toBe(0);
  });

  test('nor by asking for an amendment of it, or reading what the child asked for', async () => {
    const amend = (object: string, as: TokenRequest) =>
      hospital.call('POST', '/audit/requests', {
        as,
        body: { kind: 'amendment', patient: child, object: `Observation/${object}`, text: 'It is wrong.' },
      });
    expect((await amend(quiet, parent)).status).toBe(404);
    expect((await amend(open, parent)).status).toBe(201);
    const own = await amend(quiet, minor);
    expect(own.status, own.text).toBe(201);
    const listed = await hospital.call('GET', `/audit/requests?patient=${child}`, { as: parent });
    expect([listed.status, listed.text.includes(open), listed.text.includes(quiet)]).toEqual([
      200,
      true,
      false,
    ]);
    expect((await hospital.call('GET', `/audit/requests/${own.json.id}`, { as: parent })).status).toBe(404);
  });

  test.each(['enclose', 'disagree'])(
    'nor by the denied amendment of it that the child lets go with the record: %s',
    async (step) => {
      const post = (path: string, body: object, as: TokenRequest) =>
        hospital.call('POST', `/audit/requests${path}`, { as, body });
      const secret = `I never took any of it (${step}).`;
      const object = `Observation/${quiet}`;
      const asked = await post('', { kind: 'amendment', patient: child, object, text: secret }, minor);
      const officer = { user: 'Practitioner/officer', scope: 'user/AuditEvent.rus', purpose: 'HOPERAT' };
      const denial = { ground: 'accurate-and-complete', text: 'It was measured twice.' };
      expect((await post(`/${asked.json.id}/deny`, denial, officer)).status).toBe(200);
      const told = await post(`/${asked.json.id}/${step}`, { text: 'Tell whoever reads it.' }, minor);
      expect(told.status, told.text).toBe(200);
      const path = `Communication/${asked.json.id}`;
      expect([await status(path, minor), await status(path, parent)]).toEqual([200, 404]);
      for (const query of [`Communication?patient=${child}`, `Communication?_id=${asked.json.id}`])
        expect([query, await ids(query, parent)]).toEqual([query, []]);
      const { text } = await hospital.fhir('GET', `Patient/${child}/$everything`, { as: parent });
      expect([text.includes(open), text.includes(secret)]).toEqual([true, false]);
    },
  );

  test('is not the parent of somebody else’s child', async () => {
    const other = await hospital.create({ resourceType: 'Patient', birthDate: bornBefore(15) });
    const { id } = await observe(other.id);
    expect(await status(`Observation/${id}`, parent)).toBe(404);
    expect((await hospital.tokenAnswer({ ...parent, patient: other.id })).status).toBe(400);
  });

  test('cannot be one where nobody knows when the child was born', async () => {
    const { id } = await hospital.create({ resourceType: 'Patient' });
    const { id: related } = await hospital.create(relatedPerson(id, 'FTH'));
    expect((await hospital.tokenAnswer(askingFor(related, id))).status).toBe(400);
    const key = await hospital.call('POST', `/patients/${id}/enrolment`, { body: { role: 'parent' } });
    expect(key.status).toBe(400);
  });
});

describe('the minor', () => {
  test('sees their confidential care, and who looked at it', async () => {
    expect(await status(`Observation/${quiet}`, minor)).toBe(200);
    expect((await ids(`Observation?patient=${child}`, minor)).sort()).toEqual([open, quiet].sort());
    expect((await ids(`AuditEvent?entity=Observation/${quiet}`, minor)).length).toBeGreaterThan(0);
  });
});

describe('a parent’s grant', () => {
  test('is the parent’s to give, and releases nothing of what is the minor’s alone', async () => {
    const device = await newDevice(node);
    await enrolAs(hospital, device, { patient: child, as: parent, role: 'parent' });
    const provision = { purpose: [{ system: PURPOSE, code: 'HRESCH' }] };
    const grant = device.grant({ patient: child, custodian: 'st-mary', provision, linked: false });
    const sent = await hospital.call('POST', '/consents', { as: parent, body: grant.body });
    expect([201, 202], sent.text).toContain(sent.status);
    await until('the grant works', async () => (await status(`Observation/${open}`, researcher)) === 200);
    expect(await status(`Observation/${quiet}`, researcher)).toBe(404);
    const revoked = await device.revoke(grant, hospital);
    expect([200, 202], revoked.text).toContain(revoked.status);
    expect(await status(`Observation/${open}`, researcher)).toBe(404);
  });

  test('is given by a key that ends with the minority', async () => {
    const { json } = await hospital.call('GET', `/patients/${child}/keys`);
    const [key] = json.keys.filter(({ role }: { role: string }) => role === 'parent');
    expect(key.until).toBe(`${bornBefore(15 - 18)}T00:00:00.000Z`);
  });
});

describe('on the day the child is of age', () => {
  test('the parent may no more, in the middle of what was begun', async () => {
    const born = (years: number, inDays = 0) => ({
      resourceType: 'Patient',
      birthDate: bornBefore(years, inDays),
    });
    const { id } = await hospital.create(born(18, 30));
    const observations = [(await observe(id)).id, (await observe(id)).id];
    const { id: related } = await hospital.create(relatedPerson(id, 'FTH'));
    const father = askingFor(related, id);
    const page = await hospital.fhir('GET', `Observation?patient=${id}&_count=1`, { as: father });
    const { url } = page.json.link.find(({ relation }: { relation: string }) => relation === 'next');
    const { pathname, search } = new URL(url);
    const next = () =>
      hospital.call('GET', `${pathname}${search}`.slice(hospital.prefix.length), { as: father });
    expect((await next()).status).toBe(200);
    // No clock can be moved here: the day comes by a record that was corrected.
    const corrected = await hospital.fhir('PUT', `Patient/${id}`, { body: { ...born(18), id } });
    expect(corrected.status, corrected.text).toBe(200);
    expect((await next()).status).toBe(401);
    for (const observation of observations)
      expect(await status(`Observation/${observation}`, father)).toBe(401);
    expect((await hospital.tokenAnswer({ ...father, scope: 'patient/*.rs' })).status).toBe(400);
    const own = { user: `Patient/${id}`, scope: 'patient/*.rs', purpose: 'PATRQT' };
    expect(await status(`Observation/${observations[0]}`, own)).toBe(200);
  });
});

test('what the minor was shown is checked offline, and no forgery of it', async () => {
  const as = { as: minor };
  const receipt = await hospital.receipt(`Observation/${quiet}`, as);
  const { text } = await hospital.fhir('GET', `Observation/${quiet}`, as);
  const file = (content: string) =>
    JSON.stringify({
      version: 1,
      policies: [],
      items: [{ receipt: JSON.parse(receipt.text), content: JSON.parse(content) }],
    });
  const verdict = await verifyOffline(node, file(text));
  expect(verdict.code, verdict.stdout).toBe(0);
  const policy = await networkPolicy(node.port);
  const forged = file(text.replace('8867-4', '8867-5'));
  expect(judgeFile(verifyBundle, forged, policy)).toMatchObject({ ok: false });
});
