import { connect } from 'node:net';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hashClientSecret, parseScopes } from '../index.ts';
import { type SuiteNode, startNode } from '../suite/identity-node.ts';

const SECRET = 'a laboratory secret: 100%';
let node: SuiteNode;
let secretHash: string;
let url: string;

beforeAll(async () => {
  secretHash = await hashClientSecret(SECRET);
  const clients = [
    {
      id: 'lab',
      secretHash,
      scope: 'system/Observation.crs system/Patient.rs',
      purposes: ['TREAT', 'HOPERAT'],
    },
    { id: 'payer', secretHash, scope: 'system/Coverage.rs', purposes: ['HPAYMT'] },
  ];
  node = await startNode({ clients });
  url = `${node.url}/orgs/st-mary/auth`;
});
afterAll(() => node.stop());
beforeEach(() => {
  node.mary.events.length = 0;
  node.mary.state.failure = undefined;
});

const lab = { grant_type: 'client_credentials', client_id: 'lab', client_secret: SECRET };
const demo = { grant_type: 'client_credentials', client_id: 'demo', client_secret: 'demo' };

async function ask(form: string | Record<string, string>, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: typeof form === 'string' ? form : new URLSearchParams(form),
  });
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, body, headers: response.headers };
}

const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`,
});

describe('refused, with the error that RFC 6749 §5.2 names, and recorded', () => {
  test.each([
    ['a wrong secret', { ...lab, client_secret: 'wrong' }, {}, 401, 'invalid_client'],
    [
      'the hash in place of the secret',
      () => ({ ...lab, client_secret: secretHash }),
      {},
      401,
      'invalid_client',
    ],
    ['an empty secret', { ...lab, client_secret: '' }, {}, 401, 'invalid_client'],
    ['no secret', { grant_type: 'client_credentials', client_id: 'lab' }, {}, 401, 'invalid_client'],
    ['an unknown client', { ...lab, client_id: 'nobody' }, {}, 401, 'invalid_client'],
    [
      'a client id that is a URL',
      { ...lab, client_id: 'https://attacker.example/client' },
      {},
      401,
      'invalid_client',
    ],
    [
      'another client’s name with a prototype property',
      { ...lab, client_id: '__proto__' },
      {},
      401,
      'invalid_client',
    ],
    ['no client at all', { grant_type: 'client_credentials' }, {}, 401, 'invalid_client'],
    [
      'a wrong secret by Basic',
      { grant_type: 'client_credentials' },
      basic('lab', 'wrong'),
      401,
      'invalid_client',
    ],
    [
      'a client assertion without its type',
      { grant_type: 'client_credentials', client_id: 'lab', client_assertion: 'x.y.z' },
      {},
      400,
      'invalid_request',
    ],
    [
      'a client assertion of a client that has a secret',
      {
        grant_type: 'client_credentials',
        client_id: 'lab',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: `${Buffer.from('{"alg":"ES256"}').toString('base64url')}.${Buffer.from('{"sub":"lab"}').toString('base64url')}.x`,
      },
      {},
      401,
      'invalid_client',
    ],
    ['two ways of authenticating', lab, basic('lab', SECRET), 400, 'invalid_request'],
    [
      'two clients',
      { grant_type: 'client_credentials', client_id: 'demo' },
      basic('lab', SECRET),
      400,
      'invalid_request',
    ],
    [
      'a broken Basic header',
      { grant_type: 'client_credentials' },
      { authorization: 'Basic §' },
      400,
      'invalid_request',
    ],
    ['no grant type', { client_id: 'lab', client_secret: SECRET }, {}, 400, 'invalid_request'],
    ['a password grant', { ...lab, grant_type: 'password' }, {}, 400, 'unsupported_grant_type'],
    [
      'an authorization code',
      { ...lab, grant_type: 'authorization_code', code: 'x' },
      {},
      400,
      'unauthorized_client',
    ],
    [
      'a refresh token',
      { ...lab, grant_type: 'refresh_token', refresh_token: 'x' },
      {},
      400,
      'unauthorized_client',
    ],
    ['an implicit grant', { ...lab, grant_type: 'implicit' }, {}, 400, 'unsupported_grant_type'],
    ['more letters than registered', { ...lab, scope: 'system/Observation.cruds' }, {}, 400, 'invalid_scope'],
    ['a type not registered', { ...lab, scope: 'system/Condition.rs' }, {}, 400, 'invalid_scope'],
    ['everything', { ...lab, scope: 'system/*.rs' }, {}, 400, 'invalid_scope'],
    [
      'one scope too many',
      { ...lab, scope: 'system/Observation.rs system/Condition.r' },
      {},
      400,
      'invalid_scope',
    ],
    ['the reach of a user', { ...lab, scope: 'user/Observation.rs' }, {}, 400, 'invalid_scope'],
    ['letters out of order', { ...lab, scope: 'system/Observation.sr' }, {}, 400, 'invalid_scope'],
    [
      'a restricted scope for writing',
      { ...lab, scope: 'system/Observation.c?category=laboratory' },
      {},
      400,
      'invalid_scope',
    ],
    ['nothing but launch context', { ...lab, scope: 'openid launch/patient' }, {}, 400, 'invalid_scope'],
    ['characters no scope has', { ...lab, scope: 'system/Observation.r"s' }, {}, 400, 'invalid_scope'],
    ['a purpose not registered', { ...lab, purpose_of_use: 'HRESCH' }, {}, 400, 'invalid_request'],
    ['one purpose too many', { ...lab, purpose_of_use: 'TREAT HRESCH' }, {}, 400, 'invalid_request'],
    ['an unknown purpose', { ...lab, purpose_of_use: 'CURIOSITY' }, {}, 400, 'invalid_request'],
    [
      'the default purpose when it is not registered',
      { ...lab, client_id: 'payer' },
      {},
      400,
      'invalid_request',
    ],
    ['a user for a machine', { ...lab, fhir_user: 'Practitioner/1' }, {}, 400, 'invalid_request'],
    ['a patient for a machine', { ...lab, patient: 'p1' }, {}, 400, 'invalid_request'],
    ['patient scopes without a patient', { ...demo, scope: 'patient/*.rs' }, {}, 400, 'invalid_scope'],
    ['user scopes without a user', { ...demo, scope: 'user/*.rs' }, {}, 400, 'invalid_scope'],
    ['a user that is no person', { ...demo, fhir_user: 'Device/1' }, {}, 400, 'invalid_request'],
    [
      'a user with a path',
      { ...demo, fhir_user: 'Practitioner/1/../../Patient/2' },
      {},
      400,
      'invalid_request',
    ],
    ['a patient with a path', { ...demo, patient: 'p1/_history' }, {}, 400, 'invalid_request'],
    [
      'a token for another service',
      { ...lab, resource: 'https://records.example/orgs/lakeside/fhir' },
      {},
      400,
      'invalid_target',
    ],
  ] as const)('%s', async (_case, form, headers, status, error) => {
    const answer = await ask(typeof form === 'function' ? form() : { ...form }, { ...headers });
    expect([answer.status, answer.body.error]).toEqual([status, error]);
    expect(answer.body).not.toHaveProperty('access_token');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(node.mary.events).toHaveLength(1);
    expect(node.mary.events[0]).toMatchObject({
      kind: 'sign-in',
      subtype: 'token',
      outcome: 'minor',
      detail: error,
    });
  });

  test.each([
    'grant_type=client_credentials&grant_type=client_credentials&client_id=demo&client_secret=demo',
    'grant_type=client_credentials&client_id=demo&client_id=demo&client_secret=demo',
    'grant_type=client_credentials&client_id=demo&client_secret=demo&client_secret=x',
    'grant_type=client_credentials&client_id=demo&client_secret=demo&scope=system/*.r&scope=system/*.cruds',
    'grant_type=client_credentials&client_id=demo&client_secret=demo&purpose_of_use=TREAT&purpose_of_use=HRESCH',
    'grant_type=client_credentials&client_id=demo&client_secret=demo&patient=p1&patient=p2',
    'grant_type=client_credentials&client_id=demo&client_secret=demo&fhir_user=Patient/1&fhir_user=Patient/2',
  ])('a parameter given twice: %s', async (form) => {
    const answer = await ask(form);
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request']);
  });

  test.each([
    ['JSON', 'application/json', '{"grant_type":"client_credentials"}'],
    [
      'a huge form',
      'application/x-www-form-urlencoded',
      `grant_type=client_credentials&x=${'x'.repeat(50_000_000)}`,
    ],
    ['a file upload', 'multipart/form-data; boundary=x', '--x--'],
  ])('%s', async (_case, type, body) => {
    const answer = await ask(body, { 'content-type': type });
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request']);
    expect(node.mary.events).toHaveLength(1);
    expect((await ask(lab)).status).toBe(200);
  });

  test('the agent of a refused request is a registered client or nobody, never what a stranger typed', async () => {
    await ask({ ...lab, client_secret: 'wrong' });
    await ask({ ...lab, client_id: 'Jane Doe born 1970-01-01' });
    expect(node.mary.events.map(({ agent }) => agent)).toEqual(['lab', undefined]);
  });

  test('credentials in the address are not credentials', async () => {
    const response = await fetch(`${url}/token?${new URLSearchParams(lab)}`, { method: 'POST' });
    expect(response.status).toBe(401);
  });
});

describe('a token', () => {
  test('is a JWT of this organisation, for its FHIR base, an hour long', async () => {
    const { status, body } = await ask({
      ...lab,
      scope: 'system/Observation.rs openid',
      purpose_of_use: 'HOPERAT TREAT',
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'system/Observation.rs' });
    const token = String(body.access_token);
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: node.mary.key.id });
    const payload = decodeJwt(token);
    expect(payload).toMatchObject({
      iss: 'https://records.example/orgs/st-mary/auth',
      aud: 'https://records.example/orgs/st-mary/fhir',
      sub: 'lab',
      client_id: 'lab',
      scope: 'system/Observation.rs',
      purpose_of_use: ['HOPERAT', 'TREAT'],
    });
    expect(payload.jti).toHaveLength(43);
    expect(Number(payload.exp) - Number(payload.iat)).toBe(3600);
    const principal = await node.mary.authenticator.authenticate(`Bearer ${token}`);
    expect(node.mary.events).toEqual([
      expect.objectContaining({ kind: 'sign-in', outcome: 'success', principal, patients: [] }),
    ]);
  });

  test('is given to a client that authenticates by Basic, as RFC 6749 §2.3.1 encodes it', async () => {
    const { status, body } = await ask({ grant_type: 'client_credentials' }, basic('lab', SECRET));
    expect([status, body.scope]).toEqual([200, 'system/Observation.crs system/Patient.rs']);
  });

  test('of the demo client names user and patient when asked', async () => {
    const { body } = await ask({
      ...demo,
      fhir_user: 'Practitioner/12',
      patient: 'p1',
      purpose_of_use: 'HPAYMT',
    });
    expect(body.patient).toBe('p1');
    const principal = await node.mary.authenticator.authenticate(`Bearer ${body.access_token}`);
    expect(principal).toMatchObject({
      kind: 'user',
      id: 'Practitioner/12',
      fhirUser: 'Practitioner/12',
      patient: 'p1',
      purposes: ['HPAYMT'],
      scopes: { text: 'user/*.cruds' },
    });
  });

  test('of the demo client in the name of a patient reaches that patient', async () => {
    const { body } = await ask({ ...demo, fhir_user: 'Patient/p2' });
    const principal = await node.mary.authenticator.authenticate(`Bearer ${body.access_token}`);
    expect(principal).toMatchObject({ kind: 'patient', patient: 'p2', scopes: { text: 'patient/*.cruds' } });
  });

  test('of the demo client reaches everything at this organisation by default', async () => {
    const { body } = await ask(demo);
    expect(body.scope).toBe('system/*.cruds');
    const principal = await node.mary.authenticator.authenticate(`Bearer ${body.access_token}`);
    expect(principal.scopes).toEqual(parseScopes('system/*.cruds'));
    expect(principal).toMatchObject({ kind: 'client', purposes: ['TREAT'] });
  });

  test.each([
    [Object.assign(new Error('no space'), { code: 'full' }), 507],
    [new Error('the audit trail is away'), 503],
  ])('that cannot be recorded is not given: %s', async (failure, status) => {
    node.mary.state.failure = failure;
    const answer = await ask(demo);
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body)).not.toContain('eyJ');
  });
});

describe('addresses', () => {
  test('come from the configured issuer, whatever Host the request names', async () => {
    const { hostname, port } = new URL(node.url);
    const text = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () =>
        socket.end(
          'GET /orgs/st-mary/auth/.well-known/openid-configuration HTTP/1.1\r\nHost: attacker.example\r\nX-Forwarded-Host: attacker.example\r\nConnection: close\r\n\r\n',
        ),
      );
      let received = '';
      socket.on('data', (chunk) => {
        received += chunk.toString();
      });
      socket.on('close', () => resolve(received)).on('error', reject);
    });
    expect(text).toContain('"token_endpoint":"https://records.example/orgs/st-mary/auth/token"');
    expect(text).not.toContain('attacker');
  });

  test('name what is served and nothing that is not', async () => {
    const document = (await (await fetch(`${url}/.well-known/openid-configuration`)).json()) as Record<
      string,
      unknown
    >;
    expect(Object.keys(document).filter((name) => name.endsWith('_endpoint'))).toEqual([
      'authorization_endpoint',
      'token_endpoint',
      'revocation_endpoint',
      'end_session_endpoint',
      'introspection_endpoint',
    ]);
    expect(document.grant_types_supported).toEqual([
      'authorization_code',
      'refresh_token',
      'client_credentials',
    ]);
    for (const path of ['auth', 'me', 'reg', 'session/end', 'request', 'token/introspection']) {
      expect((await fetch(`${url}/${path}`)).status).toBe(404);
    }
  });

  test('the key set holds public keys alone', async () => {
    const { keys } = (await (await fetch(`${url}/jwks`)).json()) as { keys: Record<string, unknown>[] };
    expect(keys).toHaveLength(1);
    expect(Object.keys(keys[0]!).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  });
});

test('outside demo mode nobody is called demo', async () => {
  const production = await startNode({ demo: false });
  try {
    const response = await fetch(`${production.url}/orgs/st-mary/auth/token`, {
      method: 'POST',
      body: new URLSearchParams(demo),
    });
    expect(response.status).toBe(401);
    expect((await fetch(`${production.url}/demo/personas`)).status).toBe(404);
    expect((await fetch(`${production.url}/demo/sign-in`, { method: 'POST' })).status).toBe(404);
  } finally {
    await production.stop();
  }
});
