import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { APP_URL, App, addPeople, PUBLIC_URL } from '../suite/app.ts';
import { hidden } from '../suite/browser.ts';
import { type SuiteNode, startNode } from '../suite/identity-node.ts';

/** Passwords are hashed, on a busy machine. */
const SETUP_MS = 60_000; // two seconds on an idle one

let node: SuiteNode;
beforeAll(async () => {
  node = await startNode({
    publicUrl: PUBLIC_URL,
    clients: [
      { id: 'growth', redirectUris: [APP_URL], scope: 'patient/*.rs', purposes: ['PATRQT'] },
      { id: 'other', redirectUris: [APP_URL], scope: 'patient/*.rs', purposes: ['PATRQT'] },
    ],
  });
  await addPeople(node.mary);
  await addPeople(node.lakeside);
}, SETUP_MS);
afterAll(() => node?.stop());

const app = (client = 'growth') => new App(node, node.mary, client);
const SCOPE = 'patient/*.rs';
const HOUR_MS = 3_600_000;

/** Another last character, whatever the last one was. */
const altered = (value: string): string => `${value.slice(0, -1)}${value.endsWith('_') ? '-' : '_'}`;

/** Whether a browser that asks for an app again is asked who it is. */
async function isAsked(by: App): Promise<boolean> {
  const { text } = await by.browser.follow(by.request(SCOPE).url);
  return text.includes('name="password"');
}

/** Somebody's browser after signing in. */
async function signedIn(): Promise<App> {
  const one = app();
  await one.launch(SCOPE, 'ada');
  expect(await isAsked(one)).toBe(false);
  return one;
}

describe('sessions', () => {
  test('are out of reach of scripts and other sites, and belong to one organisation', async () => {
    const { browser } = await signedIn();
    const set = browser.setCookies.filter((line) => !/expires=thu, 01 jan 1970/i.test(line));
    expect(set.some((line) => line.startsWith('holdfast_session='))).toBe(true);
    for (const line of set) {
      expect(line).toMatch(/; *httponly/i);
      expect(line).toMatch(/; *secure/i);
      expect(line).toMatch(/; *samesite=lax/i);
      expect(line).toMatch(/; *path=\/orgs\/st-mary\/auth/i);
    }
    const elsewhere = new App(node, node.lakeside, 'growth');
    elsewhere.browser.takeSession(browser, '/orgs/lakeside/auth');
    expect(await isAsked(elsewhere)).toBe(true);
  });

  test.each<[string, (name: string, value: string) => string]>([
    ['its value', (name, value) => (name.endsWith('.sig') ? value : altered(value))],
    ['its signature', (name, value) => (name.endsWith('.sig') ? altered(value) : value)],
    ['all of it', () => 'made-up'],
  ])('of which something was altered are none: %s', async (_case, change) => {
    const one = await signedIn();
    one.browser.alterCookies(change);
    expect(await isAsked(one)).toBe(true);
  });

  test('are new ones for who signs in: what was there before is over', async () => {
    const one = await signedIn();
    const thief = app();
    thief.browser.takeSession(one.browser, '/orgs/st-mary/auth');
    expect(await isAsked(thief)).toBe(false);
    // Somebody else at the same browser: its first session is signed out by a form that a page sends by itself.
    const change = await one.signIn(SCOPE, 'carl', { prompt: 'login' });
    const form = { xsrf: hidden(change.text, 'xsrf'), logout: 'yes' };
    const screen = await one.browser.follow('/orgs/st-mary/auth/sign-out/confirm', { form });
    expect(screen.text).toContain('You are signed in as <strong>Carl Cole</strong>');
    expect(await isAsked(thief)).toBe(true);
  });

  test('end after twelve hours, and let in whom an app wants to see anew only by password', async () => {
    const one = await signedIn();
    const { text } = await one.browser.follow(one.request(SCOPE, { prompt: 'login' }).url);
    expect(text).toContain('name="password"');
    node.clock.aheadMs = 11 * HOUR_MS;
    expect(await isAsked(one)).toBe(false);
    node.clock.aheadMs = 24 * HOUR_MS;
    expect(await isAsked(one)).toBe(true);
    node.clock.aheadMs = 0;
  });

  test('are ended by their owner, and by no other page', async () => {
    const one = await signedIn();
    const page = await one.browser.follow('/orgs/st-mary/auth/sign-out');
    expect(page.text).toContain('Sign out?');
    const confirm = (form: Record<string, string>, headers: Record<string, string> = {}) =>
      one.browser.follow('/orgs/st-mary/auth/sign-out/confirm', { form, headers });
    await confirm({ logout: 'yes' });
    await confirm({ logout: 'yes', xsrf: 'guess' });
    expect(await isAsked(one)).toBe(false);
    const again = await one.browser.follow('/orgs/st-mary/auth/sign-out');
    await confirm({ logout: 'yes', xsrf: hidden(again.text, 'xsrf') });
    expect(await isAsked(one)).toBe(true);
  });
});
