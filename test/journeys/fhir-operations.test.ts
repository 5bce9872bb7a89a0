import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseTlogProof } from '../../src/proof/index.ts';
import { type DemoPatient, patientAt } from './harness/demo.ts';
import { judge, networkPolicy, type Organisation } from './harness/organisation.ts';
import { type RunningNode, startNode } from './harness/running-node.ts';
import { until } from './harness/until.ts';

let node: RunningNode;
let hospital: Organisation;
let patient: DemoPatient;
let policies: string[];
beforeAll(async () => {
  node = await startNode({ patients: 4 });
  hospital = node.organisation('st-mary');
  patient = await patientAt(node, 'st-mary');
  policies = [await networkPolicy(node.port)];
});
afterAll(() => node?.stop());

/** Digits that a double cannot keep, or that JavaScript writes in another way. */
const DECIMALS = [
  '1.50',
  '0.0',
  '100',
  '1.0E+2',
  '6.02214076e23',
  '0.000000000000000000001',
  '-0.10',
  '1.2345678901234567890123',
  '12345678901234567890.5',
];
const observation = (value: string, more = '') =>
  `{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"urn:decimals","code":"d"}]},"valueQuantity":{"value":${value},"unit":"u"}${more}}`;
const digitsOf = (text: string) => /"valueQuantity":\{"unit":"u","value":([^}]+)\}/.exec(text)?.[1];

describe('decimals keep their digits', () => {
  test.each(DECIMALS)(
    '%s through write, read, version, search, history, bundle and digest',
    async (digits) => {
      const { status, json, text } = await hospital.fhir('POST', 'Observation', {
        body: observation(digits),
      });
      expect(status, text).toBe(201);
      const path = `Observation/${json.id}`;
      expect(digitsOf(text)).toBe(digits);
      const read = await hospital.fhir('GET', path);
      expect(digitsOf(read.text)).toBe(digits);
      expect(digitsOf((await hospital.fhir('GET', `${path}/_history/1`)).text)).toBe(digits);
      expect((await hospital.fhir('GET', `Observation?_id=${json.id}`)).text).toContain(`"value":${digits}}`);
      expect((await hospital.fhir('GET', `${path}/_history`)).text).toContain(`"value":${digits}}`);
      const url = `Observation/${json.id}-copy`;
      const copied = observation(digits, `,"id":"${json.id}-copy"`);
      const body = `{"resourceType":"Bundle","type":"transaction","entry":[{"resource":${copied},"request":{"method":"PUT","url":"${url}"}}]}`;
      expect((await hospital.fhir('POST', '', { body })).status).toBe(200);
      expect(digitsOf((await hospital.fhir('GET', url)).text)).toBe(digits);
      const receipt = await hospital.receipt(`${path}/_history/1`);
      expect(judge(receipt, policies, read.text)).toMatchObject({ ok: true, contentChecked: 'checked' });
      const other = digits === '100' ? '100.0' : `${digits.replace(/[eE].*/, '')}0`;
      const altered = read.text.replace(`"value":${digits}`, `"value":${other}`);
      expect(judge(receipt, policies, altered)).toMatchObject({ ok: false, code: 'content-mismatch' });
    },
  );

  test('equal content is equal with its digits: 1.5 is a new version of 1.50', async () => {
    const { json } = await hospital.fhir('POST', 'Observation', { body: observation('1.50') });
    const put = (digits: string) =>
      hospital.fhir('PUT', `Observation/${json.id}`, { body: observation(digits, `,"id":"${json.id}"`) });
    expect((await put('1.50')).headers.etag).toBe('W/"1"');
    expect((await put('1.5')).headers.etag).toBe('W/"2"');
  });
});

