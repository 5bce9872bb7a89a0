import { beforeAll, expect, test } from 'vitest';
import type { Persona } from '../journeys/harness/demo.ts';
import { denyOwnPeople } from '../journeys/harness/deny-own-people.ts';
import type { Organisation } from '../journeys/harness/organisation.ts';
import { describeInChromium, SCREENS } from './harness/chromium.ts';
import { demoPortal, SETUP_MS } from './harness/demo-portal.ts';
import { choose, press, signIn, type, visit } from './harness/keyboard.ts';
import { violations } from './harness/violations.ts';

const WORDS = 'Found unconscious, anaphylaxis suspected.';

let hospital: Organisation;
let everybody: Persona[];

const staff = (role: string): Persona =>
  everybody.find((each) => each.role === role && each.organisation === 'st-mary')!;

/** Somebody with one observation, who keeps the hospital out if that is said. */
async function patient(family: string, isKept: boolean): Promise<string> {
  const { id } = await hospital.create({
    resourceType: 'Patient',
    name: [{ family, given: ['Noor'] }],
    birthDate: '1980-04-02',
  });
  await hospital.create({
    resourceType: 'Observation',
    status: 'final',
    code: { text: `allergy of ${family}` },
    subject: { reference: `Patient/${id}` },
    effectiveDateTime: '2026-01-02',
    valueString: 'penicillin',
  });
  if (isKept) await denyOwnPeople(hospital, id);
  return id;
}

