import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { APP_URL, App, addPeople, PASSWORD, PUBLIC_URL } from '../suite/app.ts';
import { hidden } from '../suite/browser.ts';
import { type SuiteNode, startNode } from '../suite/identity-node.ts';

const EVERYTHING = 'openid fhirUser launch/patient offline_access patient/*.rs';

/** Six passwords and a few secrets are hashed, on a busy machine. */
const SETUP_MS = 60_000; // two seconds on an idle one

let node: SuiteNode;
let app: App;
beforeAll(async () => {
  node = await startNode({
    publicUrl: PUBLIC_URL,
    clients: [
      {
        id: 'growth',
        name: 'Growth <b>Chart</b>',
        redirectUris: [APP_URL],
        scope: 'patient/*.rs user/*.rs',
        purposes: ['PATRQT', 'TREAT'],
      },
      {
        id: 'other',
        redirectUris: ['https://other.example/back'],
        scope: 'patient/*.rs',
        purposes: ['PATRQT'],
      },
    ],
  });
  await addPeople(node.mary);
  await addPeople(node.lakeside);
  app = new App(node, node.mary, 'growth');
}, SETUP_MS);
afterAll(() => node?.stop());

const fresh = (client = 'growth') =>
  new App(node, node.mary, client, client === 'growth' ? APP_URL : 'https://other.example/back');
const errorOf = (url: string) => new URL(url).searchParams.get('error');

