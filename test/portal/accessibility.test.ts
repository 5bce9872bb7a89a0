import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { patientAt } from '../journeys/harness/demo.ts';
import { describeInChromium, SCREENS } from './harness/chromium.ts';
import { demoPortal } from './harness/demo-portal.ts';
import { press, signIn, visit } from './harness/keyboard.ts';
import { violations } from './harness/violations.ts';

/** What looks at a page as it stands; what it finds wrong. */
type Look = (page: Page) => Promise<string[]>;

/** Looks at every page of a patient, and at what opens on it. */
async function walk(page: Page, person: string, looks: readonly Look[]): Promise<string[]> {
  const found: string[] = [];
  const look = async (where: string) => {
    for (const each of looks) found.push(...(await each(page)).map((fault) => `${where}: ${fault}`));
  };
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

/** Pages of staff, by the role of somebody whom they are shown to. */
const PATHS = {
  clinician: ['/care/emergency'],
  compliance: ['/compliance/requests', '/compliance/emergencies', '/compliance/flags'],
};

/** The text sizes at which a page is wider than the window. */
async function tooWide(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const size of ['100%', '200%']) {
    await page.evaluate((value) => document.documentElement.style.setProperty('font-size', value), size);
    const isWider = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    if (isWider) found.push(`wider than the window at ${size}`);
  }
  await page.evaluate(() => document.documentElement.style.removeProperty('font-size'));
  return found;
}

describeInChromium('every page', () => {
  const portal = demoPortal();

  test.each([
    ['desktop', 'light'],
    ['desktop', 'dark'],
    ['phone', 'light'],
    ['phone', 'dark'],
  ] as const)('on a %s in %s colours can be used by everybody (WCAG 2.2 AA)', async (screen, colorScheme) => {
    const { persona } = await patientAt(portal.node, 'st-mary', 'lakeside');
    const { page, complaints, close } = await portal.open({ ...SCREENS[screen], colorScheme });
    // Colours make nothing wider.
    const looks = colorScheme === 'light' ? [violations, tooWide] : [violations];
    expect(await walk(page, persona.name, looks)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  test.each(['phone', 'desktop'] as const)(
    'of staff, on a %s, fits its width, and twice the text size too',
    async (screen) => {
      const { page, close } = await portal.open(SCREENS[screen]);
      for (const [role, paths] of Object.entries(PATHS)) {
        await signIn(page, await portal.personaOf(role, 'st-mary'));
        await page.getByRole('heading', { name: 'Who are you?' }).waitFor({ state: 'detached' });
        for (const path of paths) {
          await page.goto(path);
          await page.getByRole('heading', { level: 1 }).waitFor();
          expect(await tooWide(page), path).toEqual([]);
        }
      }
      await close();
    },
  );
});
