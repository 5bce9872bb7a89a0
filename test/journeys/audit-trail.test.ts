import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DemoPatient, patientAt } from './harness/demo.ts';
import type { Answer } from './harness/http.ts';
import { outcomesOf } from './harness/network-bundle.ts';
import { type FhirCall, judge, networkPolicy, type Organisation } from './harness/organisation.ts';
import type { Grant } from './harness/patient-device.ts';
import { type RunningNode, startNode } from './harness/running-node.ts';
import { until } from './harness/until.ts';

let node: RunningNode;
let hospital: Organisation;
let patient: DemoPatient;
let id: string;
let policies: string[];
let grant: Grant;
beforeAll(async () => {
  node = await startNode({ patients: 4 });
  hospital = node.organisation('st-mary');
  patient = await patientAt(node, 'st-mary', 'lakeside');
  id = patient.at('st-mary');
  policies = [await networkPolicy(node.port)];
  await releaseOnce();
});
afterAll(() => node?.stop());

/** A grant, a read under it and its revocation: something to account for. */
async function releaseOnce(): Promise<void> {
  grant = patient.device.grant({ patient: id, custodian: 'st-mary', grantee: 'lakeside' });
  expect((await patient.device.send(grant, hospital)).status).toBe(201);
  const path = `Patient/${patient.at('lakeside')}/$network-everything`;
  await until('the grant works', async () => {
    const { json } = await node.organisation('lakeside').fhir('GET', path);
    return outcomesOf(json)['st-mary'] === 'complete';
  });
  await patient.device.revoke(grant, hospital);
}

/** An AuditEvent as far as the tests look into it. */
interface AuditEvent {
  readonly id: string;
  readonly action: string;
  readonly outcome: string;
  readonly subtype: readonly { readonly code: string }[];
  readonly entity: readonly {
    readonly what?: { readonly reference?: string; readonly identifier?: { readonly value: string } };
  }[];
  readonly agent: readonly object[];
  readonly purposeOfEvent?: readonly object[];
}

let probes = 0;

/** Does one thing in the name of somebody who does nothing else, and gives the AuditEvents in that name. */
async function audited(
  act: (options: FhirCall) => Promise<Answer>,
): Promise<{ answer: Answer; events: AuditEvent[] }> {
  const user = `Practitioner/probe-${++probes}`;
  const answer = await act({ as: { user, scope: 'user/*.cruds', purpose: 'TREAT' } });
  const found: AuditEvent[] = await hospital.auditEvents(`agent=${user}`);
  return { answer, events: found.filter((event) => !event.subtype.some(({ code }) => code === 'token')) };
}

const patientsOf = (event: AuditEvent) =>
  event.entity.flatMap(({ what }) => (what?.reference?.startsWith('Patient/') ? [what.reference] : []));

const body = { resourceType: 'Basic', code: { text: 'audited' } };
const about = () => ({ ...body, subject: { reference: `Patient/${id}` } });