describe('$receipt', () => {
  test('answers 202 with Retry-After or 200, and 200 in the end, for every version', async () => {
    const { id } = await hospital.create({ resourceType: 'Basic', code: { text: 'one' } });
    await hospital.fhir('PUT', `Basic/${id}`, { body: { resourceType: 'Basic', id, code: { text: 'two' } } });
    const first = await hospital.fhir('GET', `Basic/${id}/$receipt`);
    expect([200, 202]).toContain(first.status);
    if (first.status === 202) expect(Number(first.headers['retry-after'])).toBeGreaterThan(0);
    for (const version of [1, 2]) {
      const receipt = await hospital.receipt(`Basic/${id}/_history/${version}`);
      const { text } = await hospital.fhir('GET', `Basic/${id}/_history/${version}`);
      expect(judge(receipt, policies, text)).toMatchObject({ ok: true, contentChecked: 'checked' });
      expect(receipt.event).toMatchObject({
        kind: 'fhir.version',
        object: `Basic/${id}/_history/${version}`,
      });
    }
    const newest = await hospital.receipt(`Basic/${id}`);
    expect(newest.event.object).toBe(`Basic/${id}/_history/2`);
  });

  test('with Accept: text/plain is the tlog proof alone', async () => {
    const { id } = await hospital.create({ resourceType: 'Basic', code: { text: 'plain' } });
    const { proof } = await hospital.receipt(`Basic/${id}`);
    const answer = await hospital.fhir('GET', `Basic/${id}/$receipt`, { headers: { accept: 'text/plain' } });
    expect(answer.headers['content-type']).toMatch(/^text\/plain/);
    expect(parseTlogProof(answer.text).index).toBe(parseTlogProof(proof).index);
  });

  test('has the media type of receipts, and no salt for the content of another', async () => {
    const { id } = await hospital.create({ resourceType: 'Basic', code: { text: 'typed' } });
    await hospital.receipt(`Basic/${id}`);
    const answer = await hospital.fhir('GET', `Basic/${id}/$receipt`);
    expect(answer.headers['content-type']).toContain('application/vnd.holdfast.receipt+json');
  });

  test('a receipt stops verifying when anything in it changes', async () => {
    const { id } = await hospital.create({ resourceType: 'Basic', code: { text: 'forged' } });
    const { text } = await hospital.receipt(`Basic/${id}`);
    const receipt = JSON.parse(text);
    const forgeries = [
      { ...receipt, event: { ...receipt.event, actor: 'someone else' } },
      { ...receipt, event: { ...receipt.event, organisation: 'lakeside' } },
      { ...receipt, event: { ...receipt.event, height: receipt.event.height + 1 } },
      { ...receipt, salt: Buffer.alloc(32).toString('base64') },
      {
        ...receipt,
        proof: receipt.proof.replace(/index (\d+)/, (_all: string, n: string) => `index ${Number(n) + 1}`),
      },
      { ...receipt, proof: receipt.proof.replace(/\n— \S+\/witness .*/g, '') },
    ];
    expect(judge(receipt, policies).ok).toBe(true);
    for (const forged of forgeries) expect(judge(forged, policies).ok).toBe(false);
    expect(judge(receipt, [])).toMatchObject({ ok: false, code: 'policy-required' });
  });

  test('is refused where the record may not be read, and for what does not exist', async () => {
    expect((await hospital.fhir('GET', 'Basic/nothing/$receipt')).status).toBe(404);
    const { id } = await hospital.create({ resourceType: 'Basic', code: { text: 'r' } });
    expect((await hospital.fhir('GET', `Basic/${id}/_history/9/$receipt`)).status).toBe(404);
    const narrow = { scope: 'system/Patient.rs' };
    expect((await hospital.fhir('GET', `Basic/${id}/$receipt`, { as: narrow })).status).toBe(403);
  });

  test('of a partial release proves what was sent, and names the source version', async () => {
    const id = patient.at('st-mary');
    const searched = await hospital.fhir('GET', `Patient?_id=${id}&_elements=gender`);
    const entry = searched.json.entry[0];
    const url: string | undefined = JSON.stringify(entry).match(/disclosure=([0-9a-f]{32})/)?.[1];
    if (url === undefined)
      throw new Error(`no way to the receipt of a partial release: ${JSON.stringify(entry)}`);
    const receipt = await hospital.receipt(`Patient/${id}?disclosure=${url}`);
    expect(receipt.event.kind).toBe('disclosure');
    expect(judge(receipt, policies, JSON.stringify(entry.resource))).toMatchObject({
      ok: true,
      contentChecked: 'checked',
    });
  });
});

