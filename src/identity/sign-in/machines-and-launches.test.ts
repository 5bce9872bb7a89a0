import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt, exportJWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashClientSecret } from '../index.ts';
import { APP_URL, App, addPeople, PUBLIC_URL } from '../suite/app.ts';
import { type SuiteNode, startNode } from '../suite/identity-node.ts';

const ec = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-384' });

const published = { ...(await exportJWK(rsa.publicKey)), kid: 'r1', alg: 'RS384', use: 'sig' };
const keyServer = createServer((request, response) => {
  if (request.url === '/moved') return void response.writeHead(302, { location: '/keys' }).end();
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ keys: [published] }));
});

/** Six passwords and a few secrets are hashed, on a busy machine. */
const SETUP_MS = 60_000; // two seconds on an idle one

let node: SuiteNode;
let machine: App;
beforeAll(async () => {
  await new Promise<void>((resolve) => keyServer.listen(0, '127.0.0.1', resolve));
  const { port } = keyServer.address() as AddressInfo;
  const inline = { keys: [{ ...(await exportJWK(ec.publicKey)), kid: 'e1' }] };
  const backend = { scope: 'system/Observation.rs system/Patient.r', purposes: ['TREAT'] };
  node = await startNode({
    publicUrl: PUBLIC_URL,
    clients: [
      { id: 'inline', jwks: inline, ...backend },
      { id: 'by-url', jwksUri: `http://127.0.0.1:${port}/keys`, ...backend },
      { id: 'moved', jwksUri: `http://127.0.0.1:${port}/moved`, ...backend },
      { id: 'secret', secretHash: await hashClientSecret('a secret'), ...backend },
      {
        id: 'ehr-app',
        name: 'EHR app',
        redirectUris: [APP_URL],
        launchUri: 'https://app.example/launch',
        scope: 'patient/*.rs user/*.rs',
        purposes: ['TREAT', 'PATRQT'],
      },
      {
        id: 'kept',
        redirectUris: [APP_URL],
        secretHash: await hashClientSecret('app secret'),
        scope: 'patient/*.rs',
        purposes: ['TREAT', 'PATRQT'],
      },
    ],
  });
  await addPeople(node.mary);
  machine = new App(node, node.mary, 'inline');
}, SETUP_MS);
afterAll(async () => {
  keyServer.close();
  await node?.stop();
});

interface Assertion {
  client?: string;
  key?: KeyObject;
  header?: { alg: string; kid?: string; jku?: string };
  claims?: Record<string, unknown>;
}

let serial = 0;
async function assertion({
  client = 'inline',
  key = ec.privateKey,
  header = { alg: 'ES384', kid: 'e1' },
  claims = {},
}: Assertion = {}) {
  const now = Math.floor(Date.now() / 1000);
  serial += 1;
  const payload = {
    iss: client,
    sub: client,
    aud: `${node.mary.realm.issuer}/token`,
    iat: now,
    exp: now + 240,
    jti: `j${serial}`,
    ...claims,
  };
  return new SignJWT(payload).setProtectedHeader({ typ: 'JWT', ...header }).sign(key);
}

const ask = (client_assertion: string, changes: Record<string, string> = {}) =>
  machine.token({
    grant_type: 'client_credentials',
    scope: 'system/Observation.rs',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion,
    ...changes,
  });

