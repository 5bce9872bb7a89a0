import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Persona, personas } from './harness/demo.ts';
import { denyOwnPeople } from './harness/deny-own-people.ts';
import { contentsOf, entriesOf, outcomesOf, receiptOf } from './harness/network-bundle.ts';
import { judgeFile, verifyAuditExport, verifyOffline } from './harness/offline.ts';
import { judge, networkPolicy, type Organisation } from './harness/organisation.ts';
import { type RunningNode, startNode } from './harness/running-node.ts';
import { until } from './harness/until.ts';

/** The least time for which glass is broken, and some. */
const MINUTE_MS = 90_000;
const MENTAL_HEALTH = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';

let node: RunningNode;
let hospital: Organisation;
let clinic: Organisation;
/** Somebody known at both, and somebody else at the hospital; both keep the hospital's own people out. */
let patient: string;
let elsewhere: string;
let other: string;
let observation: string;
let note: string;
let person: Persona;
const tokens = new Map<string, string>();

beforeAll(async () => {
  node = await startNode({ patients: 6 });
  hospital = node.organisation('st-mary');
  clinic = node.organisation('lakeside');
  const everybody = await personas(node);
  await findLinked(everybody);
  ({ id: other } = await hospital.create({ resourceType: 'Patient', name: [{ family: 'Fremd' }] }));
  ({ id: observation } = await hospital.create(recorded(patient)));
  await hospital.create(recorded(other));
  // Only who writes notes on psychotherapy has them at hand (45 CFR 164.508(a)(2)(i)(A)).
  const therapist = { user: 'Practitioner/therapist', scope: 'user/*.cruds' };
  const kept = { ...recorded(patient, 'PSYTHPN'), performer: [{ reference: 'Practitioner/therapist' }] };
  ({ id: note } = await hospital.create(kept, { as: therapist }));
  for (const each of [patient, other]) await denyOwnPeople(hospital, each);
  for (const [name, organisation, role] of [
    ['clinician', 'st-mary', 'clinician'],
    ['visitor', 'lakeside', 'clinician'],
    ['front desk', 'st-mary', 'front-desk'],
    ['researcher', undefined, 'researcher'],
    ['officer', 'st-mary', 'compliance'],
  ] as const) {
    const found = everybody.find(
      (each) => each.role === role && (organisation === undefined || each.organisation === organisation),
    );
    if (found !== undefined) tokens.set(name, await signIn(found.id, found.organisation));
  }
  tokens.set('patient', await signIn(person.id, 'st-mary'));
}, 400_000);
afterAll(() => node?.stop());

/** A person whose record at the clinic says under which id the hospital knows them. */
async function findLinked(everybody: readonly Persona[]): Promise<void> {
  for (const each of everybody) {
    const at = (organisation: string) =>
      each.records?.find((record) => record.organisation === organisation)?.patient;
    const [here, there] = [at('st-mary'), at('lakeside')];
    if (here === undefined || there === undefined) continue;
    const { identifier = [] } = (await clinic.fhir('GET', `Patient/${there}`)).json;
    const isLinked = identifier.some(
      ({ system, value }: { system?: string; value?: string }) =>
        system === 'urn:holdfast:patient:st-mary' && value === here,
    );
    if (!isLinked) continue;
    [person, patient, elsewhere] = [each, here, there];
    return;
  }
  throw new Error('no demo patient is linked at the hospital and the clinic');
}

async function signIn(id: string, organisation: string): Promise<string> {
  const body = JSON.stringify({ persona: id, organisation });
  const headers = { 'content-type': 'application/json' };
  const answer = await node.send('/demo/sign-in', { method: 'POST', headers, body });
  if (answer.status !== 200) throw new Error(`${id} cannot sign in: ${answer.status} ${answer.text}`);
  return answer.json.access_token;
}

const recorded = (of: string, label?: string) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'allergy to penicillin' },
  subject: { reference: `Patient/${of}` },
  ...(label === undefined ? {} : { meta: { security: [{ system: MENTAL_HEALTH, code: label }] } }),
});

const as = (name: string): { token: string } => {
  const token = tokens.get(name);
  if (token === undefined) throw new Error(`nobody signed in as ${name}`);
  return { token };
};
const reading = async (name: string, path: string): Promise<number> =>
  (await hospital.fhir('GET', path, as(name))).status;
const emergency = {
  reason: 'medical-emergency',
  text: 'Found unconscious, anaphylaxis suspected.',
};
const breaking = (name: string, body: object, at: Organisation = hospital) =>
  at.call('POST', '/break-glass', { body: { ...emergency, ...body }, ...as(name) });
const acrossNetwork = () => clinic.fhir('GET', `Patient/${elsewhere}/$network-everything`, as('visitor'));

