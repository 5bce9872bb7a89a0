import { createHash, randomBytes } from 'node:crypto';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeInChromium, launchChromium } from '../portal/harness/chromium.ts';
import {
  addUser,
  type Clinic,
  giveLogin,
  goToSignIn,
  newPage,
  setPassword,
  signInAtPortal,
  startClinic,
} from './harness/clinic.ts';
import type { Organisation } from './harness/organisation.ts';

/** Starting a clinic and signing several people in on a busy machine. */
const SETUP_MS = 480_000;

let clinic: Clinic;
let organisation: Organisation;
let browser: Browser;
let administrator: Page;
beforeAll(async () => {
  clinic = await startClinic();
  organisation = clinic.node.organisation('my-clinic');
  browser = await launchChromium();
  await setPassword(browser, clinic.administratorLink);
  administrator = await signInAtPortal(browser, clinic, 'root');
  const as = { client: clinic.machine.id, secret: clinic.machine.secret };
  const body = { resourceType: 'Patient', id: 'ada' };
  expect((await organisation.fhir('PUT', 'Patient/ada', { as, body })).status).toBe(201);
}, SETUP_MS);
afterAll(async () => {
  await browser?.close();
  await clinic?.node.stop();
});

/** Lets somebody in, and signs them in at the portal; the page, and the token that the portal was given for them. */
async function enter(login: string, role: string, fhirUser?: string): Promise<{ page: Page; token: string }> {
  const user = { login, name: login, role, ...(fhirUser === undefined ? {} : { fhirUser }) };
  await setPassword(browser, await addUser(administrator, user));
  const page = await newPage(browser);
  await goToSignIn(page, clinic);
  const given = page.waitForResponse((response) => response.url().endsWith('/auth/token'));
  await giveLogin(page, login);
  const { access_token } = (await (await given).json()) as { access_token: string };
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  return { page, token: access_token };
}

/** Statuses of reading a Patient, the observations, the audit trail, the flags, and the list of users. */
async function statuses(token: string): Promise<number[]> {
  const paths = [
    '/fhir/Patient/ada',
    '/fhir/Observation?_count=1',
    '/fhir/AuditEvent?_count=1',
    '/audit/flags',
    '/administration/users',
  ];
  const answers = await Promise.all(paths.map((path) => organisation.call('GET', path, { token })));
  return answers.map(({ status }) => status);
}

const links = (page: Page) =>
  page.getByRole('navigation', { name: 'Pages' }).getByRole('link').allInnerTexts();

describeInChromium('who signs in at the portal sees what their role allows', () => {
  test.each<[role: string, reached: number[], page: string | undefined]>([
    ['front-desk', [200, 403, 403, 403, 403], undefined],
    // Research needs the patient's consent: the record is as if it were not there.
    ['researcher', [404, 200, 200, 403, 403], undefined],
    ['compliance', [200, 403, 200, 403, 403], undefined],
    ['privacy-officer', [200, 403, 200, 200, 403], 'Unusual accesses'],
    ['administrator', [403, 403, 403, 403, 200], 'Users, clients, keys'],
  ])(
    'as %s',
    async (role, reached, own) => {
      const { page, token } = await enter(`the-${role}`, role);
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(await statuses(token)).toEqual(reached);
      const seen = await links(page);
      for (const name of ['My record', 'Unusual accesses', 'Users, clients, keys'])
        expect([name, seen.includes(name)]).toEqual([name, name === own]);
      expect(await page.getByRole('alert').count()).toBe(0);
      await page.context().close();
    },
    SETUP_MS,
  );

  test(
    'a clinician breaks no glass until they sign in for an emergency, and who is none cannot',
    async () => {
      const body = { patient: 'ada', reason: 'medical-emergency', text: 'Found unconscious.', name: 'Ann' };
      const breaking = async (token: string) =>
        (await organisation.call('POST', '/break-glass', { token, body })).status;
      const desk = await enter('desk', 'front-desk', 'Practitioner/desk');
      expect(await links(desk.page)).not.toContain('Emergency access');
      expect(await breaking(desk.token)).toBe(403);
      // The sign-in of the portal, with the purpose that its emergency page asks for.
      const query = new URLSearchParams({
        response_type: 'code',
        client_id: 'portal',
        redirect_uri: `${clinic.node.url}/signed-in`,
        scope: 'openid user/*.cruds',
        state: 'x',
        aud: clinic.base,
        purpose_of_use: 'TREAT BTG',
        code_challenge: createHash('sha256').update('x').digest('base64url'),
        code_challenge_method: 'S256',
      });
      await desk.page.goto(`${clinic.node.url}/orgs/my-clinic/auth/authorize?${query}`);
      await desk.page.getByText('a purpose that you do not have here').waitFor();
      await desk.page.context().close();

      const { page, token } = await enter('ann', 'clinician', 'Practitioner/ann');
      expect(await breaking(token)).toBe(403);
      await page.getByRole('link', { name: 'Emergency access' }).click();
      const given = page.waitForResponse((response) => response.url().endsWith('/auth/token'));
      await page.getByRole('button', { name: 'Sign in for an emergency' }).click();
      const { access_token } = (await (await given).json()) as { access_token: string };
      await page.getByLabel('Or the patient’s id here').fill('ada');
      await page.getByRole('button', { name: 'Choose', exact: true }).click();
      await page.getByRole('button', { name: 'Open in an emergency' }).click();
      await page.getByLabel('What the emergency is').fill('Found unconscious, nobody to ask.');
      await page.getByRole('button', { name: 'Open the record for 1 hour' }).click();
      await page.getByRole('timer').waitFor();
      expect(await breaking(access_token)).toBe(201);
      await page.context().close();
    },
    SETUP_MS,
  );

  test(
    'somebody else at the same browser is let in as themself, and nothing of the first is left',
    async () => {
      const { page, token } = await enter('first', 'front-desk');
      await setPassword(
        browser,
        await addUser(administrator, { login: 'second', name: 'second', role: 'trial' }),
      );
      const verifier = randomBytes(32).toString('base64url');
      const redirect = `${clinic.node.url}/signed-in`;
      const auth = `${clinic.node.url}/orgs/my-clinic/auth`;
      const query = new URLSearchParams({
        response_type: 'code',
        client_id: 'portal',
        redirect_uri: redirect,
        scope: 'openid user/*.cruds',
        state: 'x',
        aud: clinic.base,
        prompt: 'login',
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
      });
      await page.goto(`${auth}/authorize?${query}`);
      // The portal would refuse a sign-in that it did not begin: its page is kept from loading, and the code is read off its address.
      await page.route(`${redirect}*`, (route) => route.fulfill({ body: 'back' }));
      await giveLogin(page, 'second');
      await page.waitForURL(`${redirect}*`);
      const code = new URL(page.url()).searchParams.get('code') ?? '';
      const form = { grant_type: 'authorization_code', client_id: 'portal', redirect_uri: redirect };
      const answer = await fetch(`${auth}/token`, {
        method: 'POST',
        body: new URLSearchParams({ ...form, code, code_verifier: verifier }),
      });
      const second = (await answer.json()) as { access_token: string };
      const whoIs = async (by: string) =>
        (await organisation.call('GET', '/account', { token: by })).json.login;
      expect(await whoIs(second.access_token)).toBe('second');
      expect((await organisation.call('GET', '/account', { token })).status).toBe(401);
      await page.context().close();
    },
    SETUP_MS,
  );
});