describe('$validate', () => {
  const validate = (path: string, body: object) => hospital.fhir('POST', `${path}/$validate`, { body });

  test('says what is wrong with a resource and stores nothing', async () => {
    const before = (await hospital.fhir('GET', 'Patient?_summary=count')).json.total;
    const answer = await validate('Patient', { resourceType: 'Patient', gender: 'nope' });
    expect(answer.status).toBe(200);
    expect(answer.json.resourceType).toBe('OperationOutcome');
    expect(answer.json.issue[0]).toMatchObject({ severity: 'error', expression: ['Patient.gender'] });
    const good = await validate('Patient', { resourceType: 'Patient', gender: 'female' });
    expect(good.json.issue.every((issue: { severity: string }) => issue.severity === 'information')).toBe(
      true,
    );
    expect((await hospital.fhir('GET', 'Patient?_summary=count')).json.total).toBe(before);
  });

  test('takes Parameters, and refuses another type than the URL names', async () => {
    const resource = { resourceType: 'Patient', gender: 'male' };
    const parameters = { resourceType: 'Parameters', parameter: [{ name: 'resource', resource }] };
    expect((await validate('Patient', parameters)).json.issue[0].severity).toBe('information');
    expect((await validate('Observation', resource)).json.issue[0].severity).toBe('error');
    expect((await hospital.fhir('POST', 'Patient/$validate', { body: '{' })).status).toBe(400);
  });
});

describe('$everything', () => {
  test('gathers the whole compartment of one patient, in pages, each resource once', async () => {
    const id = patient.at('st-mary');
    const seen: string[] = [];
    let path = `Patient/${id}/$everything?_count=40`;
    let answer = await hospital.fhir('GET', path);
    for (;;) {
      expect(answer.status, answer.text).toBe(200);
      for (const { resource } of answer.json.entry) {
        seen.push(`${resource.resourceType}/${resource.id}`);
      }
      const next = answer.json.link.find((link: { relation: string }) => link.relation === 'next');
      if (next === undefined) break;
      path = next.url.slice(`${node.url}/orgs/st-mary`.length);
      answer = await hospital.call('GET', path);
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toContain(`Patient/${id}`);
    const observations = await hospital.searchIds(`Observation?patient=${id}`);
    expect(observations.length).toBeGreaterThan(5);
    expect(seen).toEqual(expect.arrayContaining(observations.map((each) => `Observation/${each}`)));
    const others = await hospital.searchIds('Patient');
    for (const other of others) if (other !== id) expect(seen).not.toContain(`Patient/${other}`);
  });

  test('_type narrows it, an unknown parameter is refused, an unknown patient is not found', async () => {
    const id = patient.at('st-mary');
    const narrowed = await hospital.fhir('GET', `Patient/${id}/$everything?_type=Encounter`);
    const types = narrowed.json.entry.map(
      (entry: { resource: { resourceType: string } }) => entry.resource.resourceType,
    );
    expect(new Set(types)).toEqual(new Set(['Encounter']));
    expect((await hospital.fhir('GET', `Patient/${id}/$everything?nonsense=1`)).status).toBe(400);
    expect((await hospital.fhir('GET', 'Patient/nobody/$everything')).status).toBe(404);
  });
});

describe('metadata', () => {
  test('is public and lists what there is: every operation named here, JSON only', async () => {
    const answer = await hospital.fhir('GET', 'metadata', { token: null });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({
      resourceType: 'CapabilityStatement',
      fhirVersion: '4.0.1',
      kind: 'instance',
    });
    expect(answer.json.format).toEqual(expect.arrayContaining(['application/fhir+json']));
    const types = answer.json.rest[0].resource;
    expect(types.length).toBeGreaterThan(140);
    const listed = types.find((each: { type: string }) => each.type === 'Patient');
    const operations = listed.operation.map((each: { name: string }) => each.name);
    expect(operations).toEqual(
      expect.arrayContaining(['everything', 'network-everything', 'receipt', 'validate']),
    );
    const audit = types.find((each: { type: string }) => each.type === 'AuditEvent');
    expect(audit.interaction.map((each: { code: string }) => each.code)).not.toContain('update');
  });

  test('an operation that there is not is refused', async () => {
    await until('refusal', async () => (await hospital.fhir('GET', 'Patient/$nonsense')).status === 404);
    expect((await hospital.fhir('GET', `Patient/${patient.at('st-mary')}/$validate`)).status).toBe(405);
  });
});