describe('without broken glass', () => {
  test('a clinician whom the patient keeps out sees nothing, here and across organisations', async () => {
    expect(await reading('clinician', `Patient/${patient}`)).toBe(404);
    expect(await reading('clinician', `Observation/${observation}`)).toBe(404);
    expect(await hospital.searchIds(`Observation?patient=${patient}`, as('clinician'))).toEqual([]);
    const { json } = await acrossNetwork();
    expect(outcomesOf(json)['st-mary']).toBe('not-permitted');
    expect(entriesOf(json, 'st-mary')).toEqual([]);
  });

  test.each<[why: string, who: string, body: object, status: number]>([
    ['at the front desk', 'front desk', {}, 403],
    ['as a privacy officer', 'officer', {}, 403],
    ['as the patient', 'patient', {}, 403],
    ['without a reason', 'clinician', { reason: undefined }, 400],
    ['without words', 'clinician', { text: '' }, 400],
    ['for a day', 'clinician', { minutes: 1440 }, 400],
  ])('nobody breaks it %s', async (_why, who, body, status) => {
    const answer = await breaking(who, { patient, ...body });
    expect(answer.status, answer.text).toBe(status);
    expect(await reading('clinician', `Patient/${patient}`)).toBe(404);
  });

  test('nobody breaks it for research, or by saying BTG alone', async () => {
    const user = { user: 'Practitioner/researcher', scope: 'user/*.rs' };
    const answer = await hospital.call('POST', '/break-glass', {
      body: { ...emergency, patient, name: 'R' },
      as: { ...user, purpose: 'HRESCH' },
    });
    expect(answer.status).toBe(403);
    const token = { as: { ...user, purpose: 'BTG' } };
    expect((await hospital.fhir('GET', `Patient/${patient}`, token)).status).toBe(404);
    // Software asks for nobody in person.
    const client = {
      body: { ...emergency, patient, name: 'S' },
      as: { scope: 'system/*.rs', purpose: 'BTG' },
    };
    expect((await hospital.call('POST', '/break-glass', client)).status).toBe(403);
  });
});

