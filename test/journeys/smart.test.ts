import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { describeInChromium, launchChromium } from '../portal/harness/chromium.ts';
import {
  addUser,
  type Clinic,
  giveLogin,
  newPage,
  STEP_MS,
  setPassword,
  signInAtPortal,
  startClinic,
} from './harness/clinic.ts';
import { fhirclientFolder, fhirclientScript } from './harness/fhirclient.ts';
import type { RunningNode } from './harness/running-node.ts';
import { type SmartApp, startSmartApp } from './harness/smart-app.ts';

const fhirclient = fhirclientFolder();
if (fhirclient === undefined) console.warn('Skipped: fhirclient cannot be installed here.');
/** Installing, starting, and signing in four times on a busy machine. */
const SETUP_MS = 480_000;

let clinic: Clinic;
let node: RunningNode;
let browser: Browser;
let app: SmartApp;
let base: string;

const signIn = (login: string): Promise<Page> => signInAtPortal(browser, clinic, login);

async function fill(): Promise<void> {
  const organisation = node.organisation('my-clinic');
  const token = { as: { client: clinic.machine.id, secret: clinic.machine.secret } };
  const put = async (resource: { resourceType: string; id: string }) => {
    const answer = await organisation.fhir('PUT', `${resource.resourceType}/${resource.id}`, {
      ...token,
      body: resource,
    });
    expect([resource.id, answer.status, answer.status < 300 ? '' : answer.text]).toEqual([
      resource.id,
      201,
      '',
    ]);
  };
  const code = { coding: [{ system: 'http://loinc.org', code: '8867-4' }] };
  for (const id of ['ada', 'bob']) {
    await put({ resourceType: 'Patient', id, name: [{ family: `Ames-${id}` }] } as never);
    for (const category of ['laboratory', 'vital-signs']) {
      const coding = [
        { system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: category },
      ];
      await put({
        resourceType: 'Observation',
        id: `${id}-${category}`,
        status: 'final',
        category: [{ coding }],
        code,
        subject: { reference: `Patient/${id}` },
        effectiveDateTime: '2026-01-01',
        valueInteger: 60,
      } as never);
    }
  }
}

const backendKeys = generateKeyPairSync('ec', { namedCurve: 'P-384' });

/** A machine that signs its assertions, beside the one that `init` made. */
function registerBackend(path: string): void {
  const file = parse(readFileSync(path, 'utf8'));
  const jwk = { ...backendKeys.publicKey.export({ format: 'jwk' }), kid: 'k1' };
  file.organisations[0].clients.push({
    id: 'warehouse',
    jwks: { keys: [jwk] },
    scope: 'system/Observation.rs',
    purposes: ['TREAT'],
  });
  writeFileSync(path, stringify(file));
}

beforeAll(async () => {
  clinic = await startClinic(registerBackend);
  ({ node, base } = clinic);
  browser = await launchChromium();
  if (fhirclient === undefined) return;
  app = await startSmartApp(fhirclientScript(fhirclient), 'growth', base);
  await fill();
  await setPassword(browser, clinic.administratorLink);
}, SETUP_MS);
afterAll(async () => {
  app?.close();
  await browser?.close();
  await node?.stop();
});

async function resultOf(page: Page): Promise<Record<string, unknown>> {
  const result = page.locator('#result');
  await expect.poll(() => result.innerText().catch(() => ''), { timeout: STEP_MS }).not.toBe('');
  return JSON.parse(await result.innerText());
}