describeInChromium('a clinician in an emergency', () => {
  const portal = demoPortal({ patients: 2 });
  beforeAll(async () => {
    hospital = portal.node.organisation('st-mary');
    everybody = await portal.people();
  });

  test.each([
    ['desktop', 'light'],
    ['phone', 'dark'],
  ] as const)(
    'on a %s in %s colours opens a record that is kept from them, with a keyboard alone; patient and officer are told',
    async (screen, colorScheme) => {
      const family = `Quell${screen}`;
      const id = await patient(family, true);
      const { page, complaints, close } = await portal.open({ ...SCREENS[screen], colorScheme });
      await signIn(page, staff('clinician'));
      await visit(page, 'Emergency access');

      // Deny means silence: not found by name, and by id as if there were nobody.
      await type(page, 'Family name', family);
      await page.getByLabel('Date of birth').fill('1980-04-02');
      await press(page, 'button', 'Find');
      await page.getByRole('status').filter({ hasText: 'Nobody whom you may see' }).waitFor();
      await type(page, 'Or the patient’s id here', id);
      await press(page, 'button', 'Choose');
      await page.getByRole('status').filter({ hasText: 'You may see nothing' }).waitFor();
      expect(await page.locator('main').textContent()).not.toContain('penicillin');
      expect(await violations(page)).toEqual([]);

      await press(page, 'button', 'Open in an emergency');
      const dialog = page.getByRole('dialog');
      await dialog.getByText(/The patient is told at once/).waitFor();
      await dialog.getByText(/The privacy officer of St\. Mary Hospital is told at once/).waitFor();
      const opens = dialog.getByRole('button', { name: /^Open the record/ });
      await type(page, 'What the emergency is', 'short');
      expect(await opens.isDisabled()).toBe(true);
      await type(page, 'What the emergency is', WORDS);
      await choose(page, 'For how long', '15 minutes');
      expect(await violations(page)).toEqual([]);
      await press(page, 'button', 'Open the record for 15 minutes');
      await dialog.waitFor({ state: 'hidden' });
      await page.getByRole('timer').filter({ hasText: '14 minutes left' }).waitFor();
      await page.getByRole('heading', { name: `Noor ${family}` }).waitFor();
      await page
        .getByRole('listitem')
        .filter({ hasText: `allergy of ${family}` })
        .waitFor();
      expect(await violations(page)).toEqual([]);

      // It is still there after a look at another page.
      await visit(page, 'Ledger');
      await visit(page, 'Emergency access');
      await press(page, 'button', `Show Patient/${id}`);
      await page.getByRole('heading', { name: `Noor ${family}` }).waitFor();

      const own = { user: `Patient/${id}`, scope: 'patient/*.rs', purpose: 'PATRQT', patient: id };
      const told = await hospital.searchAll(`Communication?subject=Patient/${id}`, { as: own });
      expect(JSON.stringify(told)).toContain(WORDS);
      const officer = { as: { user: 'Practitioner/officer', scope: 'user/AuditEvent.rus' } };
      const { accesses } = (await hospital.call('GET', `/audit/break-glass?patient=${id}`, officer)).json;
      expect(accesses).toMatchObject([{ patient: id, reason: 'medical-emergency', facts: { text: WORDS } }]);
      expect(complaints.filter((each) => !each.includes('status of 404'))).toEqual([]);
      await close();
    },
    SETUP_MS,
  );

  test('the record leaves the screen when its time is over', async () => {
    const family = 'Kurz';
    const id = await patient(family, true);
    const { page, close } = await portal.open();
    await page.clock.install();
    await signIn(page, staff('clinician'));
    await visit(page, 'Emergency access');
    await type(page, 'Or the patient’s id here', `Patient/${id}`);
    await press(page, 'button', 'Choose');
    await press(page, 'button', 'Open in an emergency');
    await type(page, 'What the emergency is', WORDS);
    await choose(page, 'For how long', '15 minutes');
    await press(page, 'button', 'Open the record for 15 minutes');
    await page.getByRole('button', { name: /^Results and measurements/ }).waitFor();
    await page.clock.fastForward('15:01');
    await page.getByRole('status').filter({ hasText: 'The record is closed to you again.' }).waitFor();
    expect(await page.getByRole('button', { name: /^Results and measurements/ }).count()).toBe(0);
    await close();
  });

  test('a patient who keeps nobody out is found by name, and nobody else is', async () => {
    const id = await patient('Offen', false);
    const { page, complaints, close } = await portal.open();
    await signIn(page, staff('clinician'));
    await visit(page, 'Emergency access');
    await type(page, 'Family name', 'Offen');
    await page.getByLabel('Date of birth').fill('1980-04-02');
    await press(page, 'button', 'Find');
    await page.getByRole('list', { name: 'Patients found' }).getByText(`Patient/${id}`).waitFor();
    expect(await violations(page)).toEqual([]);
    await press(page, 'button', 'Choose Noor Offen');
    await page.getByRole('heading', { name: 'Noor Offen' }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test('what the node refuses is said in its words: there is no such patient', async () => {
    const { page, close } = await portal.open();
    await signIn(page, staff('clinician'));
    await visit(page, 'Emergency access');
    await type(page, 'Or the patient’s id here', 'nobody-at-all');
    await press(page, 'button', 'Choose');
    await press(page, 'button', 'Open in an emergency');
    await type(page, 'What the emergency is', WORDS);
    await press(page, 'button', 'Open the record for 1 hour');
    await page
      .getByRole('dialog')
      .getByRole('alert')
      .filter({ hasText: 'There is no such patient.' })
      .waitFor();
    await close();
  });

  test.each(['front-desk', 'compliance', 'patient'])(
    'as %s there is no such page, and the node breaks no glass',
    async (role) => {
      const id = await patient(`Zu${role}`, true);
      const person = everybody.find((each) => each.role === role && each.organisation === 'st-mary')!;
      const { page, close } = await portal.open();
      await signIn(page, person);
      await page.getByRole('button', { name: 'Sign out' }).waitFor();
      expect(await page.getByRole('link', { name: 'Emergency access', exact: true }).count()).toBe(0);
      await page.goto('/care/emergency');
      await page.getByRole('heading', { name: 'Who are you?' }).waitFor();
      // Whoever asks without the page, with the token that the portal has, is refused as well.
      const status = await page.evaluate(
        async ([persona, patientId, text]) => {
          const headers = { 'content-type': 'application/json' };
          const signedIn = await fetch('/demo/sign-in', {
            method: 'POST',
            headers,
            body: JSON.stringify({ persona, organisation: 'st-mary' }),
          });
          const { access_token: token } = await signedIn.json();
          const answer = await fetch('/orgs/st-mary/break-glass', {
            method: 'POST',
            headers: { ...headers, authorization: `Bearer ${token}` },
            body: JSON.stringify({ patient: patientId, reason: 'medical-emergency', text }),
          });
          return answer.status;
        },
        [person.id, id, WORDS] as const,
      );
      expect(status).toBe(403);
      await close();
    },
  );
});
