import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { personas } from '../journeys/harness/demo.ts';
import { type RunningNode, startNode } from '../journeys/harness/running-node.ts';
import { describeInChromium, launchChromium, openPage, SCREENS } from './harness/chromium.ts';
import { press, visit } from './harness/keyboard.ts';
import { violations } from './harness/violations.ts';

let node: RunningNode;
let browser: Browser;
let family: string;

/** An access that is flagged, and a request that waits. */
async function prepare(): Promise<void> {
  const hospital = node.organisation('st-mary');
  family = 'Quillfeather';
  const { id: practitioner } = await hospital.create({ resourceType: 'Practitioner', name: [{ family }] });
  const { id: patient } = await hospital.create({ resourceType: 'Patient', name: [{ family }] });
  const as = { user: `Practitioner/${practitioner}`, scope: 'user/*.rs', purpose: 'TREAT' };
  await hospital.fhir('GET', `Patient/${patient}`, { as });
  const body = { kind: 'access', patient, text: 'I want to see my record.' };
  const officer = { user: 'Practitioner/officer', scope: 'user/AuditEvent.rus' };
  expect((await hospital.call('POST', '/audit/requests', { body, as: officer })).status).toBe(201);
}

describeInChromium('a privacy officer', () => {
  beforeAll(async () => {
    [node, browser] = await Promise.all([startNode(), launchChromium()]);
    await prepare();
  });
  afterAll(async () => {
    await browser?.close();
    await node?.stop();
  });

  test.each(['desktop', 'phone'] as const)(
    'on a %s sees unusual accesses with their reasons, reviews one, and sees what is due',
    async (screen) => {
      const officer = (await personas(node)).find(
        ({ role, organisation }) => role === 'compliance' && organisation === 'st-mary',
      );
      const { page, complaints, close } = await openPage(browser, node.url, SCREENS[screen]);
      await page.goto('/');
      await press(page, 'button', new RegExp(`^Sign in as ${officer?.name}`));
      await visit(page, 'Unusual accesses');
      await page.getByText('The patient has the surname of who looked.').first().waitFor();
      expect(await violations(page)).toEqual([]);
      const note = page.getByRole('textbox').first();
      if (await note.isVisible()) {
        await note.fill('on call that night');
        await press(page, 'button', 'Justified');
      }
      await page.getByText('on call that night').first().waitFor();
      await visit(page, 'Requests of patients');
      await page.getByText('I want to see my record.').first().waitFor();
      await page
        .getByText(/^An answer is due by /)
        .first()
        .waitFor();
      expect(await violations(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await close();
    },
  );

  test('is somebody whom the pages are shown to: to others they are not', async () => {
    const { page, close } = await openPage(browser, node.url, SCREENS.desktop);
    for (const path of ['/compliance/flags', '/compliance/requests', '/compliance/emergencies']) {
      await page.goto(path);
      await page.getByRole('heading', { name: 'Who are you?' }).waitFor();
    }
    await close();
  });
});
