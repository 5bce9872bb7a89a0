import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../journeys/harness/checkout.ts';
import { holdfast } from '../journeys/harness/command.ts';
import { personas } from '../journeys/harness/demo.ts';
import { startNode } from '../journeys/harness/running-node.ts';
import { describeInChromium, launchChromium, openPage } from './harness/chromium.ts';
import { press, visit } from './harness/keyboard.ts';

const PASSPHRASE = { HOLDFAST_PASSPHRASE: 'a passphrase for a test' };

let browser: Browser;

describeInChromium('the portal', () => {
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  test('of a node outside demo mode offers nobody to sign in as but oneself, and shows the logs all the same', async () => {
    const data = temporaryFolder('clinic');
    const initialised = await holdfast(['init', '--data', data, '--org', 'clinic', '--name', 'My Clinic'], {
      environment: PASSPHRASE,
    });
    expect(initialised.code, initialised.stderr).toBe(0);
    const node = await startNode({ demo: false, data, environment: PASSPHRASE });
    const { page, complaints, close } = await openPage(browser, node.url);
    await page.goto('/');
    await page.getByRole('button', { name: 'Sign in at My Clinic' }).waitFor();
    expect(await page.getByRole('button', { name: /Sign in as/ }).count()).toBe(0);
    await visit(page, 'Logs and witnesses');
    await page.getByText('Members and auditors look at the ledger with a token.').waitFor();
    await page.goto('/patient');
    await page.getByRole('button', { name: 'Sign in at My Clinic' }).waitFor();
    // A browser notes every refusal in its console: the ledger's without a token, and that of a log without an entry yet.
    expect(complaints.filter((each) => !/status of (401|404)/.test(each))).toEqual([]);
    await close();
    await node.stop();
  });

  test('says in words that somebody is not known here, and that the node has gone', async () => {
    const node = await startNode({ patients: 2 });
    const { page, close } = await openPage(browser, node.url);
    await page.goto('/');
    await page
      .getByRole('button', { name: /^Sign in as/ })
      .first()
      .waitFor();
    const [patient] = (await personas(node)).filter(({ role }) => role === 'patient');
    const stranger = JSON.stringify({ ...patient, id: 'patient-nobody' });
    await page.evaluate((text) => sessionStorage.setItem('holdfast-persona', text), stranger);
    await page.goto('/patient');
    await page.getByRole('alert').filter({ hasText: 'persona-unknown' }).waitFor();
    await press(page, 'button', 'Sign out');
    await page.getByRole('heading', { name: 'Who are you?' }).waitFor();

    await press(page, 'button', new RegExp(`^Sign in as ${patient?.name}`));
    await page.getByRole('heading', { name: 'My record', level: 1 }).waitFor();
    await node.stop();
    await visit(page, 'Who looked');
    await page.getByRole('alert').filter({ hasText: 'The node cannot be reached. Is it running?' }).waitFor();
    await close();
  });

  test('asks for no more than half a megabyte to begin with', async () => {
    const node = await startNode({ patients: 2 });
    const { page, close } = await openPage(browser, node.url);
    const sizes: Promise<number>[] = [];
    page.on('requestfinished', (request) => {
      sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
    });
    const startedMs = performance.now();
    await page.goto('/');
    await page
      .getByRole('button', { name: /^Sign in as/ })
      .first()
      .waitFor();
    const tookMs = performance.now() - startedMs;
    const bytes = (await Promise.all(sizes)).reduce((sum, each) => sum + each, 0);
    console.info(`The first page: ${Math.round(tookMs)} ms, ${Math.round(bytes / 1024)} kB.`);
    expect(bytes).toBeLessThan(512 * 1024);
    await close();
    await node.stop();
  });
});