describe('with broken glass', () => {
  let glass: string;
  let short: string;
  let across: string;
  beforeAll(async () => {
    const brief = await breaking('clinician', { patient: other, minutes: 1 });
    expect(brief.status, brief.text).toBe(201);
    short = brief.json.id;
    const answer = await breaking('clinician', { patient });
    expect(answer.status, answer.text).toBe(201);
    glass = answer.json.id;
  });

  test('the clinician reads and finds what was closed; notes on psychotherapy stay closed', async () => {
    expect(await reading('clinician', `Patient/${patient}`)).toBe(200);
    expect(await reading('clinician', `Observation/${observation}`)).toBe(200);
    expect(await reading('clinician', `Observation/${note}`)).toBe(404);
    const found = await hospital.searchIds(`Observation?patient=${patient}&_count=100`, as('clinician'));
    expect(found).toContain(observation);
    expect(found).not.toContain(note);
  });

  test('it opens to nobody else, nothing else, and for reading alone', async () => {
    expect(await reading('front desk', `Patient/${patient}`)).toBe(404);
    const colleague = { user: 'Practitioner/colleague', scope: 'user/*.crus', purpose: 'BTG' };
    expect((await hospital.fhir('GET', `Patient/${patient}`, { as: colleague })).status).toBe(404);
    const body = { ...recorded(patient), id: observation };
    const written = await hospital.fhir('PUT', `Observation/${observation}`, { body, ...as('clinician') });
    expect([403, 404]).toContain(written.status);
    const consents = await hospital.searchIds(`Consent?patient=${patient}`, as('clinician'));
    expect(consents).toEqual([]);
  });

  test('each reading is marked in the trail as breaking the glass, and others are not', async () => {
    // The trail of somebody who keeps the hospital's people out is theirs to read.
    const query = `AuditEvent?entity=Observation/${observation}&subtype=read`;
    const events = await hospital.searchAll(query, as('patient'));
    const marked = events.filter(({ outcome, purposeOfEvent }) => {
      const codes = purposeOfEvent.flatMap(({ coding }: { coding: { code: string }[] }) => coding);
      return outcome === '0' && codes.some(({ code }: { code: string }) => code === 'BTG');
    });
    expect(marked.length).toBeGreaterThan(0);
    const { id: open } = await hospital.create({ resourceType: 'Patient', name: [{ family: 'Offen' }] });
    expect(await reading('clinician', `Patient/${open}`)).toBe(200);
    const [plain] = await hospital.auditEvents(`entity=Patient/${open}&subtype=read`);
    expect(JSON.stringify(plain.purposeOfEvent)).not.toContain('BTG');
  });

  test('across organisations: the clinic reads the hospital’s record, and every entry proves itself', async () => {
    const answer = await breaking('visitor', { patient: elsewhere }, clinic);
    expect(answer.status, answer.text).toBe(201);
    across = answer.json.id;
    const { text, json } = await until('the hospital answers', async () => {
      const tried = await acrossNetwork();
      return entriesOf(tried.json, 'st-mary').length > 0 ? tried : undefined;
    });
    expect(['complete', 'partial']).toContain(outcomesOf(json)['st-mary']);
    const policies = [await networkPolicy(node.port)];
    const contents = contentsOf(text);
    for (const entry of entriesOf(json, 'st-mary').slice(0, 10))
      expect(judge(receiptOf(entry), policies, contents.get(entry.fullUrl))).toMatchObject({ ok: true });
    expect(text).not.toContain(`Observation/${note}`);
    // Who did not break it there gets nothing, whatever their token says.
    const colleague = { user: 'Practitioner/colleague', scope: 'user/*.crus', purpose: 'TREAT BTG' };
    const without = await clinic.fhir('GET', `Patient/${elsewhere}/$network-everything`, { as: colleague });
    expect(outcomesOf(without.json)['st-mary']).toBe('not-permitted');
  });

  test('the patient reads at once who it was and why, and sees it in their log', async () => {
    const told = await hospital.searchAll(`Communication?subject=Patient/${patient}`, as('patient'));
    const words = JSON.stringify(told);
    expect(told.length).toBeGreaterThanOrEqual(2);
    expect(words).toContain('anaphylaxis');
    expect(words).toContain('Lakeside');
    const log = await hospital.call('GET', `/audit/accesses?patient=${patient}`, as('patient'));
    expect(log.text).toContain('opened the record in an emergency');
    expect(log.text).toContain('break the glass');
  });

  test('the privacy officer finds both in the queue with their facts, reviews them, and nobody else does', async () => {
    for (const name of ['clinician', 'front desk', 'patient'])
      expect((await hospital.call('GET', '/audit/break-glass', as(name))).status).toBe(403);
    const { accesses } = (await hospital.call('GET', `/audit/break-glass?patient=${patient}`, as('officer')))
      .json;
    expect(accesses).toHaveLength(2);
    const away = accesses.find(({ id }: { id: string }) => id !== glass);
    expect(away.facts.breaker).toMatchObject({
      organisation: 'lakeside',
      name: expect.stringMatching(/\w+ \w+/),
    });
    expect(away.facts.discloser).toContain('St. Mary');
    expect(away.id).not.toBe(across);
    for (const { id } of accesses) {
      const path = `/audit/break-glass/${id}/review`;
      const body = { outcome: 'justified', note: 'Seen in the emergency department.' };
      expect((await hospital.call('POST', path, { body, ...as('clinician') })).status).toBe(403);
      const reviewed = await hospital.call('POST', path, { body, ...as('officer') });
      expect(reviewed.status, reviewed.text).toBe(200);
      expect((await hospital.call('POST', path, { body, ...as('officer') })).status).toBe(409);
    }
    const log = await hospital.call('GET', `/audit/accesses?patient=${patient}`, as('patient'));
    expect(log.text).toContain('looked into an emergency access');
  });

  test('the officer reads which exception a refusal falls under; the clinician reads of none', async () => {
    expect(await reading('front desk', `Observation/${observation}`)).toBe(403);
    const { refusals } = (await hospital.call('GET', '/audit/refusals', as('officer'))).json;
    const all = refusals.flatMap(({ exceptions }: { exceptions: string[] }) => exceptions);
    expect(all).toContain('privacy-individual-request: 45 CFR 171.202(e)');
    expect(all).toContain('security: 45 CFR 171.203');
    expect((await hospital.call('GET', '/audit/refusals', as('clinician'))).status).toBe(403);
    const events = JSON.stringify(await hospital.searchAll('AuditEvent?outcome=4', as('clinician')));
    expect(events).not.toContain('171.202');
  });

  test('when its time is up it is closed again', async () => {
    expect(short).toMatch(/^[0-9a-f]{32}$/);
    const closed = async () => (await reading('clinician', `Patient/${other}`)) === 404;
    await until('the time is up', closed, MINUTE_MS);
    expect(await reading('clinician', `Patient/${patient}`)).toBe(200);
  }, 150_000);

  test('the trail of it verifies offline, and not with one word changed', async () => {
    const exported = await until('the export is covered', async () => {
      const answer = await hospital.call('GET', `/audit/export?patient=${patient}`, as('patient'));
      return answer.status === 200 ? answer.text : undefined;
    });
    expect(exported).toContain('110127');
    const verified = await verifyOffline(node, exported);
    expect(verified.code, verified.stdout + verified.stderr).toBe(0);
    const policy = await networkPolicy(node.port);
    const forged = exported.replace('110127', '110138');
    expect(judgeFile(verifyAuditExport, forged, policy).ok).toBe(false);
  });
});