describe('a machine’s assertion', () => {
  test.each<[string, () => Promise<string>]>([
    ['by a stranger’s key', () => assertion({ key: stranger.privateKey })],
    [
      'by a stranger’s key at an address of theirs',
      () =>
        assertion({
          key: stranger.privateKey,
          header: { alg: 'ES384', kid: 'e1', jku: 'http://127.0.0.1:1/keys' },
        }),
    ],
    ['for another server', () => assertion({ claims: { aud: 'https://other.example/token' } })],
    ['for another organisation', () => assertion({ claims: { aud: `${node.lakeside.realm.issuer}/token` } })],
    ['of another issuer', () => assertion({ claims: { iss: 'by-url' } })],
    ['about another subject', () => assertion({ claims: { sub: 'by-url' } })],
    ['that has expired', () => assertion({ claims: { exp: Math.floor(Date.now() / 1000) - 60 } })],
    ['that lives for an hour', () => assertion({ claims: { exp: Math.floor(Date.now() / 1000) + 3600 } })],
    ['without an end', () => assertion({ claims: { exp: undefined } })],
    ['without an id', () => assertion({ claims: { jti: undefined } })],
    ['of a client that has a secret', () => assertion({ client: 'secret' })],
    [
      'with keys behind a redirect',
      () => assertion({ client: 'moved', key: rsa.privateKey, header: { alg: 'RS384', kid: 'r1' } }),
    ],
    [
      'by a weaker algorithm',
      () => assertion({ client: 'by-url', key: rsa.privateKey, header: { alg: 'RS256', kid: 'r1' } }),
    ],
    [
      'unsigned',
      async () => {
        const [, body] = (await assertion()).split('.');
        return `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${body}.`;
      },
    ],
    [
      'signed with the public key as a secret',
      async () => {
        const [, body] = (await assertion()).split('.');
        const head = Buffer.from('{"alg":"HS384","typ":"JWT","kid":"e1"}').toString('base64url');
        const key = ec.publicKey.export({ format: 'pem', type: 'spki' });
        return `${head}.${body}.${createHmac('sha384', key).update(`${head}.${body}`).digest('base64url')}`;
      },
    ],
  ])('%s is invalid_client', async (_case, make) => {
    const { status, body } = await ask(await make());
    expect([status, body.error]).toEqual([401, 'invalid_client']);
  });

  test('is taken once, also when two come at once', async () => {
    const one = await assertion();
    expect((await ask(one)).status).toBe(200);
    expect((await ask(one)).body.error).toBe('invalid_client');
    const two = await assertion();
    const answers = await Promise.all([ask(two), ask(two), ask(two)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
  });

  test('gives a token by ES384 with an inline key, and by RS384 with one fetched by URL', async () => {
    const inline = await ask(await assertion());
    expect([inline.status, inline.body.scope]).toEqual([200, 'system/Observation.rs']);
    expect(decodeJwt(String(inline.body.access_token))).toMatchObject({ sub: 'inline', client_id: 'inline' });
    const fetched = await ask(
      await assertion({ client: 'by-url', key: rsa.privateKey, header: { alg: 'RS384', kid: 'r1' } }),
    );
    expect([fetched.status, fetched.body.error_description]).toEqual([200, undefined]);
  });

  test('gives no more than the client is registered for', async () => {
    expect((await ask(await assertion(), { scope: 'system/*.rs' })).body.error).toBe('invalid_scope');
    expect(
      (await ask(await assertion(), { scope: 'system/Observation.rs?category=laboratory' })).body.scope,
    ).toBe('system/Observation.rs?category=laboratory');
    expect((await ask(await assertion(), { scope: 'patient/*.rs' })).body.error).toBe('invalid_scope');
  });
});

describe('a confidential app', () => {
  test('needs its secret for the code, and for each refresh', async () => {
    const app = new App(node, node.mary, 'kept');
    const basic = { authorization: `Basic ${Buffer.from('kept:app secret').toString('base64')}` };
    const screen = await app.signIn('offline_access patient/*.rs', 'ada');
    const back = await app.allow(screen);
    const parameters = {
      grant_type: 'authorization_code',
      code: String(new URL(back.url).searchParams.get('code')),
      redirect_uri: APP_URL,
      code_verifier: screen.verifier,
    };
    expect((await app.token({ ...parameters, client_id: 'kept' })).body.error).toBe('invalid_client');
    const good = await app.token(parameters, basic);
    expect(good.status).toBe(200);
    const refresh = { grant_type: 'refresh_token', refresh_token: String(good.body.refresh_token) };
    expect((await app.token({ ...refresh, client_id: 'kept' })).body.error).toBe('invalid_client');
    // The token alone names a client only where there is nothing to show.
    expect((await app.token(refresh)).body.error).toBe('invalid_client');
    expect((await app.token(refresh, basic)).status).toBe(200);
  });
});

describe('an app opened from the record', () => {
  const portal = () => new App(node, node.mary, 'portal', `${PUBLIC_URL}/signed-in`);
  const open = async (login: string, body: object) => {
    const app = portal();
    const { access_token } = await app.launch('openid user/*.rs', login);
    return app.call('POST', '/account/launch', String(access_token), body);
  };
  const SCOPE = 'launch openid fhirUser patient/*.rs';

  test('gets the patient and the encounter that it was opened for, once', async () => {
    const opened = await open('carl', {
      client: 'ehr-app',
      patient: 'p2',
      encounter: 'e7',
      intent: 'reconcile',
    });
    expect(opened.status).toBe(201);
    const url = new URL(String(opened.body.url));
    expect([url.origin + url.pathname, url.searchParams.get('iss')]).toEqual([
      'https://app.example/launch',
      node.mary.realm.audience,
    ]);
    const launch = String(url.searchParams.get('launch'));
    const app = new App(node, node.mary, 'ehr-app');
    const token = await app.launch(SCOPE, 'carl', { changes: { launch } });
    expect(token).toMatchObject({ patient: 'p2', encounter: 'e7', intent: 'reconcile' });
    const again = await new App(node, node.mary, 'ehr-app').signIn(SCOPE, 'carl', { launch });
    expect(new URL(again.url).searchParams.get('error')).toBe('invalid_request');
  });

  test('gets nothing with a launch of another app or another person', async () => {
    const { body } = await open('carl', { client: 'ehr-app', patient: 'p2' });
    const launch = String(body.launch);
    const stolen = await new App(node, node.mary, 'kept').browser.follow(
      new App(node, node.mary, 'kept').request(SCOPE, { launch }).url,
    );
    expect(new URL(stolen.url).searchParams.get('error')).toBe('invalid_request');
    const other = await new App(node, node.mary, 'ehr-app').signIn(SCOPE, 'ada', { launch });
    expect([other.status, other.text.includes('opened by somebody else')]).toEqual([400, true]);
  });

  test('is opened by people at the portal, for apps that can be and patients that are', async () => {
    expect((await open('carl', { client: 'kept' })).status).toBe(404);
    expect((await open('carl', { client: 'ehr-app', patient: 'nobody' })).status).toBe(404);
    expect((await open('ada', { client: 'ehr-app', patient: 'p2' })).status).toBe(404);
    const app = new App(node, node.mary, 'ehr-app');
    const { access_token } = await app.launch('user/*.rs', 'carl');
    expect(
      (await app.call('POST', '/account/launch', String(access_token), { client: 'ehr-app' })).status,
    ).toBe(403);
  });

  test('without a launch asks staff which patient it is about', async () => {
    const app = new App(node, node.mary, 'ehr-app');
    const screen = await app.signIn('launch/patient patient/*.rs', 'carl');
    expect(screen.text).toContain('name="patient"');
    const wrong = await app.allow(screen, { patient: 'nobody' });
    expect([wrong.status, wrong.text.includes('no patient with this id')]).toEqual([400, true]);
    const back = await app.allow(screen, { patient: 'p1' });
    expect((await app.exchange(back, screen.verifier)).body.patient).toBe('p1');
  });
});

describe('introspection and revocation', () => {
  const form = (path: string, body: Record<string, string>, authorization?: string) =>
    fetch(`${node.url}/orgs/st-mary/auth${path}`, {
      method: 'POST',
      headers: authorization === undefined ? {} : { authorization },
      body: new URLSearchParams(body),
    });
  const secret = `Basic ${Buffer.from('secret:a secret').toString('base64')}`;

  test('introspection is for confidential clients, and tells a person’s app nothing', async () => {
    const { access_token } = await new App(node, node.mary, 'ehr-app').launch('user/*.rs', 'carl');
    for (const authorization of [undefined, 'Basic c2VjcmV0Ondyb25n', `Bearer ${access_token}`, 'Bearer x']) {
      const answer = await form('/introspect', { token: String(access_token) }, authorization);
      expect([authorization, answer.status]).toEqual([authorization, 401]);
    }
  });

  test('says what a living token is, and only that others are not active', async () => {
    const app = new App(node, node.mary, 'ehr-app');
    const token = await app.launch('openid fhirUser launch/patient offline_access patient/*.rs', 'ada');
    const look = async (text: unknown) => (await form('/introspect', { token: String(text) }, secret)).json();
    expect(await look(token.access_token)).toMatchObject({
      active: true,
      client_id: 'ehr-app',
      patient: 'p1',
      fhirUser: `${node.mary.realm.audience}/Patient/p1`,
      iss: node.mary.realm.issuer,
    });
    expect(await look(token.refresh_token)).toMatchObject({ active: true, client_id: 'ehr-app' });
    const elsewhere = (
      await new App(node, node.lakeside, 'demo').token(
        { grant_type: 'client_credentials' },
        { authorization: `Basic ${Buffer.from('demo:demo').toString('base64')}` },
      )
    ).body.access_token;
    for (const bad of [
      'x',
      'a.b.c',
      elsewhere,
      token.id_token,
      `${String(token.access_token).slice(0, -4)}AAAA`,
    ])
      expect(await look(bad)).toEqual({ active: false });
  });

  test('a client calls back its own tokens, and nobody else’s', async () => {
    const app = new App(node, node.mary, 'ehr-app');
    const token = await app.launch('offline_access patient/*.rs', 'ada');
    const works = () =>
      node.mary.authenticator.authenticate(`Bearer ${token.access_token}`).then(
        () => true,
        () => false,
      );
    expect((await form('/revoke', { token: String(token.access_token) }, secret)).status).toBe(200);
    expect(await works()).toBe(true);
    expect((await form('/revoke', { token: String(token.access_token), client_id: 'ehr-app' })).status).toBe(
      200,
    );
    expect(await works()).toBe(false);
    const refreshed = await app.token({
      grant_type: 'refresh_token',
      refresh_token: String(token.refresh_token),
      client_id: 'ehr-app',
    });
    expect(refreshed.status).toBe(200);
    expect(
      (await form('/revoke', { token: String(refreshed.body.refresh_token), client_id: 'ehr-app' })).status,
    ).toBe(200);
    await expect(
      node.mary.authenticator.authenticate(`Bearer ${refreshed.body.access_token}`),
    ).rejects.toMatchObject({ code: 'token-revoked' });
    expect((await form('/revoke', { token: 'x' })).status).toBe(401);
  });
});

test('the SMART configuration and discovery name what is served, to pages of any origin', async () => {
  const smart = await fetch(`${node.url}/orgs/st-mary/fhir/.well-known/smart-configuration`);
  expect(smart.headers.get('access-control-allow-origin')).toBe('*');
  const said = (await smart.json()) as Record<string, string>;
  expect(said).toMatchObject({
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_signing_alg_values_supported: ['ES384', 'RS384'],
  });
  const discovery = (await (
    await fetch(`${node.url}/orgs/st-mary/auth/.well-known/openid-configuration`)
  ).json()) as Record<string, string>;
  for (const name of [
    'authorization_endpoint',
    'token_endpoint',
    'revocation_endpoint',
    'introspection_endpoint',
    'jwks_uri',
  ])
    expect(said[name]).toBe(discovery[name]);
});
