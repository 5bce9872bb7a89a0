import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { APP_URL, App, addPeople, PUBLIC_URL } from '../suite/app.ts';
import { type SuiteNode, startNode } from '../suite/identity-node.ts';

/** Passwords are hashed, on a busy machine. */
const SETUP_MS = 60_000; // two seconds on an idle one

let node: SuiteNode;
beforeAll(async () => {
  node = await startNode({
    publicUrl: PUBLIC_URL,
    clients: [{ id: 'growth', redirectUris: [APP_URL], scope: 'patient/*.rs', purposes: ['PATRQT'] }],
  });
  await addPeople(node.mary);
}, SETUP_MS);
afterAll(() => node?.stop());

const fresh = () => new App(node, node.mary, 'growth');
const errorOf = (url: string) => new URL(url).searchParams.get('error');

describe('an authorisation request by POST', () => {
  const posted = (changes: Record<string, string | undefined> = {}) => {
    const one = fresh();
    const { url, state } = one.request('patient/*.rs', changes);
    const { pathname, searchParams } = new URL(url);
    return { one, pathname, state, form: Object.fromEntries(searchParams) };
  };

  test('is one like any other, from a page of the app too, and takes no cookie of it', async () => {
    const { one, pathname, form } = posted();
    const headers = { origin: new URL(APP_URL).origin, 'sec-fetch-site': 'cross-site' };
    const answer = await one.browser.send(pathname, { form, headers });
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([303, 'no-store']);
    expect(one.browser.setCookies).toEqual([]);
    expect(answer.location?.startsWith(`${node.mary.realm.issuer}/authorize?`)).toBe(true);
    expect((await one.browser.follow(answer.location ?? '')).text).toContain('name="password"');
  });

  test('is refused as by GET, and leads nowhere else', async () => {
    const wrong = posted({ scope: 'system/*.rs' });
    const refused = await wrong.one.browser.follow(wrong.pathname, { form: wrong.form });
    expect([errorOf(refused.url), refused.url.startsWith(APP_URL)]).toEqual(['invalid_scope', true]);
    const thief = posted({ redirect_uri: 'https://thief.example/' });
    const shown = await thief.one.browser.follow(thief.pathname, { form: thief.form });
    expect([shown.status, shown.location]).toEqual([400, undefined]);
    expect((await fresh().browser.follow(thief.pathname, { form: {} })).status).toBe(400);
    const long = await fresh().browser.send(thief.pathname, {
      form: { ...wrong.form, scope: 'x'.repeat(9_000) },
    });
    expect([long.status, JSON.parse(long.text).code]).toEqual([400, 'request-invalid']);
    expect((await fresh().browser.send(thief.pathname, { json: wrong.form })).status).toBe(415);
  });
});
