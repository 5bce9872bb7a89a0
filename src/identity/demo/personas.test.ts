import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { allowedBy, type Persona, parsePurposes } from '../index.ts';
import { type SuiteNode, startNode } from '../suite/identity-node.ts';

const personas: Persona[] = [
  {
    id: 'ana',
    name: 'Ana Flores',
    role: 'patient',
    organisation: 'st-mary',
    patient: 'p1',
    records: [
      { organisation: 'st-mary', patient: 'p1' },
      { organisation: 'lakeside', patient: 'p7' },
      { organisation: 'elsewhere', patient: 'p9' },
    ],
    seed: Buffer.alloc(32, 1).toString('base64'),
  },
  {
    id: 'dr-okafor',
    name: 'Dr. Ngozi Okafor',
    role: 'clinician',
    organisation: 'lakeside',
    fhirUser: 'Practitioner/okafor',
  },
  { id: 'pat-payer', name: 'Pat Lin', role: 'payer', organisation: 'st-mary' },
  { id: 'cora', name: 'Cora Berg', role: 'compliance', organisation: 'st-mary' },
  { id: 'fran', name: 'Fran Osei', role: 'front-desk', organisation: 'st-mary' },
  { id: 'remy', name: 'Remy Adler', role: 'researcher', organisation: 'st-mary' },
];

let node: SuiteNode;
beforeAll(async () => {
  node = await startNode({ personas });
});
afterAll(() => node.stop());
beforeEach(() => {
  node.mary.events.length = 0;
  node.mary.state.failure = undefined;
});

async function signIn(body: unknown) {
  const response = await fetch(`${node.url}/demo/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('nobody signs in', () => {
  test.each([
    ['as a stranger', { persona: 'nobody' }, 404],
    ['as a prototype property', { persona: '__proto__' }, 404],
    ['where the patient has no record', { persona: 'ana', organisation: 'meridian' }, 404],
    ['at an organisation that is not hosted', { persona: 'ana', organisation: 'elsewhere' }, 404],
    ['as staff of another organisation', { persona: 'dr-okafor', organisation: 'st-mary' }, 404],
    ['with a list', { persona: ['ana'] }, 404],
    ['with broken JSON', '{"persona":', 400],
    ['with a huge body', { persona: 'a'.repeat(10_000) }, 413],
  ])('%s', async (_case, body, status) => {
    const answer = await signIn(body);
    expect(answer.status).toBe(status);
    expect(answer.body).not.toHaveProperty('access_token');
  });

  test('without its record', async () => {
    node.mary.state.failure = new Error('away');
    expect((await signIn({ persona: 'ana' })).status).toBe(503);
  });
});

test('personas are listed as documented, seeds for patients only', async () => {
  const list = (await (await fetch(`${node.url}/demo/personas`)).json()) as Persona[];
  expect(list).toHaveLength(personas.length);
  expect(list[0]).toEqual(personas[0]);
  expect(list[1]).toEqual({
    id: 'dr-okafor',
    name: 'Dr. Ngozi Okafor',
    role: 'clinician',
    organisation: 'lakeside',
  });
});

test('a patient reads their own record and manages their consents, nothing more', async () => {
  const { status, body } = await signIn({ persona: 'ana' });
  expect(status).toBe(200);
  expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600, patient: 'p1' });
  const principal = await node.mary.authenticator.authenticate(`Bearer ${body.access_token}`);
  expect(principal).toMatchObject({ kind: 'patient', id: 'Patient/p1', patient: 'p1', purposes: ['PATRQT'] });
  expect(allowedBy(principal.scopes, 'Observation', 'r')).toEqual({ patient: true });
  expect(allowedBy(principal.scopes, 'Consent', 'c')).toEqual({ patient: true });
  expect(allowedBy(principal.scopes, 'Observation', 'u')).toBeUndefined();
  expect(node.mary.events).toMatchObject([
    { kind: 'sign-in', subtype: 'demo-sign-in', outcome: 'success', patients: ['p1'] },
  ]);
});

test('a patient signs in at another organisation under their id there, and only there', async () => {
  const { body } = await signIn({ persona: 'ana', organisation: 'lakeside' });
  expect(body.patient).toBe('p7');
  await expect(node.mary.authenticator.authenticate(`Bearer ${body.access_token}`)).rejects.toMatchObject({
    code: 'token-issuer',
  });
  expect(await node.lakeside.authenticator.authenticate(`Bearer ${body.access_token}`)).toMatchObject({
    patient: 'p7',
  });
});

test.each([
  ['dr-okafor', 'TREAT BTG', 'Practitioner/okafor'],
  ['fran', 'HOPERAT TREAT HPAYMT', 'Practitioner/fran'],
  ['pat-payer', 'HPAYMT', 'Practitioner/pat-payer'],
  ['cora', 'HOPERAT', 'Practitioner/cora'],
  ['remy', 'HRESCH', 'Practitioner/remy'],
])('%s signs in for the purpose %s', async (persona, purpose, fhirUser) => {
  const { body } = await signIn({ persona });
  const { authenticator } = persona === 'dr-okafor' ? node.lakeside : node.mary;
  const principal = await authenticator.authenticate(`Bearer ${body.access_token}`);
  expect(principal).toMatchObject({ kind: 'user', fhirUser, purposes: parsePurposes(purpose) });
  expect(allowedBy(principal.scopes, 'Patient', 'r')).toEqual({ user: true });
  expect(principal).not.toHaveProperty('patient');
  expect(body).not.toHaveProperty('patient');
});