describe('an authorisation request', () => {
  test.each<[string, Record<string, string | undefined>]>([
    ['to an address that is not registered', { redirect_uri: 'https://thief.example/' }],
    ['to a page below the registered one', { redirect_uri: `${APP_URL}/../thief` }],
    ['to the registered address with a query', { redirect_uri: `${APP_URL}?next=thief` }],
    ['of an unknown app', { client_id: 'nobody' }],
  ])('%s sends nobody anywhere', async (_case, changes) => {
    const { url } = fresh().request('patient/*.rs', changes);
    const answer = await fresh().browser.send(url);
    expect(answer.status).toBe(400);
    expect(answer.location).toBeUndefined();
    expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });

  test.each<[string, string, Record<string, string | undefined>, string]>([
    [
      'without PKCE',
      'patient/*.rs',
      { code_challenge: undefined, code_challenge_method: undefined },
      'invalid_request',
    ],
    ['with a plain challenge', 'patient/*.rs', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['for another server', 'patient/*.rs', { aud: 'https://thief.example/fhir' }, 'invalid_request'],
    ['for no server', 'patient/*.rs', { aud: undefined }, 'invalid_request'],
    ['for a token in the address', 'patient/*.rs', { response_type: 'token' }, 'unsupported_response_type'],
    ['for more than the app is registered for', 'patient/*.cruds', {}, 'invalid_scope'],
    ['for a machine’s scope', 'system/*.rs', {}, 'invalid_scope'],
    ['for administration', 'administration patient/*.rs', {}, 'invalid_scope'],
    ['for a scope that cannot be enforced', 'patient/Observation.rs?subject.name=x', {}, 'invalid_scope'],
    ['with a launch that never was', 'launch patient/*.rs', { launch: 'guess' }, 'invalid_request'],
    ['for a launch without one', 'launch patient/*.rs', {}, 'invalid_request'],
    ['by an object of its own', 'patient/*.rs', { request: 'e30.e30.' }, 'request_not_supported'],
    ['with a state that is a document', 'patient/*.rs', { state: 's'.repeat(1025) }, 'invalid_request'],
    [
      'with a nonce that is a document',
      'openid patient/*.rs',
      { nonce: 'n'.repeat(1025) },
      'invalid_request',
    ],
    ['with a login that is a document', 'patient/*.rs', { login_hint: 'l'.repeat(1025) }, 'invalid_request'],
    ['silently, with nobody signed in', 'patient/*.rs', { prompt: 'none' }, 'login_required'],
  ])('%s is sent back with its error and its state', async (_case, scope, changes, error) => {
    const one = fresh();
    const { url, state } = one.request(scope, changes);
    const answer = await one.browser.follow(url);
    expect([errorOf(answer.url), new URL(answer.url.replace('#', '?')).searchParams.get('error')]).toContain(
      error,
    );
    expect(answer.url).toContain(`state=${state}`);
    expect(answer.url.startsWith(APP_URL)).toBe(true);
  });
});

test('an authorisation request with a state of a kilobyte is one like any other', async () => {
  const state = 's'.repeat(1024);
  const { back } = await fresh().launch('patient/*.rs', 'ada', { changes: { state } });
  expect(new URL(back.url).searchParams.get('state')).toBe(state);
});

describe('the pages', () => {
  test('show an app’s name as text, whatever it is', async () => {
    const { text } = await fresh().browser.follow(fresh().request('patient/*.rs').url);
    expect(text).toContain('Growth &lt;b&gt;Chart&lt;/b&gt;');
  });

  test('let a browser say where their forms come from: under no-referrer it would send "Origin: null"', async () => {
    const { headers } = await fresh().browser.follow(fresh().request('patient/*.rs').url);
    expect(headers.get('referrer-policy')).toBe('same-origin');
  });

  test('say in words what the app will see, and of whom', async () => {
    const screen = await fresh().signIn(
      'launch/patient offline_access patient/Observation.rs patient/Condition.r',
      'ada',
    );
    expect(screen.text).toContain('your own record');
    expect(screen.text).toContain('see measurements and laboratory results of this patient');
    expect(screen.text).toContain('keep access while you are away, until you end it');
  });

  test.each<[string, Record<string, string>]>([
    ['another site', { origin: 'https://thief.example' }],
    ['another site, says the browser', { 'sec-fetch-site': 'cross-site' }],
    ['a page that hides where it is', { origin: 'null' }],
  ])('take no form from %s', async (_case, headers) => {
    const one = fresh();
    const screen = await one.signIn('patient/*.rs', 'ada');
    const answer = await one.browser.send(`${screen.url}/authorise`, {
      form: { form: hidden(screen.text, 'form'), scope: 'patient/*.rs' },
      headers,
    });
    expect([answer.status, answer.location]).toEqual([403, undefined]);
  });

  test('take no form without the value that only the page had, nor one of another sign-in', async () => {
    const one = fresh();
    const screen = await one.signIn('patient/*.rs', 'ada');
    const elsewhere = await fresh().signIn('patient/*.rs', 'ada');
    for (const form of ['', 'x', hidden(elsewhere.text, 'form')]) {
      const answer = await one.browser.send(`${screen.url}/authorise`, {
        form: { form, scope: 'patient/*.rs' },
      });
      expect([answer.status, answer.location]).toEqual([403, undefined]);
    }
  });

  test('belong to the browser in which the sign-in began', async () => {
    const screen = await fresh().signIn('patient/*.rs', 'ada');
    const answer = await fresh().browser.send(`${screen.url}/authorise`, {
      form: { form: hidden(screen.text, 'form'), scope: 'patient/*.rs' },
    });
    expect([answer.status, answer.location]).toEqual([403, undefined]);
  });

  test('send the app its refusal when the person does not allow it', async () => {
    const one = fresh();
    const screen = await one.signIn('patient/*.rs', 'ada');
    const back = await one.browser.follow(`${screen.url}/cancel`, {
      form: { form: hidden(screen.text, 'form') },
    });
    expect(errorOf(back.url)).toBe('access_denied');
    expect(back.url).toContain(`state=${screen.state}`);
  });
});

describe('a password', () => {
  test('that is wrong is refused like a login that does not exist, and five close the login for a while', async () => {
    const { directory } = node.mary.signIn;
    const bea = directory.add({
      login: 'bea',
      name: 'Bea Best',
      roles: ['clinician'],
      fhirUser: 'Practitioner/b1',
    });
    await directory.setPassword(bea.id, PASSWORD);
    const told = async (login: string, password: string) => {
      const { status, text } = await fresh().signIn('patient/*.rs', login, {}, password);
      return { status, alert: /role="alert">([^<]+)</.exec(text)?.[1] };
    };
    const unknown = await told('nobody', 'wrong');
    expect(unknown.status).toBe(403);
    for (let i = 0; i < 5; i += 1) expect(await told('bea', 'wrong')).toEqual(unknown);
    expect(await told('bea', PASSWORD)).toEqual(unknown);
    expect(node.mary.events.at(-1)).toMatchObject({
      subtype: 'password',
      outcome: 'serious',
      detail: 'sign-in-refused',
    });
    node.clock.aheadMs += 16 * 60_000;
    expect((await told('bea', PASSWORD)).alert).toBeUndefined();
    node.clock.aheadMs = 0;
  });
});

describe('a code', () => {
  test('gives a token with context, identity and a refresh token, and the audit trail names the person', async () => {
    const token = await app.launch(EVERYTHING, 'ada');
    expect(token).toMatchObject({ token_type: 'Bearer', patient: 'p1', need_patient_banner: true });
    expect(String(token.scope).split(' ').sort()).toEqual(EVERYTHING.split(' ').sort());
    const access = decodeJwt(String(token.access_token));
    expect(access).toMatchObject({
      patient: 'p1',
      fhirUser: 'Patient/p1',
      client_id: 'growth',
      scope: 'patient/*.rs',
      purpose_of_use: ['PATRQT'],
    });
    expect(decodeJwt(String(token.id_token))).toMatchObject({
      fhirUser: `${node.mary.realm.audience}/Patient/p1`,
      aud: 'growth',
      sub: access.sub,
    });
    const principal = await node.mary.authenticator.authenticate(`Bearer ${token.access_token}`);
    expect(principal).toMatchObject({
      kind: 'patient',
      id: 'Patient/p1',
      client: 'growth',
      account: access.sub,
    });
    expect(node.mary.events.slice(-3).map(({ subtype, outcome }) => [subtype, outcome])).toEqual([
      ['password', 'success'],
      ['authorise-app', 'success'],
      ['token', 'success'],
    ]);
  });

  test('is nothing without its verifier, for another app, or at another address', async () => {
    const attempts: [string, Record<string, string>, string][] = [
      ['wrong verifier', { code_verifier: 'x'.repeat(43) }, 'invalid_grant'],
      ['no verifier', { code_verifier: '' }, 'invalid_grant'],
      ['another app', { client_id: 'other' }, 'invalid_grant'],
      ['another address', { redirect_uri: 'https://app.example/elsewhere' }, 'invalid_grant'],
    ];
    for (const [attempt, changes, error] of attempts) {
      const one = fresh();
      const screen = await one.signIn('patient/*.rs', 'ada');
      const back = await one.allow(screen);
      const answer = await one.exchange(back, screen.verifier, changes);
      expect([attempt, answer.status, answer.body.error]).toEqual([attempt, 400, error]);
    }
  });

  test('that is used twice ends what it gave', async () => {
    const one = fresh();
    const screen = await one.signIn('offline_access patient/*.rs', 'ada');
    const back = await one.allow(screen);
    const first = await one.exchange(back, screen.verifier);
    expect(first.status).toBe(200);
    expect((await one.exchange(back, screen.verifier)).body.error).toBe('invalid_grant');
    await expect(
      node.mary.authenticator.authenticate(`Bearer ${first.body.access_token}`),
    ).rejects.toMatchObject({ code: 'token-revoked' });
    const again = await one.token({
      grant_type: 'refresh_token',
      refresh_token: String(first.body.refresh_token),
      client_id: 'growth',
    });
    expect(again.body.error).toBe('invalid_grant');
  });

  test('gives two that come at once one token at most', async () => {
    const one = fresh();
    const screen = await one.signIn('patient/*.rs', 'ada');
    const back = await one.allow(screen);
    const answers = await Promise.all([1, 2, 3].map(() => one.exchange(back, screen.verifier)));
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    expect(answers.filter(({ body }) => body.error === 'invalid_grant').length).toBeGreaterThanOrEqual(2);
  });

  test('carries only what the person left ticked', async () => {
    const one = fresh();
    const screen = await one.signIn(
      'launch/patient offline_access patient/Observation.rs patient/Condition.rs',
      'ada',
    );
    const back = await one.allow(screen, { scopes: ['patient/Condition.rs'] });
    const { body } = await one.exchange(back, screen.verifier);
    expect(String(body.scope).split(' ').sort()).toEqual(['launch/patient', 'patient/Condition.rs']);
    expect(body.refresh_token).toBeUndefined();
  });
});

describe('a refresh token', () => {
  test('is replaced at each use, and the old one used again ends all', async () => {
    const first = await fresh().launch(EVERYTHING, 'ada');
    const refresh = (token: unknown) =>
      app.token({ grant_type: 'refresh_token', refresh_token: String(token), client_id: 'growth' });
    const second = await refresh(first.refresh_token);
    expect(second.status).toBe(200);
    expect(second.body).toMatchObject({ patient: 'p1' });
    expect(second.body.refresh_token).not.toBe(first.refresh_token);
    expect((await refresh(first.refresh_token)).body.error).toBe('invalid_grant');
    expect(node.mary.events.at(-1)).toMatchObject({ subtype: 'token', outcome: 'serious' });
    expect((await refresh(second.body.refresh_token)).body.error).toBe('invalid_grant');
    await expect(
      node.mary.authenticator.authenticate(`Bearer ${second.body.access_token}`),
    ).rejects.toMatchObject({ code: 'token-revoked' });
  });

  test('is taken without a client id from a public app, as the common SMART library sends it, and still once', async () => {
    const first = await fresh().launch(EVERYTHING, 'ada');
    const alone = (token: unknown) =>
      app.token({ grant_type: 'refresh_token', refresh_token: String(token) });
    const second = await alone(first.refresh_token);
    expect([second.status, second.body.patient]).toEqual([200, 'p1']);
    expect((await alone(first.refresh_token)).body.error).toBe('invalid_grant');
    await expect(
      node.mary.authenticator.authenticate(`Bearer ${second.body.access_token}`),
    ).rejects.toMatchObject({ code: 'token-revoked' });
    for (const token of ['', 'x', second.body.refresh_token, second.body.access_token])
      expect((await alone(token)).body.error).toBe('invalid_client');
    const code = await app.token({ grant_type: 'authorization_code', code: 'x' });
    expect(code.body.error).toBe('invalid_client');
  });

  test('of another app, or for more than was granted, gives nothing', async () => {
    const { refresh_token } = await fresh().launch('offline_access patient/Condition.rs', 'ada');
    const other = await app.token({
      grant_type: 'refresh_token',
      refresh_token: String(refresh_token),
      client_id: 'other',
    });
    expect(other.body.error).toBe('invalid_grant');
    const more = await app.token({
      grant_type: 'refresh_token',
      refresh_token: String(refresh_token),
      client_id: 'growth',
      scope: 'patient/*.rs',
    });
    expect(more.body.error).toBe('invalid_scope');
  });

  test('is not given without offline_access, and with online_access ends with the session', async () => {
    expect((await fresh().launch('patient/*.rs', 'ada')).refresh_token).toBeUndefined();
    const one = fresh();
    const { refresh_token } = await one.launch('openid online_access patient/*.rs', 'ada');
    expect(refresh_token).toBeDefined();
    node.mary.signIn.grants.endAll(String(node.mary.signIn.directory.byLogin('ada')?.id));
    const after = await one.token({
      grant_type: 'refresh_token',
      refresh_token: String(refresh_token),
      client_id: 'growth',
    });
    expect(after.body.error).toBe('invalid_grant');
  });
});

describe('an account that is closed', () => {
  test('is nobody, though a session of theirs was left', async () => {
    const { directory } = node.mary.signIn;
    const dora = directory.add({
      login: 'dora',
      name: 'Dora Dunn',
      roles: ['clinician'],
      fhirUser: 'Practitioner/d2',
    });
    await directory.setPassword(dora.id, PASSWORD);
    const one = fresh();
    await one.launch('user/*.rs', 'dora');
    const again = () => one.browser.follow(one.request('user/*.rs').url);
    expect((await again()).text).not.toContain('name="password"');
    directory.change(dora.id, { closed: true });
    expect((await again()).text).toContain('name="password"');
  });

  test('signs in no more, and its tokens and sessions end at once', async () => {
    const { directory, grants } = node.mary.signIn;
    const dan = directory.add({
      login: 'dan',
      name: 'Dan Dale',
      roles: ['clinician'],
      fhirUser: 'Practitioner/d1',
    });
    await directory.setPassword(dan.id, PASSWORD);
    const one = fresh();
    const { access_token } = await one.launch('user/*.rs', 'dan');
    await node.mary.authenticator.authenticate(`Bearer ${access_token}`);
    directory.change(dan.id, { closed: true });
    grants.endAll(dan.id);
    await expect(node.mary.authenticator.authenticate(`Bearer ${access_token}`)).rejects.toMatchObject({
      code: 'token-revoked',
    });
    const { text } = await one.browser.follow(one.request('user/*.rs').url);
    expect(text).toContain('name="password"');
    expect((await fresh().signIn('user/*.rs', 'dan')).status).toBe(403);
  });
});
