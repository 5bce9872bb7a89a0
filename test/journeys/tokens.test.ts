import { generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DemoPatient, patientAt, patientsAt, personas } from './harness/demo.ts';
import type { Organisation, TokenRequest } from './harness/organisation.ts';
import { type RunningNode, startNode } from './harness/running-node.ts';

let node: RunningNode;
let hospital: Organisation;
let patient: DemoPatient;
beforeAll(async () => {
  node = await startNode();
  hospital = node.organisation('st-mary');
  patient = await patientAt(node, 'st-mary');
});
afterAll(() => node?.stop());

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (part: string | undefined) => JSON.parse(Buffer.from(part ?? '', 'base64url').toString());

/** A token with other claims, signed by a key of the forger's own under the issuer's key id. */
async function forged(claims: object, header: object = {}): Promise<string> {
  const [head, body] = (await hospital.token()).split('.');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const text = `${encode({ ...decode(head), ...header })}.${encode({ ...decode(body), ...claims })}`;
  const signature = sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}

describe('a token that is not good is 401 on every bearer route, and tells nothing', () => {
  const bad: [string, () => Promise<string | null>][] = [
    ['none', async () => null],
    ['no JWT', async () => 'secret'],
    ['one of another organisation', () => node.organisation('lakeside').token()],
    ['one signed by another key', () => forged({})],
    [
      'one that says it needs no signature',
      async () => `${encode({ alg: 'none' })}.${encode({ sub: 'demo' })}.`,
    ],
    [
      'one with an altered claim',
      async () => {
        const [head, body, signature] = (await hospital.token()).split('.');
        return `${head}.${encode({ ...decode(body), scope: 'system/*.cruds', patient: 'x' })}.${signature}`;
      },
    ],
    [
      'one with an altered signature',
      async () => {
        const token = await hospital.token();
        const at = token.lastIndexOf('.') + 5;
        return token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
      },
    ],
    ['an expired one by a forger', () => forged({ exp: 1 })],
  ];
  const routes = [
    ['GET', '/fhir/Patient'],
    ['POST', '/fhir/Patient'],
    ['GET', '/fhir/Patient/PATIENT/$network-everything'],
    ['GET', '/fhir/Patient/PATIENT/$receipt'],
    ['GET', '/consents?patient=PATIENT'],
    ['GET', '/patients/PATIENT/keys'],
    ['GET', '/audit/disclosures?patient=PATIENT'],
  ];
  test.each(bad)('%s', async (_what, make) => {
    const token = await make();
    for (const [method = '', path = ''] of routes) {
      const answer = await hospital.call(method, path.replace('PATIENT', patient.at('st-mary')), { token });
      expect([method, path, answer.status]).toEqual([method, path, 401]);
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
      expect(answer.text).not.toContain(patient.persona.name.split(' ').at(-1));
    }
  });
});

describe('the token endpoint', () => {
  test.each<[string, TokenRequest, number, string]>([
    ['a wrong secret', { secret: 'wrong' }, 401, 'invalid_client'],
    ['an unknown client', { client: 'nobody' }, 401, 'invalid_client'],
    ['a scope that is none', { scope: 'system/Nonsense.xyz' }, 400, 'invalid_scope'],
    ['no resource scope', { scope: 'openid' }, 400, 'invalid_scope'],
    ['a patient scope without a patient', { scope: 'patient/*.rs' }, 400, 'invalid_scope'],
    ['a user scope without a user', { scope: 'user/*.rs' }, 400, 'invalid_scope'],
    ['a purpose that is none', { purpose: 'FUN' }, 400, 'invalid_request'],
    ['a user that is no reference', { user: 'Bob' }, 400, 'invalid_request'],
    ['a patient that is no id', { patient: 'a/b', scope: 'patient/*.rs' }, 400, 'invalid_request'],
  ])('refuses %s', async (_what, asked, status, error) => {
    const answer = await hospital.tokenAnswer(asked);
    expect([answer.status, answer.json.error]).toEqual([status, error]);
    expect(answer.json.access_token).toBeUndefined();
  });

  test('gives a bearer JWT of this organisation with the purpose asked for, TREAT when none is', async () => {
    const answer = await hospital.tokenAnswer({ scope: 'system/Patient.rs' });
    expect(answer.json).toMatchObject({ token_type: 'Bearer', scope: 'system/Patient.rs' });
    expect(answer.headers['cache-control']).toContain('no-store');
    const claims = decode(answer.json.access_token.split('.')[1]);
    expect(claims.iss).toBe(`${node.url}/orgs/st-mary/auth`);
    expect([claims.purpose_of_use].flat()).toEqual(['TREAT']);
    const asked = await hospital.tokenAnswer({ purpose: 'HPAYMT' });
    expect([decode(asked.json.access_token.split('.')[1]).purpose_of_use].flat()).toEqual(['HPAYMT']);
  });

  test('publishes its keys and where to find everything, at addresses that a Host header cannot steer', async () => {
    const headers = { host: 'evil.example' };
    const { json } = await hospital.send('/auth/.well-known/openid-configuration', { headers });
    expect(json.issuer).toBe(`${node.url}/orgs/st-mary/auth`);
    expect(json.token_endpoint).toBe(`${node.url}/orgs/st-mary/auth/token`);
    const keys = (await hospital.send('/auth/jwks')).json.keys;
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) expect(key.d).toBeUndefined();
  });
});

