import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { temporaryFolder } from './checkout.ts';
import { holdfast } from './command.ts';
import { freePort, type RunningNode, startNode } from './running-node.ts';

/** The password that everybody of the clinic sets. */
export const PASSWORD = 'three long words 42';
const ENVIRONMENT = { HOLDFAST_PASSPHRASE: 'a passphrase of some length' };
const STARTUP_MS = 240_000; // installing and starting on a busy machine
/** One step of a page, password hashing included. */
export const STEP_MS = 90_000; // seconds on an idle machine

/** An organisation as `holdfast init` makes it: no demo, one machine client, one administrator to be. */
export interface Clinic {
  readonly node: RunningNode;
  readonly machine: { readonly id: string; readonly secret: string };
  /** The FHIR base. */
  readonly base: string;
  /** Where the first administrator, `root`, sets a password. */
  readonly administratorLink: string;
}

/** `holdfast init` and `holdfast start`; `configure` may change the configuration's file in between. */
export async function startClinic(configure: (file: string) => void = () => undefined): Promise<Clinic> {
  const data = join(temporaryFolder('clinic'), 'data');
  const port = await freePort();
  const named = ['--data', data, '--org', 'my-clinic', '--name', 'My Clinic', '--port', String(port)];
  const made = await holdfast(['init', ...named, '--administrator', 'root', '--json'], {
    environment: ENVIRONMENT,
  });
  if (made.code !== 0) throw new Error(`init: ${made.code} ${made.stderr}`);
  configure(join(data, 'holdfast.yaml'));
  const node = await startNode({
    demo: false,
    data,
    port,
    environment: ENVIRONMENT,
    startupTimeoutMs: STARTUP_MS,
  });
  return {
    node,
    machine: made.json.client,
    base: `http://localhost:${port}/orgs/my-clinic/fhir`,
    administratorLink: made.json.administrator.url,
  };
}

/** A page of a browser of its own. */
export async function newPage(browser: Browser): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  page.setDefaultTimeout(STEP_MS);
  return page;
}

/** Sets a password with a one-time link. */
export async function setPassword(browser: Browser, link: string): Promise<void> {
  const page = await newPage(browser);
  await setPasswordAt(page, link);
  await page.context().close();
}

/** Sets a password with a one-time link in a tab, whatever it shows. */
export async function setPasswordAt(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel('New password').fill(PASSWORD);
  await page.getByLabel('The same again').fill(PASSWORD);
  await page.getByRole('button', { name: 'Set it' }).click();
  await page.getByRole('heading', { name: 'Your password is set' }).waitFor();
}

/** Gives login and password on the page of sign-in. */
export async function giveLogin(page: Page, login: string): Promise<void> {
  await page.getByLabel('Login').fill(login);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** From the portal to the clinic's page of sign-in. */
export async function goToSignIn(page: Page, { node }: Pick<Clinic, 'node'>): Promise<void> {
  await page.goto(`${node.url}/`);
  await page.getByRole('button', { name: 'Sign in at My Clinic' }).click();
}

/** Signs in at the portal by password. */
export async function signInAtPortal(
  browser: Browser,
  clinic: Pick<Clinic, 'node'>,
  login: string,
): Promise<Page> {
  const page = await newPage(browser);
  await goToSignIn(page, clinic);
  await giveLogin(page, login);
  return page;
}

/** Adds a user on the administrator's page; the one-time link that it shows. */
export async function addUser(
  page: Page,
  user: { login: string; name: string; role: string; fhirUser?: string },
): Promise<string> {
  const form = page.getByRole('form', { name: 'A new user' });
  await form.getByLabel('Login').fill(user.login);
  await form.getByLabel('Name').fill(user.name);
  await form.getByRole('combobox', { name: 'Roles' }).press('ArrowDown');
  await page.getByRole('option', { name: user.role, exact: true }).click();
  await page.keyboard.press('Escape');
  if (user.fhirUser !== undefined) await form.getByLabel('FHIR resource').fill(user.fhirUser);
  await form.getByRole('button', { name: 'Add user' }).click();
  await page.getByRole('status').filter({ hasText: user.login }).waitFor();
  return (await page.getByTestId('link').innerText()).trim();
}
