import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { APP_URL, App, addPeople, PUBLIC_URL } from '../suite/app.ts';
import { hidden } from '../suite/browser.ts';
import { type SuiteNode, startNode } from '../suite/identity-node.ts';
import { type IdTokenChanges, type OutsideServer, startOutsideServer } from '../suite/outside-server.ts';

/** Six passwords are hashed, on a busy machine. */
const SETUP_MS = 60_000; // two seconds on an idle one
const CLIENT = 'holdfast';

let outside: OutsideServer;
let node: SuiteNode;
beforeAll(async () => {
  outside = await startOutsideServer(CLIENT);
  node = await startNode({
    publicUrl: PUBLIC_URL,
    clients: [{ id: 'growth', redirectUris: [APP_URL], scope: 'user/*.rs', purposes: ['TREAT'] }],
    outside: { name: 'Hospital login', issuer: outside.issuer, clientId: CLIENT, clientSecret: 'its secret' },
  });
  await addPeople(node.mary);
  const { directory } = node.mary.signIn;
  const known = (login: string, subject: string) =>
    directory.add({
      login,
      name: login,
      roles: ['clinician'],
      fhirUser: `Practitioner/${login}`,
      outside: { issuer: outside.issuer, subject },
    });
  known('olga', 'subject-olga');
  directory.change(known('gone', 'subject-gone').id, { closed: true });
}, SETUP_MS);
afterAll(async () => {
  outside?.close();
  await node?.stop();
});

const fresh = () => new App(node, node.mary, 'growth');
const CALLBACK = `${PUBLIC_URL}/orgs/st-mary/auth/outside/callback`;

/** To the provider's door: where the browser was sent, and the sign-in that waits. */
async function leave(app: App) {
  const { url, verifier } = app.request('user/*.rs');
  const page = await app.browser.follow(url);
  const sent = await app.browser.follow(`${page.url}/outside`, { form: { form: hidden(page.text, 'form') } });
  return { verifier, page, sent: sent.url };
}

const back = (app: App, query: URLSearchParams) => app.browser.follow(`${CALLBACK}?${query}`);

