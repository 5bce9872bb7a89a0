import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DemoPatient, patientsAt } from './harness/demo.ts';
import { contentsOf, entriesOf, outcomesOf, receiptOf } from './harness/network-bundle.ts';
import { judge, networkPolicy } from './harness/organisation.ts';
import { type RunningNode, startNode } from './harness/running-node.ts';
import { until } from './harness/until.ts';

let node: RunningNode;
let patients: DemoPatient[];
beforeAll(async () => {
  node = await startNode();
  patients = await patientsAt(node, 'st-mary', 'lakeside');
});
afterAll(() => node?.stop());

const read = (patient: DemoPatient, options = {}) =>
  node.organisation('lakeside').fhir('GET', `Patient/${patient.at('lakeside')}/$network-everything`, options);

async function granted(patient: DemoPatient, linked = true) {
  const request = { patient: patient.at('st-mary'), custodian: 'st-mary', grantee: 'lakeside', linked };
  const grant = patient.device.grant(request);
  const answer = await patient.device.send(grant, node.organisation('st-mary'));
  expect(answer.status, answer.text).toBe(201);
  return grant;
}

describe('without a grant, nothing is told', () => {
  test('a member answers the same for a patient that it has and for one that it has not', async () => {
    const [known] = patients;
    const clinic = node.organisation('lakeside');
    const stranger = await clinic.create({ resourceType: 'Patient', name: [{ family: 'Nowhere' }] });
    const outcome = async (id: string) => {
      const { json } = await clinic.fhir('GET', `Patient/${id}/$network-everything`);
      return json.entry.filter((entry: { search: { mode: string } }) => entry.search.mode === 'outcome');
    };
    expect(await outcome(known!.at('lakeside'))).toEqual(await outcome(stranger.id));
  });

  test('every other active member has one outcome, and the own records are there', async () => {
    const { json } = await read(patients[0]!);
    expect(Object.keys(outcomesOf(json)).sort()).toEqual(['aurora', 'meridian', 'st-mary']);
    expect(new Set(Object.values(outcomesOf(json)))).toEqual(new Set(['not-permitted']));
    expect(entriesOf(json, 'lakeside').length).toBeGreaterThan(0);
  });

  test('a patient that does not exist here is not found', async () => {
    const answer = await node.organisation('lakeside').fhir('GET', 'Patient/nobody/$network-everything');
    expect(answer.status).toBe(404);
  });

  test('a request of a stranger to the exchange is refused with a stable code and tells nothing', async () => {
    for (const route of ['record', 'locator', 'nonsense']) {
      const body = JSON.stringify({ consent: '0'.repeat(32), handle: 'x', purposes: ['TREAT'] });
      const answer = await node.organisation('st-mary').send(`/exchange/${route}`, { method: 'POST', body });
      expect(answer.status).toBe(401);
      expect(answer.json.code).toMatch(/^signature-(missing|invalid)$/);
      const headers = {
        'content-digest': 'sha-256=:AAAA:',
        'signature-input': 'sig=("@method");created=1;keyid="lakeside/0"',
        signature: 'sig=:AAAA:',
      };
      const forged = await node
        .organisation('st-mary')
        .send(`/exchange/${route}`, { method: 'POST', body, headers });
      expect([400, 401]).toContain(forged.status);
    }
  });
});

describe('with a grant', () => {
  test('what is streamed as NDJSON is what the Bundle holds, and proves the same', async () => {
    const patient = patients[1] ?? patients[0]!;
    const grant = await granted(patient);
    const bundle = await until('the grant works', async () => {
      const answer = await read(patient);
      return outcomesOf(answer.json)['st-mary'] === 'complete' ? answer : undefined;
    });
    const stream = await read(patient, { headers: { accept: 'application/fhir+ndjson' } });
    expect(stream.headers['content-type']).toContain('application/fhir+ndjson');
    const lines = stream.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const urls = (entries: { fullUrl?: string }[]) => entries.map(({ fullUrl }) => fullUrl ?? '').sort();
    const streamed = lines.flatMap((line) => line.entry ?? [line]);
    expect(urls(streamed)).toEqual(urls(bundle.json.entry));
    await patient.device.revoke(grant, node.organisation('aurora'));
    await until('revoked', async () => outcomesOf((await read(patient)).json)['st-mary'] === 'not-permitted');
  });

  test('ids, references and URLs are those of the source, and the own records carry receipts too', async () => {
    const patient = patients[0]!;
    const grant = await granted(patient);
    const { text, json } = await until('the grant works', async () => {
      const answer = await read(patient);
      return outcomesOf(answer.json)['st-mary'] === 'complete' ? answer : undefined;
    });
    const policies = [await networkPolicy(node.port)];
    const contents = contentsOf(text);
    for (const entry of entriesOf(json, 'lakeside').slice(0, 20))
      expect(judge(receiptOf(entry), policies, contents.get(entry.fullUrl))).toMatchObject({
        ok: true,
        contentChecked: 'checked',
      });
    for (const entry of entriesOf(json, 'st-mary')) {
      expect(entry.fullUrl).toBe(
        `${node.url}/orgs/st-mary/fhir/${entry.resource.resourceType}/${entry.resource.id}`,
      );
      const subject = entry.resource.subject ?? entry.resource.patient;
      if (subject?.reference?.startsWith('Patient/'))
        expect(subject.reference).toBe(`Patient/${patient.at('st-mary')}`);
    }
    await patient.device.revoke(grant, node.organisation('lakeside'));
    await until('revoked', async () => outcomesOf((await read(patient)).json)['st-mary'] === 'not-permitted');
  });

  test('one patient’s grant opens nobody else’s record', async () => {
    const [first, second] = patients as [DemoPatient, DemoPatient];
    const grant = await granted(first);
    await until(
      'the grant works',
      async () => outcomesOf((await read(first)).json)['st-mary'] === 'complete',
    );
    expect(outcomesOf((await read(second)).json)['st-mary']).toBe('not-permitted');
    const payer = await node.organisation('meridian').searchIds('Patient?_count=100');
    for (const id of payer) {
      const { json } = await node.organisation('meridian').fhir('GET', `Patient/${id}/$network-everything`);
      expect(outcomesOf(json)['st-mary']).toBe('not-permitted');
    }
    await first.device.revoke(grant, node.organisation('st-mary'));
  });

  test('without a link, the grantee attaches the record to nobody by itself', async () => {
    const patient = patients.at(-1)!;
    const clinic = node.organisation('lakeside');
    const grant = await granted(patient, false);
    await until('the locator arrives', async () =>
      JSON.stringify(
        await clinic.auditEvents(
          '_count=20&type=http://terminology.hl7.org/CodeSystem/audit-event-type|rest',
        ),
      ).includes(grant.id),
    );
    for (const id of await clinic.searchIds('Patient?_count=100')) {
      const { json } = await clinic.fhir('GET', `Patient/${id}/$network-everything`);
      expect(outcomesOf(json)['st-mary']).toBe('not-permitted');
    }
    await patient.device.revoke(grant, node.organisation('st-mary'));
  });
});
