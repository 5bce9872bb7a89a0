import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { basic, FhirNode, observation, patient, patientsIn, type Sending } from './suite/index.ts';

let node: FhirNode;
const anna = {
  sub: 'Patient/anna',
  fhirUser: 'Patient/anna',
  patient: 'anna',
  scope: 'patient/*.cruds',
  purpose_of_use: ['PATRQT'],
};
const as = (more: object = {}): Sending => ({ as: { ...anna, ...more } });
/** Software that a patient let at their record: no person, one patient in context. */
const app = { as: { sub: 'app', client_id: 'app', patient: 'anna', scope: 'patient/*.rs' } };

beforeAll(async () => {
  node = await FhirNode.start();
  for (const id of ['anna', 'bert']) {
    await node.put(patient(id, { name: [{ family: id }] }));
    await node.put(observation(`${id}-1`, id, '1'));
  }
  await node.put({ resourceType: 'Organization', id: 'ward', name: 'Ward' });
  await node.put({ resourceType: 'Practitioner', id: 'doctor', name: [{ family: 'Doc' }] });
  const device = { resourceType: 'Device', id: 'implant', patient: { reference: 'Patient/bert' } };
  await node.put(device);
  const entry = [{ fullUrl: 'https://x.example/Patient/bert', resource: patient('bert') }];
  await node.put({ resourceType: 'Bundle', id: 'stored', type: 'collection', entry });
  await node.put({ resourceType: 'Basic', id: 'plain', code: { text: 'x' } });
});
afterAll(() => node?.stop());

const status = async (path: string, sending: Sending = as()) =>
  (await node.send('GET', path, sending)).status;

describe('a patient’s token', () => {
  test('reads that patient’s record and the organisation’s directory, and nothing else', async () => {
    for (const path of ['Patient/anna', 'Observation/anna-1', 'Organization/ward', 'Practitioner/doctor'])
      expect([path, await status(path)]).toEqual([path, 200]);
    const others = ['Patient/bert', 'Observation/bert-1', 'Device/implant', 'Bundle/stored', 'Basic/plain'];
    for (const path of [...others, 'Patient/nobody']) expect([path, await status(path)]).toEqual([path, 404]);
  });

  test('searches likewise, chains and _has included', async () => {
    const search = (path: string, sending = as()) => node.search(path, sending);
    expect(await search('Observation')).toEqual(['anna-1']);
    expect(await search('Patient')).toEqual(['anna']);
    expect(await search('Organization?name=ward')).toEqual(['ward']);
    expect(await search('Device')).toEqual([]);
    expect(await search('Bundle')).toEqual([]);
    expect(await search('Observation?patient.family=anna')).toEqual(['anna-1']);
    expect(await search('Observation?patient.family=bert')).toEqual([]);
    expect(await search('Patient?_has:Observation:patient:code=1')).toEqual(['anna']);
    const { json } = await node.send('GET', 'Observation?_summary=count', as());
    expect(json.total).toBe(1);
  });

  test('stays with one patient whatever level its scopes are at', async () => {
    for (const scope of ['user/*.cruds', 'system/*.cruds']) {
      expect(await status('Patient/bert', as({ scope }))).toBe(404);
      const body = { resourceType: 'Organization', id: 'ward', name: 'Mine' };
      expect((await node.send('PUT', 'Organization/ward', { ...as({ scope }), body })).status).toBe(403);
    }
    expect(await status('Patient/anna', as({ patient: undefined }))).toBe(403);
  });

  test('of an app reaches the same', async () => {
    expect(await status('Patient/anna', app)).toBe(200);
    for (const path of ['Patient/bert', 'Device/implant', 'Bundle/stored'])
      expect([path, await status(path, app)]).toEqual([path, 404]);
  });

  test('writes into that patient’s compartment only, and moves nothing out of another’s', async () => {
    const write = (method: string, path: string, body?: object) =>
      node.send(method, path, { ...as(), ...(body === undefined ? {} : { body }) });
    const own = observation('a-own', 'anna', '2');
    expect((await write('POST', 'Observation', own)).status).toBe(201);
    expect((await write('POST', 'Observation', observation('x', 'bert', '2'))).status).toBe(403);
    expect((await write('POST', 'Basic', basic('x'))).status).toBe(403);
    expect((await write('POST', 'Patient', { resourceType: 'Patient' })).status).toBe(403);
    expect((await write('PUT', 'Observation/bert-1', observation('bert-1', 'anna', '2'))).status).toBe(403);
    const [id = ''] = await node.search('Observation?code=2', as());
    expect((await write('PUT', `Observation/${id}`, observation(id, 'bert', '2'))).status).toBe(403);
    expect((await write('DELETE', 'Observation/bert-1')).status).toBe(204);
    expect(await status('Observation/bert-1', {})).toBe(200);
    expect((await write('DELETE', `Observation/${id}`)).status).toBe(204);
    expect(await status(`Observation/${id}`)).toBe(410);
  });

  test('imports nothing and records no Consent on the custodian’s behalf', async () => {
    for (const scope of ['patient/*.cruds', 'user/*.cruds', 'system/*.cruds']) {
      const answer = await node.send('POST', '$import', { ...as({ scope }), body: patient('anna') });
      expect([scope, answer.status]).toEqual([scope, 403]);
    }
    const consent = {
      resourceType: 'Consent',
      status: 'active',
      scope: { text: 'x' },
      category: [{ text: 'x' }],
      policyRule: { text: 'x' },
      patient: { reference: 'Patient/anna' },
    };
    expect((await node.send('POST', 'Consent', { ...as(), body: consent })).status).toBe(403);
    expect((await node.send('DELETE', 'Consent/x', as())).status).toBe(403);
  });
});

