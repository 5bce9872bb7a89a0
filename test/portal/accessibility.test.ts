import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { patientAt, personas } from '../journeys/harness/demo.ts';
import { type RunningNode, startNode } from '../journeys/harness/running-node.ts';
import { describeInChromium, launchChromium, openPage, SCREENS } from './harness/chromium.ts';
import { press, visit } from './harness/keyboard.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** WCAG 2.2, levels A and AA, and what axe holds to be good practice beyond it. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds on the page as it stands: rule, and the elements that break it. */
async function violations(page: Page, where: string): Promise<string[]> {
  await page.evaluate(axe);
  const results = await page.evaluate(
    (values) =>
      (globalThis as unknown as { axe: { run: (options: object) => Promise<AxeResults> } }).axe.run({
        runOnly: { type: 'tag', values },
        resultTypes: ['violations'],
      }),
    RULES,
  );
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, any }) => `${where}: ${id}: ${html.slice(0, 160)} ${any[0]?.message ?? ''}`),
  );
}

/** A node and a browser that start on a busy machine. */
const SETUP_MS = 240_000;

let node: RunningNode;
let browser: Browser;

async function walk(page: Page, person: string): Promise<string[]> {
  const found: string[] = [];
  const look = async (where: string) => void found.push(...(await violations(page, where)));
  await page.goto('/');
  await page
    .getByRole('button', { name: /^Sign in as/ })
    .first()
    .waitFor();
  await look('sign-in');
  await press(page, 'button', new RegExp(`^Sign in as ${person}`));
  const proof = page.getByRole('button', { name: /^Proof of .*: verified$/ }).first();
  await proof.waitFor();
  await look('record');
  await press(page, 'button', /^Proof of .*: verified$/);
  await page.getByRole('dialog').getByText('The content is exactly').waitFor();
  await look('proof');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await visit(page, 'Who has access');
  await page.getByRole('button', { name: 'Sign and give access' }).waitFor();
  await look('access');
  await press(page, 'button', 'Sign and give access');
  await page.getByRole('status').filter({ hasText: 'final on the ledger' }).waitFor();
  await page.getByRole('list', { name: 'Access given' }).waitFor();
  await look('access given');
  await press(page, 'button', /^Take back access of/);
  await page.getByRole('dialog').getByText('cannot be revived').waitFor();
  await look('question before taking back');
  await press(page, 'button', 'Sign and take back');
  await page.getByRole('list', { name: 'Access taken back' }).waitFor();
  await look('access taken back');
  await visit(page, 'Who looked');
  await page.getByRole('list', { name: 'Accesses' }).waitFor();
  await look('log');
  await visit(page, 'Who was given data');
  await page.getByRole('heading', { name: 'Who was given my data' }).waitFor();
  await look('disclosures');
  await visit(page, 'What I asked for');
  await page.getByRole('combobox', { name: 'Which entry' }).waitFor();
  await look('requests');
  await visit(page, 'Logs and witnesses');
  await page.getByRole('article').first().waitFor();
  await look('logs');
  await visit(page, 'Ledger');
  await page.getByRole('list', { name: 'Blocks' }).getByRole('listitem').first().waitFor();
  await look('ledger');
  await visit(page, 'Verify a receipt');
  await page.getByText(/SHA-256/).waitFor();
  await look('verify');
  const menu = page.getByRole('button', { name: 'Menu', exact: true });
  if (await menu.isVisible()) {
    await press(page, 'button', 'Menu');
    await page.getByRole('link', { name: 'My record' }).waitFor();
    await look('menu');
  }
  return found;
}

/** Pages by the role of somebody whom they are shown to. */
const PATHS = {
  patient: [
    '/',
    '/patient',
    '/patient/access',
    '/patient/log',
    '/patient/disclosures',
    '/patient/requests',
    '/compliance',
    '/compliance/ledger',
    '/compliance/verify',
  ],
  clinician: ['/care/emergency'],
  compliance: ['/compliance/requests', '/compliance/emergencies', '/compliance/flags'],
};

/** The text sizes at which a page is wider than the window. */
async function tooWide(page: Page, path: string): Promise<string[]> {
  await page.goto(path);
  await page.getByRole('heading', { level: 1 }).waitFor();
  const found: string[] = [];
  for (const size of ['100%', '200%']) {
    await page.evaluate((value) => document.documentElement.style.setProperty('font-size', value), size);
    const isWider = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    if (isWider) found.push(size);
  }
  await page.evaluate(() => document.documentElement.style.removeProperty('font-size'));
  return found;
}

describeInChromium('every page', () => {
  beforeAll(async () => {
    [node, browser] = await Promise.all([startNode({ startupTimeoutMs: SETUP_MS }), launchChromium()]);
  }, SETUP_MS);
  afterAll(async () => {
    await browser?.close();
    await node?.stop();
  });

  test.each([
    ['desktop', 'light'],
    ['desktop', 'dark'],
    ['phone', 'light'],
    ['phone', 'dark'],
  ] as const)('on a %s in %s colours can be used by everybody (WCAG 2.2 AA)', async (screen, colorScheme) => {
    const { persona } = await patientAt(node, 'st-mary', 'lakeside');
    const { page, complaints, close } = await openPage(browser, node.url, {
      ...SCREENS[screen],
      colorScheme,
    });
    expect(await walk(page, persona.name)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  test.each(['phone', 'desktop'] as const)(
    'on a %s fits its width, and twice the text size too',
    async (screen) => {
      const { page, close } = await openPage(browser, node.url, SCREENS[screen]);
      const everybody = await personas(node);
      for (const [role, paths] of Object.entries(PATHS)) {
        const { name } = everybody.find((each) => each.role === role)!;
        await page.goto('/');
        await press(page, 'button', new RegExp(`^Sign in as ${name}`));
        await page.getByRole('heading', { name: 'Who are you?' }).waitFor({ state: 'detached' });
        for (const path of paths) expect(await tooWide(page, path), path).toEqual([]);
      }
      await close();
    },
  );
});
