import type { BrowserContextOptions, Page } from 'playwright';
import { beforeAll, expect, test } from 'vitest';
import type { Persona } from '../journeys/harness/demo.ts';
import { describeInChromium, SCREENS } from './harness/chromium.ts';
import { demoPortal, SETUP_MS } from './harness/demo-portal.ts';
import { choose, press, signIn, type, visit } from './harness/keyboard.ts';
import { violations } from './harness/violations.ts';

/** One answer of a busy machine. */
const WAIT_MS = 30_000;
const HOSPITAL = 'St. Mary Hospital';

/** Patients of the hospital: one for each screen, and somebody else. */
let people: Persona[];
let officer: Persona;

/** The card of the one request that says this. */
const cardOf = (page: Page, words: string) => page.getByRole('listitem').filter({ hasText: words }).first();

describeInChromium('what patients ask for', () => {
  const portal = demoPortal();
  beforeAll(async () => {
    const everybody = await portal.people();
    people = everybody.filter(({ records }) =>
      records?.some(({ organisation }) => organisation === 'st-mary'),
    );
    officer = await portal.personaOf('compliance', 'st-mary');
    expect(people.length).toBeGreaterThanOrEqual(3);
  });

  const screens: [string, BrowserContextOptions, number][] = [
    ['desktop', { ...SCREENS.desktop, colorScheme: 'light' }, 0],
    ['phone', { ...SCREENS.phone, colorScheme: 'dark' }, 1],
  ];

  test.each(screens)(
    'on a %s an amendment goes from the entry to its denial, a statement and a rebuttal, by keyboard alone',
    async (screen, options, index) => {
      const person = people[index]!;
      const change = `Not mine, says ${person.name} on a ${screen}.`;
      const own = await portal.open(options);
      const visited: string[] = [];
      own.page.on('framenavigated', (frame) => visited.push(frame.url()));
      await signIn(own.page, person);

      // Nothing was asked for yet; the entry is chosen where it stands in the record.
      await visit(own.page, 'What I asked for');
      await own.page.getByText('You have asked for nothing yet.').waitFor();
      await visit(own.page, 'My record');
      const proof = own.page
        .getByRole('listitem')
        .filter({ hasText: HOSPITAL })
        .getByRole('button', { name: /^Proof of / })
        .first();
      await press(own.page, 'button', (await proof.getAttribute('aria-label'))!);
      await press(own.page, 'link', 'Ask for a change of this entry');
      await own.page.getByRole('heading', { name: 'What I asked for', level: 1 }).waitFor();
      const entry = await own.page.getByRole('combobox', { name: 'Which entry' }).inputValue();
      expect(entry).toMatch(/^[A-Z][A-Za-z]+\/./);
      // The history of a browser that others use too names no entry.
      expect(visited.at(-1)).toBe(`${portal.node.url}/patient/requests`);
      const [, id = ''] = entry.split('/');
      expect(visited.filter((url) => decodeURIComponent(url).includes(id))).toEqual([]);
      await type(own.page, 'What should change', change);
      await type(own.page, 'Why', 'It happened to somebody else.');
      await press(own.page, 'button', 'Ask');
      await own.page
        .getByRole('status')
        .filter({ hasText: `${HOSPITAL} has it and must answer by` })
        .waitFor();
      const asked = cardOf(own.page, change);
      await asked.getByText(/^An answer is due by .*45 CFR 164\.526\(b\)\(2\)\(i\)/).waitFor();
      await asked.getByText('Reason: It happened to somebody else.').waitFor();
      await asked.getByText(`of ${entry}.`).waitFor();
      expect(await violations(own.page)).toEqual([]);

      // The officer takes more time, then denies on a ground that the rule names.
      const desk = await portal.open(options);
      await signIn(desk.page, officer);
      await visit(desk.page, 'Requests of patients');
      const received = cardOf(desk.page, change);
      await received.waitFor();
      for (const card of [asked, received])
        expect(await card.evaluate((item) => item.scrollWidth <= item.clientWidth), 'nothing is cut').toBe(
          true,
        );
      const patient = person.records!.find(({ organisation }) => organisation === 'st-mary')!.patient;
      const about = `An amendment of ${entry}, Patient/${patient}`;
      await press(desk.page, 'button', `Take more time: ${about}`);
      await type(desk.page, 'Why it takes longer, for the patient to read', 'The author is on leave.');
      expect(await violations(desk.page)).toEqual([]);
      await press(desk.page, 'button', 'Take more time');
      await received.getByText('The author is on leave.').waitFor();
      await received.getByText(/^An answer is due by .*164\.526\(b\)\(2\)\(ii\)/).waitFor();
      expect(await desk.page.getByRole('button', { name: `Take more time: ${about}` }).count()).toBe(0);
      await press(desk.page, 'button', `Deny: ${about}`);
      await choose(desk.page, 'Ground (45 CFR)', '164.526(a)(2)(iv): it is accurate and complete');
      await type(desk.page, 'Why, in plain language', 'The visit is documented.');
      await press(desk.page, 'button', 'Deny');
      await received.getByText('The visit is documented.').waitFor();
      await desk.page
        .getByRole('status')
        .filter({ hasText: `${about}: kept.` })
        .waitFor();

      // The patient reads why, has both passed on, and then states that they disagree: once.
      await own.page.reload();
      const denied = cardOf(own.page, change);
      await denied.getByText('45 CFR 164.526(a)(2)(iv)').waitFor();
      await denied.getByText(/^You may submit a statement of disagreement\./).waitFor();
      await press(own.page, 'button', /^Have both passed on: /);
      await type(own.page, 'What you ask for', 'Please pass both on.');
      await press(own.page, 'button', 'Have both passed on');
      await denied.getByText('Please pass both on.').waitFor();
      await press(own.page, 'button', /^Disagree: /);
      await type(own.page, 'Your statement', 'I was abroad that month.');
      expect(await violations(own.page)).toEqual([]);
      await press(own.page, 'button', 'Disagree');
      await denied.getByText('I was abroad that month.').waitFor();
      await denied.getByText('denied, disputed').waitFor();
      await expect.poll(() => denied.getByRole('button').count(), { timeout: WAIT_MS }).toBe(0);

      // The officer rebuts; the patient has a copy.
      await desk.page.reload();
      await press(desk.page, 'button', `Rebut: ${about}`);
      await type(desk.page, 'Rebuttal, for the patient to read', 'The badge was seen.');
      await press(desk.page, 'button', 'Rebut');
      await expect.poll(() => received.getByRole('button').count(), { timeout: WAIT_MS }).toBe(0);
      await received.getByText('The badge was seen.').waitFor();
      expect(await violations(desk.page)).toEqual([]);
      await own.page.reload();
      await cardOf(own.page, change).getByText('The badge was seen.').waitFor();

      // Another patient of the same hospital sees nothing of it.
      const other = await portal.open(options);
      await signIn(other.page, people[2]!);
      await visit(other.page, 'What I asked for');
      await other.page.getByText('You have asked for nothing yet.').waitFor();
      expect(await other.page.locator('main').textContent()).not.toContain(person.name);

      for (const { complaints, close } of [own, desk, other]) {
        expect(complaints).toEqual([]);
        await close();
      }
    },
    SETUP_MS,
  );

  test('access and an accounting are asked for, accepted, and cost nothing the first time', async () => {
    const { page, complaints, close } = await portal.open();
    await signIn(page, people[3] ?? people[0]!);
    await visit(page, 'What I asked for');
    for (const [kind, words] of [
      ['See my record, or have a copy', 'A copy on paper, please.'],
      ['Learn whom my data was given to', 'Of the last six years.'],
    ] as const) {
      await choose(page, 'What', kind);
      await type(page, 'What you ask for', words);
      await press(page, 'button', 'Ask');
      await cardOf(page, words).waitFor();
    }
    await cardOf(page, 'Of the last six years.')
      .getByText(/^It costs nothing/)
      .waitFor();
    const desk = await portal.open();
    const at = (people[3] ?? people[0]!).records![0]!.organisation;
    await signIn(desk.page, await portal.personaOf('compliance', at));
    await visit(desk.page, 'Requests of patients');
    const received = cardOf(desk.page, 'Of the last six years.');
    await received.waitFor();
    // An accounting is never denied.
    expect(await received.getByRole('button', { name: /^Deny/ }).count()).toBe(0);
    await press(desk.page, 'button', /^Accept: An accounting/);
    await type(desk.page, 'What was done, for the patient to read', 'Sent by letter.');
    await press(desk.page, 'button', 'Accept');
    await received.getByText('Sent by letter.').waitFor();
    await page.reload();
    await cardOf(page, 'Of the last six years.').getByText('accepted', { exact: true }).waitFor();
    expect([...complaints, ...desk.complaints]).toEqual([]);
    await desk.close();
    await close();
  });

  test('a refusal of the node is shown in its words, and the dialog stays open', async () => {
    const person = people[0]!;
    const patient = person.records!.find(({ organisation }) => organisation === 'st-mary')!.patient;
    const hospital = portal.node.organisation('st-mary');
    const as = { user: 'Practitioner/officer', scope: 'user/AuditEvent.rus' };
    const body = { kind: 'amendment', patient, object: `Patient/${patient}`, text: 'My name is misspelt.' };
    expect((await hospital.call('POST', '/audit/requests', { body, as })).status).toBe(201);
    const { page, close } = await portal.open();
    await signIn(page, officer);
    await visit(page, 'Requests of patients');
    await press(page, 'button', `Accept: An amendment of Patient/${patient}, Patient/${patient}`);
    await type(page, 'What was done, for the patient to read', 'Spelt as asked.');
    await press(page, 'button', 'Accept');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('alert').filter({ hasText: 'malformed' }).waitFor();
    await type(page, 'Versions that were amended or appended', `Patient/${patient}/_history/1`);
    await press(page, 'button', 'Accept');
    await dialog.waitFor({ state: 'hidden' });
    await cardOf(page, 'My name is misspelt.').getByText('Spelt as asked.').waitFor();
    await close();
  });

  test('the pages are shown to whom they are for', async () => {
    const { page, close } = await portal.open();
    await page.goto('/patient/requests');
    await page.getByRole('heading', { name: 'Who are you?' }).waitFor();
    await signIn(page, officer);
    await page.goto('/patient/requests');
    await page.getByRole('heading', { name: 'Who are you?' }).waitFor();
    await signIn(page, people[0]!);
    await page.goto('/compliance/requests');
    await page.getByRole('heading', { name: 'Who are you?' }).waitFor();
    await close();
  });
});
