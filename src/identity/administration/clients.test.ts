import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { portalOf, portalToken, SETUP_MS, startAdministered } from '../suite/administration.ts';
import { APP_URL, App } from '../suite/app.ts';
import { bearer, refusal, type SuiteNode } from '../suite/identity-node.ts';

let node: SuiteNode;
let token: string;
/** Of another administrator. */
let other: string;
beforeAll(async () => {
  node = await startAdministered();
  [token, other] = [await portalTokenOf('root'), await portalTokenOf('vera')];
}, SETUP_MS);
afterAll(() => node?.stop());

const portal = () => portalOf(node);
const portalTokenOf = (login: string, scope?: string) => portalToken(node, login, scope);
const call = (method: string, path: string, body?: object, by = token) =>
  portal().call(method, `/administration${path}`, by, body);

/** What an administrator was answered who registered a client. */
type Registered = { readonly client: { readonly registration: string } };
const confirm = (id: string, { client }: Registered, by = other) =>
  call('POST', `/clients/${id}/confirmation`, { registration: client.registration }, by);

describe('an administrator, of apps and machines,', () => {
  test('lets no machine in alone: another administrator confirms it', async () => {
    const made = await call('POST', '/clients', { id: 'reader', scope: 'system/*.rs', secret: true });
    expect(made.body.client).toMatchObject({ id: 'reader', waits: true });
    const tokenOf = () =>
      portal().token({
        grant_type: 'client_credentials',
        client_id: 'reader',
        client_secret: String(made.body.secret),
      });
    expect((await tokenOf()).body.error).toBe('invalid_client');
    const registered = made.body as unknown as Registered;
    expect((await confirm('reader', registered, token)).body.code).toBe('client-invalid');
    expect(
      (await call('POST', '/clients', { id: 'reader', scope: 'system/*.rs', secret: true })).status,
    ).toBe(400);
    expect((await tokenOf()).body.error).toBe('invalid_client');
    const confirmed = await confirm('reader', registered);
    expect([confirmed.status, confirmed.body.client]).toMatchObject([200, { id: 'reader' }]);
    expect((await tokenOf()).status).toBe(200);
    expect((await confirm('reader', registered)).status).toBe(404);
    expect((await call('DELETE', '/clients/reader')).status).toBe(200);
  });

  test('confirms what they were shown: a machine registered meanwhile under the same id stays out', async () => {
    const register = async (scope: string) =>
      (await call('POST', '/clients', { id: 'swapped', scope, secret: true })).body as unknown as Registered;
    await register('system/Observation.rs');
    const listed = (await call('GET', '/clients', undefined, other)).body.clients as unknown as {
      id: string;
      registration: string;
    }[];
    const shown = listed.find(({ id }) => id === 'swapped');
    if (shown === undefined) throw new Error('the machine is not listed');
    expect((await call('DELETE', '/clients/swapped')).status).toBe(200);
    const swapped = await register('system/*.cruds');
    const answer = await confirm('swapped', { client: shown });
    expect([answer.status, answer.body.code]).toEqual([404, 'client-unknown']);
    for (const body of [{}, { registration: '' }, { registration: [swapped.client.registration] }])
      expect((await call('POST', '/clients/swapped/confirmation', body, other)).body.code).toBe(
        'request-invalid',
      );
    expect(node.mary.signIn.clients.get('swapped')).toBeUndefined();
    expect((await confirm('swapped', swapped)).status).toBe(200);
    expect(node.mary.signIn.clients.get('swapped')).toBeDefined();
    expect((await call('DELETE', '/clients/swapped')).status).toBe(200);
  });

  test('removes a machine: its tokens end, and do not revive when its id is registered anew', async () => {
    const register = async () => {
      const made = await call('POST', '/clients', { id: 'nightly', scope: 'system/*.rs', secret: true });
      expect((await confirm('nightly', made.body as unknown as Registered)).status).toBe(200);
      const { body } = await portal().token({
        grant_type: 'client_credentials',
        client_id: 'nightly',
        client_secret: String(made.body.secret),
      });
      return refusalOf(String(body.access_token));
    };
    const refusalOf = (access: string) => () =>
      refusal(node.mary.authenticator.authenticate(`Bearer ${access}`));
    const first = await register();
    expect(await first()).toBeUndefined();
    expect((await call('DELETE', '/clients/nightly')).status).toBe(200);
    expect(await first()).toBe('token-revoked');
    const second = await register();
    expect([await first(), await second()]).toEqual(['token-revoked', undefined]);
    expect((await call('DELETE', '/clients/nightly')).status).toBe(200);
  });

  test('registers a machine whose secret is shown once, and removes it: its tokens end at once', async () => {
    const made = await call('POST', '/clients', {
      id: 'night-job',
      scope: 'system/Observation.rs',
      secret: true,
    });
    const secret = String(made.body.secret);
    expect([made.status, secret.length]).toEqual([201, 43]);
    await confirm('night-job', made.body as unknown as Registered);
    expect(JSON.stringify((await call('GET', '/clients')).body)).not.toContain(secret);
    const asked = await portal().token({
      grant_type: 'client_credentials',
      client_id: 'night-job',
      client_secret: secret,
    });
    expect(asked.status).toBe(200);
    expect((await call('DELETE', '/clients/night-job')).status).toBe(200);
    await expect(
      node.mary.authenticator.authenticate(`Bearer ${asked.body.access_token}`),
    ).rejects.toMatchObject({ code: 'token-revoked' });
    expect((await call('DELETE', '/clients/configured')).status).toBe(404);
    expect((await call('DELETE', '/clients/portal')).status).toBe(404);
  });

  test('removes an app: what people granted it ends at once, and does not revive when its id is registered anew', async () => {
    const registration = {
      id: 'visits',
      scope: 'patient/*.rs',
      redirectUris: [APP_URL],
      purposes: ['PATRQT', 'HOPERAT'],
    };
    expect((await call('POST', '/clients', registration)).status).toBe(201);
    const of = (client: string) => new App(node, node.mary, client);
    const scope = 'offline_access patient/*.rs';
    const removed = await of('visits').launch(scope, 'ada');
    const kept = await of('configured').launch('user/*.rs', 'root');
    const opens = ({ access_token }: typeof removed) =>
      refusal(node.mary.authenticator.authenticate(`Bearer ${access_token}`));
    expect([await opens(removed), await opens(kept)]).toEqual([undefined, undefined]);
    const refresh = () =>
      of('visits').token({
        grant_type: 'refresh_token',
        refresh_token: String(removed.refresh_token),
        client_id: 'visits',
      });

    expect((await call('DELETE', '/clients/visits')).status).toBe(200);
    expect([await opens(removed), await opens(kept)]).toEqual(['token-revoked', undefined]);
    expect((await refresh()).body.error).toBe('invalid_client');

    expect((await call('POST', '/clients', registration)).status).toBe(201);
    expect(await opens(removed)).toBe('token-revoked');
    expect((await refresh()).body.error).toBe('invalid_grant');
    const ada = String(node.mary.signIn.directory.byLogin('ada')?.id);
    const held = node.mary.signIn.grants.ofAccount(ada).map(({ client }) => client);
    expect(held).not.toContain('visits');
    expect(await opens(await of('visits').launch(scope, 'ada'))).toBeUndefined();
    expect((await call('DELETE', '/clients/visits')).status).toBe(200);
  });

  test.each<[string, object]>([
    ['for itself', { sub: 'gone' }],
    ['for somebody', { sub: 'ada', fhirUser: 'Patient/p1' }],
    ['for somebody, under a grant that holds', { sub: 'ada', fhirUser: 'Patient/p1', grant: 'kept' }],
    ['in the name of the demonstration, for itself', { sub: 'demo-portal', client_id: 'demo-portal' }],
    [
      'in the name of the demonstration, under a grant',
      { sub: 'ada', client_id: 'demo-portal', grant: 'kept' },
    ],
  ])('opens nothing with a token of a client that is not registered, made %s', async (_case, claims) => {
    node.mary.signIn.records.put('Grant', 'kept', {}, 60);
    const token = await bearer(node.mary, { client_id: 'gone', scope: 'user/*.rs', ...claims });
    expect(await refusal(node.mary.authenticator.authenticate(token))).toBe('token-revoked');
    const known = await bearer(node.mary, { scope: 'user/*.rs', ...claims, client_id: 'configured' });
    expect(await refusal(node.mary.authenticator.authenticate(known))).toBeUndefined();
  });

  test('cannot remove a configured app, and what people granted it stays', async () => {
    const { access_token } = await new App(node, node.mary, 'configured').launch('user/*.rs', 'root');
    expect((await call('DELETE', '/clients/configured')).status).toBe(404);
    expect(await refusal(node.mary.authenticator.authenticate(`Bearer ${access_token}`))).toBeUndefined();
  });

  test.each<[string, object]>([
    [
      'to send people to a page without TLS',
      { id: 'c1', scope: 'user/*.rs', redirectUris: ['http://app.example/back'] },
    ],
    ['to send people to a script', { id: 'c2', scope: 'user/*.rs', redirectUris: ['javascript:alert(1)'] }],
    [
      'with a part after the address',
      { id: 'c3', scope: 'user/*.rs', redirectUris: ['https://app.example/#x'] },
    ],
    ['in place of the portal', { id: 'portal', scope: 'user/*.rs', redirectUris: ['https://app.example/'] }],
    ['in place of a configured one', { id: 'configured', scope: 'system/*.rs' }],
    ['with administration', { id: 'c4', scope: 'administration' }],
    ['with keys elsewhere without TLS', { id: 'c5', scope: 'system/*.rs', jwksUri: 'http://keys.example/' }],
    ['with a purpose that there is not', { id: 'c6', scope: 'system/*.rs', purposes: ['CURIOSITY'] }],
    ['with nothing to show', { id: 'c7', scope: 'system/*.rs' }],
  ])('registers no client %s', async (_case, body) => {
    const { status } = await call('POST', '/clients', body);
    expect(status).toBe(400);
    expect(node.mary.signIn.clients.list().some(({ client }) => /^c\d$/.test(client.id))).toBe(false);
  });
});