describe('scopes bound what a token reaches', () => {
  const fhir = (method: string, path: string, scope: string, body?: object) =>
    hospital.fhir(method, path, { as: { scope }, ...(body === undefined ? {} : { body }) });

  test('a type that is not granted is refused alike whether or not anything of it exists', async () => {
    const scope = 'system/Observation.rs';
    const existing = await fhir('GET', `Patient/${patient.at('st-mary')}`, scope);
    const missing = await fhir('GET', 'Patient/nobody', scope);
    expect([existing.status, missing.status]).toEqual([403, 403]);
    expect(existing.text.replaceAll(/[0-9a-f]{32}/g, '')).toBe(missing.text.replaceAll(/[0-9a-f]{32}/g, ''));
    expect((await fhir('GET', 'Patient?_summary=count', scope)).status).toBe(403);
  });

  test('reading does not include writing, nor searching counting, nor creating changing', async () => {
    const body = { resourceType: 'Basic', code: { text: 'scoped' } };
    expect((await fhir('POST', 'Basic', 'system/Basic.rs', body)).status).toBe(403);
    expect((await fhir('GET', 'Basic', 'system/Basic.r')).status).toBe(403);
    const { id } = await hospital.create(body);
    expect((await fhir('PUT', `Basic/${id}`, 'system/Basic.cr', { ...body, id })).status).toBe(403);
    expect((await fhir('DELETE', `Basic/${id}`, 'system/Basic.cru')).status).toBe(403);
    expect((await fhir('GET', `Basic/${id}`, 'system/Basic.r')).status).toBe(200);
  });

  test('an include brings nothing of a type that is not granted', async () => {
    const query = `Observation?patient=${patient.at('st-mary')}&_include=Observation:subject&_count=5`;
    const { json } = await fhir('GET', query, 'system/Observation.rs');
    expect(json.entry.length).toBeGreaterThan(0);
    for (const { resource } of json.entry) expect(resource.resourceType).toBe('Observation');
  });

  test("a patient's token reaches that patient's record and nobody else's, by whatever way", async () => {
    const others = (await patientsAt(node, 'st-mary')).filter((each) => each !== patient);
    const other = others.find((each) => each.at('st-mary') !== patient.at('st-mary'));
    if (other === undefined) throw new Error('one patient only');
    const own = patient.at('st-mary');
    const theirs = other.at('st-mary');
    const as = { user: `Patient/${own}`, scope: 'patient/*.rs', purpose: 'PATRQT' };
    const get = (path: string) => hospital.fhir('GET', path, { as });
    expect((await get(`Patient/${own}`)).status).toBe(200);
    expect((await get(`Patient/${theirs}`)).status).toBe(404);
    expect((await get(`Patient/${theirs}/$everything`)).status).toBe(404);
    expect((await get(`Patient/${theirs}/_history`)).status).toBe(404);
    expect((await get(`Patient/${theirs}/$network-everything`)).status).toBe(404);
    expect(await hospital.searchIds('Patient', { as })).toEqual([own]);
    expect(await hospital.searchIds(`Observation?patient=${theirs}`, { as })).toEqual([]);
    expect((await get(`Observation?patient=${theirs}&_summary=count`)).json.total).toBe(0);
    expect((await get('Patient?_summary=count')).json.total).toBe(1);
    const [event] = await hospital.auditEvents(`patient=Patient/${theirs}&_count=1`);
    if (event !== undefined) expect((await get(`AuditEvent/${event.id}`)).status).toBe(404);
  });
});

describe('purposes bound what the own organisation may do', () => {
  test.each(['TREAT', 'HPAYMT', 'HOPERAT', 'COC'])('%s is permitted by policy', async (purpose) => {
    const answer = await hospital.fhir('GET', `Patient/${patient.at('st-mary')}`, { as: { purpose } });
    expect(answer.status).toBe(200);
  });

  test.each(['HRESCH', 'HMARKT'])('%s is not: not found, no matches, no count', async (purpose) => {
    const as = { purpose };
    const id = patient.at('st-mary');
    expect((await hospital.fhir('GET', `Patient/${id}`, { as })).status).toBe(404);
    expect(await hospital.searchIds(`Observation?patient=${id}`, { as })).toEqual([]);
    expect((await hospital.fhir('GET', 'Patient?_summary=count', { as })).json.total).toBe(0);
    expect((await hospital.fhir('GET', `Patient/${id}/_history`, { as })).status).toBe(404);
    const organisations = await hospital.searchIds('Organization', { as });
    expect(organisations.length).toBeGreaterThan(0);
  });
});

describe('personas sign in', () => {
  test('each of them, with a token that their own organisation takes', async () => {
    for (const persona of await personas(node)) {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ persona: persona.id });
      const answer = await node.send('/demo/sign-in', { method: 'POST', headers, body });
      expect([persona.id, answer.status]).toEqual([persona.id, 200]);
      const organisation = node.organisation(persona.organisation);
      const tried = await organisation.fhir('GET', 'Patient?_count=1', { token: answer.json.access_token });
      expect([persona.id, tried.status]).toEqual([persona.id, 200]);
      if (persona.patient !== undefined) expect(answer.json.patient).toBe(persona.patient);
    }
  });

  test('as FORMATS lists them: six patients at two organisations, two at three, seeds for patients only', async () => {
    const full = await startNode({ patients: 24 });
    try {
      const everybody = await personas(full);
      const at = (count: number) => everybody.filter((each) => (each.records?.length ?? 0) >= count).length;
      expect(everybody.filter(({ role }) => role === 'patient').length).toBeGreaterThanOrEqual(24);
      expect([at(2) >= 6, at(3) >= 2]).toEqual([true, true]);
      for (const persona of everybody) {
        if (persona.role !== 'patient') expect(persona.seed).toBeUndefined();
        else expect(Buffer.from(persona.seed ?? '', 'base64')).toHaveLength(32);
      }
    } finally {
      await full.stop();
    }
  });
});
