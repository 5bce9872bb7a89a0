import { beforeAll, expect, test } from 'vitest';
import type { Organisation } from '../journeys/harness/organisation.ts';
import { describeInChromium, SCREENS } from './harness/chromium.ts';
import { demoPortal } from './harness/demo-portal.ts';
import { press, signIn, visit } from './harness/keyboard.ts';
import { violations } from './harness/violations.ts';

const family = 'Quillfeather';

/** An access that is flagged, and a request that waits. */
async function prepare(hospital: Organisation): Promise<void> {
  const { id: practitioner } = await hospital.create({ resourceType: 'Practitioner', name: [{ family }] });
  const { id: patient } = await hospital.create({ resourceType: 'Patient', name: [{ family }] });
  const as = { user: `Practitioner/${practitioner}`, scope: 'user/*.rs', purpose: 'TREAT' };
  await hospital.fhir('GET', `Patient/${patient}`, { as });
  const body = { kind: 'access', patient, text: 'I want to see my record.' };
  const officer = { user: 'Practitioner/officer', scope: 'user/AuditEvent.rus' };
  expect((await hospital.call('POST', '/audit/requests', { body, as: officer })).status).toBe(201);
}

describeInChromium('a privacy officer', () => {
  const portal = demoPortal({ patients: 2 });
  beforeAll(() => prepare(portal.node.organisation('st-mary')));

  test.each(['desktop', 'phone'] as const)(
    'on a %s sees unusual accesses with their reasons, reviews one, and sees what is due',
    async (screen) => {
      const { page, complaints, close } = await portal.open(SCREENS[screen]);
      await signIn(page, await portal.personaOf('compliance', 'st-mary'));
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
    const { page, close } = await portal.open();
    for (const path of ['/compliance/flags', '/compliance/requests', '/compliance/emergencies']) {
      await page.goto(path);
      await page.getByRole('heading', { name: 'Who are you?' }).waitFor();
    }
    await close();
  });
});