describe('AuditEvents and the patients they name', () => {
  const secrets = ['bert', 'clinician-note'];

  test('of what concerns one patient are theirs to see whole, of others not at all', async () => {
    await node.send('GET', 'Observation/anna-1');
    await node.send('GET', 'Observation/bert-1');
    const { text } = await node.send('GET', 'AuditEvent?_count=1000', as());
    expect(text).toContain('Observation/anna-1');
    expect(text).not.toContain('bert');
  });

  test('that name several are shown to each of them without the others', async () => {
    await node.send('GET', 'Observation?code=1&_count=50');
    const [event] = await node.auditEvents();
    expect(patientsIn(event!)).toEqual(['Patient/anna', 'Patient/bert']);
    const { result, events } = await node.audited(() => node.send('GET', `AuditEvent/${event!.id}`, as()));
    expect(result.status).toBe(200);
    for (const secret of secrets) expect(result.text).not.toContain(secret);
    expect(result.json.meta.security[0].code).toBe('REDACTED');
    expect(result.json.entity).toHaveLength(1);
    expect(result.json.agent.length).toBeGreaterThan(0);
    expect(events.map(patientsIn)).toEqual([['Patient/anna']]);
    const staff = await node.send('GET', `AuditEvent/${event!.id}`);
    expect(patientsIn(staff.json)).toEqual(['Patient/anna', 'Patient/bert']);
  });

  test('are found by what is shown of them, not by whom they also name', async () => {
    const shown = async (query: string) =>
      (await node.send('GET', `AuditEvent?${query}&_count=1000`, as())).text;
    const redacted = (text: string) => text.includes('"REDACTED"');
    expect(redacted(await shown('patient=anna'))).toBe(true);
    expect(redacted(await shown('subtype=search-type'))).toBe(true);
    for (const query of [
      'patient=bert',
      'patient=anna,bert',
      'entity=Patient/bert',
      'patient.family=bert',
      'entity-role=1',
      'patient:Patient=bert',
    ])
      expect([query, redacted(await shown(query))]).toEqual([query, false]);
    const reverse = await node.send('GET', 'Patient?_revinclude=AuditEvent:entity', as());
    expect(redacted(reverse.text)).toBe(false);
  });

  test('a redacted one has a receipt of what was sent, and the salt of the whole is withheld', async () => {
    await node.send('GET', 'Observation?code=1&_count=50');
    const [event] = await node.auditEvents();
    const { headers } = await node.send('GET', `AuditEvent/${event!.id}`, as());
    const link = /<([^>]+)>/.exec(headers.get('link') ?? '')?.[1] ?? '';
    await node.log.publish();
    const whole = await node.send('GET', `AuditEvent/${event!.id}/$receipt`, as());
    expect([whole.status, whole.json.contentSalt]).toEqual([200, undefined]);
    expect((await node.send('GET', `AuditEvent/${event!.id}/$receipt`)).json.contentSalt).toBeDefined();
    const part = await node.send('GET', link, as());
    expect(part.json.event).toMatchObject({ kind: 'disclosure', actor: 'Patient/anna' });
    expect(part.json.contentSalt).toBeDefined();
    const other = { ...anna, sub: 'Patient/bert', fhirUser: 'Patient/bert', patient: 'bert' };
    expect((await node.send('GET', link, { as: other })).status).toBe(404);
  });
});
