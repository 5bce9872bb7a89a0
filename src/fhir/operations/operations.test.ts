import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseResource, validate } from '../../r4/index.ts';
import { FhirNode, observation, patient, patientsIn } from '../suite/index.ts';

let node: FhirNode;
beforeAll(async () => {
  node = await FhirNode.start();
  for (const id of ['anna', 'bert']) await node.put(patient(id));
  for (let at = 0; at < 5; at += 1) await node.put(observation(`a-${at}`, 'anna', String(at)));
});
afterAll(() => node?.stop());

const validateAs = (path: string, body: unknown) => node.send('POST', `${path}/$validate`, { body });
const parameters = (...parameter: object[]) => ({ resourceType: 'Parameters', parameter });

describe('$validate', () => {
  test('names what is wrong, and stores nothing', async () => {
    const answer = await validateAs('Patient', { resourceType: 'Patient', gender: 'no' });
    expect([answer.status, answer.json.issue[0].expression]).toEqual([200, ['Patient.gender']]);
    expect(await node.search('Patient')).toHaveLength(2);
    const wrapped = await validateAs('Patient', parameters({ name: 'resource', resource: patient('x') }));
    expect(wrapped.json.issue[0].severity).toBe('information');
    const other = await validateAs('Observation', patient('x'));
    expect(other.json.issue[0].details.coding[0].code).toBe('type-mismatch');
  });

  test('sees the digits of a decimal inside Parameters', async () => {
    const value = '1.00000000000000000000000000000000000000000001';
    const resource = `{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":${value}}}`;
    const alone = await validateAs('Observation', resource);
    const body = `{"resourceType":"Parameters","parameter":[{"name":"resource","resource":${resource}}]}`;
    expect((await validateAs('Observation', body)).json).toEqual(alone.json);
  });

  test.each<[string, string, unknown, number]>([
    ['nothing', '', undefined, 400],
    ['a profile in the URL', '?profile=http://x.example/p', patient('x'), 400],
    ['another mode', '?mode=delete', patient('x'), 400],
    ['a known mode', '?mode=create', patient('x'), 200],
    [
      'a profile in Parameters',
      '',
      parameters({ name: 'resource', resource: patient('x') }, { name: 'profile', valueUri: 'x' }),
      400,
    ],
    ['Parameters of another form', '', { resourceType: 'Parameters', parameter: {} }, 400],
    ['Parameters without a resource', '', parameters(), 400],
  ])('%s', async (_what, query, body, status) => {
    const answer = await node.send('POST', `Patient/$validate${query}`, body === undefined ? {} : { body });
    expect(answer.status, answer.text).toBe(status);
  });
});

describe('$everything', () => {
  const ids = (json: { entry?: { resource: { id: string } }[] }) =>
    (json.entry ?? []).map(({ resource }) => resource.id).sort();

  test('pages through one patient’s compartment, each resource once, naming that patient', async () => {
    const seen: string[] = [];
    let url: string | undefined = 'Patient/anna/$everything?_count=2';
    while (url !== undefined) {
      const at: string = url;
      const { result, events } = await node.audited(() => node.send('GET', at));
      expect(events.map(patientsIn)).toEqual([['Patient/anna']]);
      expect(events.map(({ subtype }) => subtype[0]?.code)).toEqual(['everything']);
      seen.push(...ids(result.json));
      url = result.json.link.find(({ relation }: { relation: string }) => relation === 'next')?.url;
    }
    expect(seen.sort()).toEqual(['a-0', 'a-1', 'a-2', 'a-3', 'a-4', 'anna']);
  });

  test('takes its parameters by POST too', async () => {
    const body = parameters({ name: '_type', valueString: 'Patient' }, { name: '_count', valueInteger: 3 });
    const answer = await node.send('POST', 'Patient/anna/$everything', { body });
    expect([answer.status, ids(answer.json)]).toEqual([200, ['anna']]);
    const since = new Date(Date.now() + 60_000).toISOString();
    expect((await node.send('GET', `Patient/anna/$everything?_since=${since}`)).json.entry).toBeUndefined();
  });

  test.each([
    ['GET', '?_type=Nonsense', undefined],
    ['GET', '?_since=2020', undefined],
    ['GET', '?start=2020-01-01', undefined],
    ['POST', '', patient('x')],
    ['POST', '', parameters({ name: '_count', valueInteger: 1, valueString: 'x' })],
    ['POST', '', parameters({ name: '_count', resource: patient('x') })],
    ['POST', '', { resourceType: 'Parameters', parameter: [null] }],
  ])('%s %s %j is refused', async (method, query, body) => {
    const answer = await node.send(
      method,
      `Patient/anna/$everything${query}`,
      body === undefined ? {} : { body },
    );
    expect(answer.status, answer.text).toBe(400);
  });
});

describe('the CapabilityStatement', () => {
  test('is valid, lists each operation where it may be called, and no write of AuditEvents', async () => {
    const { text, json } = await node.send('GET', 'metadata', { as: null });
    const { resource, text: canonical } = parseResource(text);
    expect(validate(resource, canonical).filter(({ severity }) => severity === 'error')).toEqual([]);
    const [{ resource: types, operation }] = json.rest;
    const named = (list: { name: string }[]) => list.map(({ name }) => name);
    expect(named(operation)).toEqual(['import']);
    const of = (type: string) => types.find((each: { type: string }) => each.type === type);
    expect(named(of('Patient').operation).sort()).toEqual(['everything', 'receipt', 'validate']);
    expect(named(of('Observation').operation).sort()).toEqual(['receipt', 'validate']);
    expect(of('Patient').searchRevInclude).toContain('Observation:patient');
    expect(JSON.stringify(of('AuditEvent').interaction)).not.toContain('create');
    expect(of('Consent')).toMatchObject({ conditionalCreate: false, conditionalUpdate: false });
    expect(text.length).toBeLessThan(2_000_000);
  });
});