describe('the organisation’s own provider', () => {
  test('is asked with PKCE, state and nonce, and lets in whom it knows here', async () => {
    const app = fresh();
    const { verifier, sent, page } = await leave(app);
    expect(page.text).toContain('Sign in with Hospital login');
    const asked = new URL(sent).searchParams;
    expect(Object.fromEntries(asked)).toMatchObject({
      response_type: 'code',
      client_id: CLIENT,
      redirect_uri: CALLBACK,
      code_challenge_method: 'S256',
    });
    for (const name of ['state', 'nonce', 'code_challenge'])
      expect(asked.get(name)?.length).toBeGreaterThan(30);
    const screen = await back(app, outside.signIn(sent, 'subject-olga'));
    expect(screen.text).toContain('You are signed in as <strong>olga</strong>');
    const token = await app.exchange(await app.allow(screen), verifier);
    const principal = await node.mary.authenticator.authenticate(`Bearer ${token.body.access_token}`);
    expect(principal).toMatchObject({ kind: 'user', fhirUser: 'Practitioner/olga' });
    expect(
      node.mary.events.some(({ subtype, outcome }) => subtype === 'outside' && outcome === 'success'),
    ).toBe(true);
  });

  test.each<[string, string, IdTokenChanges]>([
    ['for somebody who has no account here', 'subject-nobody', {}],
    ['for somebody whose account is closed', 'subject-gone', {}],
    ['of another issuer', 'subject-olga', { claims: { iss: 'https://thief.example' } }],
    ['for another client', 'subject-olga', { claims: { aud: 'somebody-else' } }],
    ['for another client too', 'subject-olga', { claims: { aud: [CLIENT, 'somebody-else'] } }],
    ['of another sign-in', 'subject-olga', { claims: { nonce: 'another' } }],
    ['without a nonce', 'subject-olga', { claims: { nonce: undefined } }],
    ['that has expired', 'subject-olga', { claims: { exp: Math.floor(Date.now() / 1000) - 600 } }],
    ['without an end', 'subject-olga', { claims: { exp: undefined } }],
    ['without a subject', 'subject-olga', { claims: { sub: undefined } }],
    [
      'signed by a stranger',
      'subject-olga',
      { key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey },
    ],
    [
      'signed with the client’s secret',
      'subject-olga',
      { key: new TextEncoder().encode('its secret'), algorithm: 'HS256' },
    ],
    [
      'unsigned',
      'subject-olga',
      {
        text: (good) => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${good.split('.')[1]}.`,
      },
    ],
    ['whose claims were changed', 'subject-nobody', { text: (good) => swapSubject(good) }],
  ])('an ID token %s lets nobody in', async (_case, subject, changes) => {
    const app = fresh();
    const { sent } = await leave(app);
    const answer = await back(app, outside.signIn(sent, subject, changes));
    expect([answer.status, answer.url.startsWith(CALLBACK)]).toEqual([403, true]);
    expect(answer.text).not.toContain('You are signed in');
    expect(node.mary.events.at(-1)).toMatchObject({ subtype: 'outside', outcome: 'minor' });
  });

  test('answers once: a code or a state that comes again, or from nowhere, is nothing', async () => {
    const app = fresh();
    const { sent } = await leave(app);
    const query = outside.signIn(sent, 'subject-olga');
    expect((await back(app, query)).status).toBe(200);
    expect((await back(app, query)).status).toBe(403);
    for (const made of [{ code: 'x', state: 'y' }, { code: 'x' }, {}])
      expect((await back(app, new URLSearchParams(made as Record<string, string>))).status).toBe(403);
    const other = await leave(app);
    const swapped = outside.signIn(other.sent, 'subject-olga');
    swapped.set('state', String(new URL((await leave(fresh())).sent).searchParams.get('state')));
    expect((await back(app, swapped)).status).toBe(403);
  });

  test('signs in nobody by a link: not the browser that follows it, and not the thief who began and returns', async () => {
    const thief = fresh();
    const { page, sent } = await leave(thief);
    const query = outside.signIn(sent, 'subject-olga');
    const victim = fresh();
    const lured = await back(victim, query);
    expect([lured.status, lured.url.startsWith(CALLBACK)]).toEqual([403, true]);
    expect(node.mary.events.at(-1)).toMatchObject({ subtype: 'outside', outcome: 'minor' });
    const returned = await thief.browser.follow(`${page.url}/outside`);
    expect(returned.status).toBe(403);
    expect(returned.text).not.toContain('You are signed in');
    // Her browser spent nothing: the answer is good for the browser that began, had she handed it over.
    expect((await back(thief, query)).text).toContain('You are signed in as <strong>olga</strong>');
  });

  test('signs in nobody by a link when that browser is on its own way to the provider', async () => {
    const thief = fresh();
    const { page, sent } = await leave(thief);
    const victim = fresh();
    const own = await leave(victim);
    expect((await back(victim, outside.signIn(sent, 'subject-olga'))).status).toBe(403);
    expect((await thief.browser.follow(`${page.url}/outside`)).status).toBe(403);
    const screen = await back(victim, outside.signIn(own.sent, 'subject-olga'));
    expect(screen.text).toContain('You are signed in as <strong>olga</strong>');
  });

  test('binds the browser by a cookie out of reach of scripts and other sites, made anew each time', async () => {
    const app = fresh();
    await leave(app);
    await leave(app);
    const set = app.browser.setCookies.filter((line) => line.startsWith('holdfast_outside'));
    expect(set).toHaveLength(2);
    for (const line of set)
      for (const attribute of [/; *httponly/i, /; *secure/i, /; *samesite=lax/i, /; *max-age=900(;|$)/i])
        expect(line).toMatch(attribute);
    for (const line of set) expect(line).toMatch(/; *path=\/orgs\/st-mary\/auth\/outside(;|$)/i);
    expect(set[0]).not.toBe(set[1]);
  });

  test.each<[string, (value: string) => string]>([
    ['altered', (value) => `${value.slice(0, -2)}__`],
    ['cut short', (value) => value.slice(0, 10)],
    ['empty', () => ''],
  ])('signs in nobody with a cookie that was %s', async (_case, change) => {
    const app = fresh();
    const { sent } = await leave(app);
    app.browser.alterCookies((name, value) => (name.startsWith('holdfast_outside') ? change(value) : value));
    expect((await back(app, outside.signIn(sent, 'subject-olga'))).status).toBe(403);
  });

  test('takes the cookie away when the browser is back', async () => {
    const app = fresh();
    const { sent } = await leave(app);
    await back(app, outside.signIn(sent, 'subject-olga'));
    const [made = '', ended = ''] = app.browser.setCookies.filter((line) =>
      line.startsWith('holdfast_outside'),
    );
    expect(ended.split('=')[0]).toBe(made.split('=')[0]);
    expect(ended).toMatch(/expires=thu, 01 jan 1970/i);
  });

  test('that says no is an answer like any other', async () => {
    const app = fresh();
    const { sent } = await leave(app);
    const state = String(new URL(sent).searchParams.get('state'));
    expect((await back(app, new URLSearchParams({ error: 'access_denied', state }))).status).toBe(403);
  });
});

function swapSubject(good: string): string {
  const [head, body = '', signature] = good.split('.');
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
  const changed = Buffer.from(JSON.stringify({ ...claims, sub: 'subject-olga' })).toString('base64url');
  return `${head}.${changed}.${signature}`;
}