describeInChromium('from init to apps, by copy and paste', () => {
  let administrator: Page;

  test(
    'the first administrator signs in to the portal and lets a clinician and a patient in',
    async () => {
      administrator = await signIn('root');
      await administrator.getByRole('heading', { name: 'Administration' }).waitFor();
      await setPassword(
        browser,
        await addUser(administrator, {
          login: 'carl',
          name: 'Carl Cole',
          role: 'clinician',
          fhirUser: 'Practitioner/c1',
        }),
      );
      await setPassword(
        browser,
        await addUser(administrator, {
          login: 'ada',
          name: 'Ada Ames',
          role: 'patient',
          fhirUser: 'Patient/ada',
        }),
      );
      await administrator.getByRole('cell', { name: 'ada', exact: true }).waitFor();
    },
    SETUP_MS,
  );

  test(
    'registers an app, and sees members and keys',
    async () => {
      const form = administrator.getByRole('form', { name: 'A new client' });
      await form.getByLabel('Client id').fill('growth');
      await form.getByLabel('Address to return to').fill(`${app.url}/index.html`);
      await form.getByLabel('Address to open it at').fill(`${app.url}/launch.html`);
      await form.getByLabel('Scopes').fill('patient/*.rs');
      await form.getByRole('button', { name: 'Register client' }).click();
      await administrator.getByRole('button', { name: 'Remove growth' }).waitFor();
      await administrator.getByRole('list', { name: 'Members' }).getByText('my-clinic: active').waitFor();
    },
    SETUP_MS,
  );

  test('whose pages, and no others, may follow events from where they are', async () => {
    const asked = {
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization, last-event-id',
    };
    const preflight = (origin: string) =>
      node.send('/orgs/my-clinic/events', { method: 'OPTIONS', headers: { origin, ...asked } });
    const { status, headers } = await preflight(app.url);
    expect([status, headers['access-control-allow-origin']]).toEqual([204, app.url]);
    expect(headers['access-control-allow-headers']).toContain('last-event-id');
    const refused = await preflight('https://thief.example');
    expect(refused.headers['access-control-allow-origin']).toBeUndefined();
  });

  test(
    'fhirclient completes a standalone launch for the patient, and refreshes',
    async () => {
      const page = await newPage(browser);
      await page.goto(`${app.url}/standalone.html`);
      await giveLogin(page, 'ada');
      await page.getByRole('heading', { name: 'Let growth in?' }).waitFor();
      await page.getByText('your own record').waitFor();
      await page.getByRole('button', { name: 'Allow', exact: true }).click();
      expect(await resultOf(page)).toMatchObject({
        patient: 'Ames-ada',
        again: 'ada',
        observations: 2,
        fhirUser: `${base}/Patient/ada`,
        refreshed: true,
      });
    },
    SETUP_MS,
  );

  test(
    'the patient sees the app and ends it',
    async () => {
      const page = await signIn('ada');
      await page.getByRole('link', { name: 'Apps and passkeys' }).click();
      await page.getByText('keep access while you are away, until you end it').waitFor();
      await page.getByRole('button', { name: 'Disconnect growth' }).click();
      await page.getByText('No app acts for you.').waitFor();
    },
    SETUP_MS,
  );

  test(
    'fhirclient completes an EHR launch for a clinician, with the patient and encounter of the launch',
    async () => {
      const page = await signIn('carl');
      await page.getByRole('heading', { name: 'Open an app' }).waitFor();
      await page.getByLabel('Patient').fill('bob');
      await page.getByLabel('Encounter').fill('e1');
      await page.getByRole('button', { name: 'Open growth' }).click();
      await page.getByRole('heading', { name: 'Let growth in?' }).waitFor();
      await page.getByText(/Ames.*\(bob\)/).waitFor();
      await page.getByRole('button', { name: 'Allow', exact: true }).click();
      expect(await resultOf(page)).toMatchObject({
        patient: 'Ames-bob',
        encounter: 'e1',
        fhirUser: `${base}/Practitioner/c1`,
      });
    },
    SETUP_MS,
  );

  test(
    'the administrator’s page, the account page and the pages of sign-in break no rule of accessibility',
    async () => {
      const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
      const look = async (page: Page) => {
        // Evaluated rather than added as a script: the pages' own policy lets none in.
        await page.evaluate(readFileSync(axe, 'utf8'));
        return page.evaluate(async () => {
          const { violations } = await (
            globalThis as unknown as {
              axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
            }
          ).axe.run();
          return violations.flatMap(({ id, nodes }) =>
            nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`),
          );
        });
      };
      expect(await look(administrator)).toEqual([]);
      const page = await newPage(browser);
      await page.goto(`${app.url}/standalone.html`);
      await page.getByLabel('Login').waitFor();
      expect(await look(page)).toEqual([]);
      await giveLogin(page, 'ada');
      await page.getByRole('button', { name: 'Allow', exact: true }).waitFor();
      expect(await look(page)).toEqual([]);
    },
    SETUP_MS,
  );
});

describe.skipIf(fhirclient === undefined)('backend services', () => {
  test('fhirclient signs an assertion, and reads with the token what the machine is registered for', async () => {
    const folder = fhirclient ?? '';
    const require = createRequire(import.meta.url);
    const security = require(join(folder, 'lib/security/server.js'));
    const smart = require(folder);
    const tokenUrl = `http://localhost:${node.port}/orgs/my-clinic/auth/token`;
    const claims = {
      iss: 'warehouse',
      sub: 'warehouse',
      aud: tokenUrl,
      jti: `j${Date.now()}`,
      exp: Math.floor(Date.now() / 1000) + 120,
    };
    const key = await security.importJWK({
      ...backendKeys.privateKey.export({ format: 'jwk' }),
      alg: 'ES384',
      key_ops: ['sign'],
    });
    const client_assertion = await security.signCompactJws('ES384', key, { typ: 'JWT', kid: 'k1' }, claims);
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'system/Observation.rs?category=laboratory',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion,
    });
    const answer = await fetch(tokenUrl, { method: 'POST', body });
    expect(answer.status).toBe(200);
    const client = new smart.FhirClient(base);
    const headers = {
      authorization: `Bearer ${((await answer.json()) as { access_token: string }).access_token}`,
    };
    const found = await client.fhirRequest('Observation', { headers });
    expect(found.entry.map(({ resource }: { resource: { id: string } }) => resource.id).sort()).toEqual([
      'ada-laboratory',
      'bob-laboratory',
    ]);
    await expect(client.fhirRequest('Observation/ada-vital-signs', { headers })).rejects.toThrow(
      /404|Not Found/i,
    );
    await expect(client.fhirRequest('Patient/ada', { headers })).rejects.toThrow(/403|Forbidden/i);
    const again = await fetch(tokenUrl, { method: 'POST', body });
    expect([again.status, ((await again.json()) as { error: string }).error]).toEqual([
      401,
      'invalid_client',
    ]);
  });
});