describe('every request leaves exactly one AuditEvent, whatever its outcome', () => {
  const requests: [string, (options: FhirCall) => Promise<Answer>, number, string, boolean][] = [
    ['a read', (o) => hospital.fhir('GET', `Patient/${id}`, o), 200, 'R', true],
    ['a version read', (o) => hospital.fhir('GET', `Patient/${id}/_history/1`, o), 200, 'R', true],
    ['a read of what is not there', (o) => hospital.fhir('GET', 'Patient/nobody', o), 404, 'R', false],
    ['a search', (o) => hospital.fhir('GET', `Observation?patient=${id}&_count=3`, o), 200, 'E', true],
    ['a search that finds nothing', (o) => hospital.fhir('GET', 'Observation?code=none', o), 200, 'E', false],
    ['a search that is refused', (o) => hospital.fhir('GET', 'Observation?nonsense=1', o), 400, 'E', false],
    ['a history', (o) => hospital.fhir('GET', `Patient/${id}/_history`, o), 200, 'R', true],
    ['a create', (o) => hospital.fhir('POST', 'Basic', { ...o, body: about() }), 201, 'C', true],
    [
      'a create that is invalid',
      (o) => hospital.fhir('POST', 'Basic', { ...o, body: { resourceType: 'Basic' } }),
      422,
      'C',
      false,
    ],
    ['a create that is no JSON', (o) => hospital.fhir('POST', 'Basic', { ...o, body: '{' }), 400, 'C', false],
    ['everything', (o) => hospital.fhir('GET', `Patient/${id}/$everything?_count=5`, o), 200, 'E', true],
    ['a validation', (o) => hospital.fhir('POST', 'Basic/$validate', { ...o, body }), 200, 'E', false],
    ['a receipt', (o) => hospital.fhir('GET', `Patient/${id}/$receipt`, o), 200, 'E', true],
    [
      'XML',
      (o) => hospital.fhir('GET', `Patient/${id}`, { ...o, headers: { accept: 'application/xml' } }),
      406,
      'R',
      false,
    ],
    ['a type that does not exist', (o) => hospital.fhir('GET', 'Nonsense/1', o), 404, 'R', false],
    ['the list of consents', (o) => hospital.call('GET', `/consents?patient=${id}`, o), 200, 'R', true],
    ['the keys of a patient', (o) => hospital.call('GET', `/patients/${id}/keys`, o), 200, 'R', true],
    ['the accounting', (o) => hospital.call('GET', `/audit/disclosures?patient=${id}`, o), 200, 'R', true],
    [
      'across the network',
      (o) => hospital.fhir('GET', `Patient/${id}/$network-everything`, o),
      200,
      'E',
      true,
    ],
  ];
  test.each(requests)('%s', async (_what, act, status, _action, named) => {
    const { answer, events } = await audited(act);
    expect(answer.status, answer.text.slice(0, 300)).toBe(status);
    expect(events.map((event) => event.subtype.map(({ code }) => code))).toHaveLength(1);
    const [event] = events as [AuditEvent];
    expect(event.outcome).toBe(status < 400 ? '0' : '4');
    if (named) expect(patientsOf(event)).toContain(`Patient/${id}`);
    else expect(patientsOf(event)).toEqual([]);
    expect(JSON.stringify(event.purposeOfEvent)).toContain('TREAT');
    const receipt = await hospital.receipt(`AuditEvent/${event.id}`);
    const { text } = await hospital.fhir('GET', `AuditEvent/${event.id}`);
    expect(judge(receipt, policies, text)).toMatchObject({ ok: true, contentChecked: 'checked' });
    expect(receipt.event.object).toBe(`AuditEvent/${event.id}/_history/1`);
  });

  test('one without a token is recorded too, and names nobody', async () => {
    const startedAt = new Date().toISOString();
    const answer = await hospital.fhir('GET', `Patient/${id}`, { token: null });
    expect(answer.status).toBe(401);
    const { 'x-request-id': request } = answer.headers;
    const refused: AuditEvent[] = await hospital.auditEvents(`outcome=4&date=ge${startedAt}`);
    const events = refused.filter(({ entity }) =>
      entity.some(({ what }) => what?.identifier?.value === request),
    );
    expect(events).toHaveLength(1);
    expect(patientsOf(events[0]!)).toEqual([]);
    expect(JSON.stringify(events[0])).not.toContain(id);
  });

  test('a batch names every patient it touched', async () => {
    const entry = ['st-mary'].map(() => ({
      request: { method: 'GET', url: `Observation?patient=${id}&_count=1` },
    }));
    const { answer, events } = await audited((o) =>
      hospital.fhir('POST', '', { ...o, body: { resourceType: 'Bundle', type: 'batch', entry } }),
    );
    expect(answer.status).toBe(200);
    expect(events).toHaveLength(1);
    expect(patientsOf(events[0]!)).toEqual([`Patient/${id}`]);
  });

  test('signing in is recorded, refused or not', async () => {
    const count = async () =>
      (await hospital.fhir('GET', 'AuditEvent?subtype=token&_summary=count')).json.total;
    const before = await count();
    await hospital.tokenAnswer({ scope: 'system/Patient.r' });
    await hospital.tokenAnswer({ secret: 'wrong' });
    expect(await count()).toBe(before + 2);
  });
});

describe('AuditEvents', () => {
  test('hold logical ids and no other identifier of a patient', async () => {
    const { json } = await hospital.fhir('GET', `Patient/${id}`);
    const events = await hospital.auditEvents(`patient=Patient/${id}`);
    expect(events.length).toBeGreaterThan(5);
    const text = JSON.stringify(events);
    for (const secret of [json.name[0].family, json.birthDate, json.identifier[0].value])
      expect(text).not.toContain(`"${secret}"`);
  });

  test('are read by the patient they are about', async () => {
    const as = { user: `Patient/${id}`, scope: 'patient/*.rs', purpose: 'PATRQT' };
    const events = await hospital.searchAll('AuditEvent?_count=50', { as });
    expect(events.length).toBeGreaterThan(5);
    for (const event of events) expect(JSON.stringify(event)).toContain(`Patient/${id}`);
  });

  test('of reads across the network are kept at both ends, each with its consent', async () => {
    const clinic = node.organisation('lakeside');
    for (const organisation of [hospital, clinic]) {
      const events = await organisation.auditEvents(
        `patient=Patient/${patient.at(organisation.id)}&_count=50`,
      );
      expect([organisation.id, JSON.stringify(events).includes(grant.id)]).toEqual([organisation.id, true]);
    }
  });
});
