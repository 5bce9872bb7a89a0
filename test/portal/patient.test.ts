import type { BrowserContextOptions, Page } from 'playwright';
import { beforeAll, expect, test } from 'vitest';
import type { Persona } from '../journeys/harness/demo.ts';
import { entriesOf, outcomesOf } from '../journeys/harness/network-bundle.ts';
import type { RunningNode } from '../journeys/harness/running-node.ts';
import { until } from '../journeys/harness/until.ts';
import { describeInChromium, SCREENS } from './harness/chromium.ts';
import { demoPortal } from './harness/demo-portal.ts';
import { choose, press, signIn as signInAs, tabTo, visit } from './harness/keyboard.ts';

const CUSTODIAN = 'st-mary';
const GRANTEE = 'lakeside';

let node: RunningNode;
/** With records at both organisations; one for each screen, since they change them. */
let people: Persona[];

/** The patient's id at an organisation. */
const patientAt = (persona: Persona, organisation: string): string =>
  persona.records!.find((record) => record.organisation === organisation)!.patient;

/** What the clinic's own program gets for the patient across the network. */
async function clinicReads(persona: Persona) {
  const clinic = node.organisation(GRANTEE);
  const path = `/fhir/Patient/${patientAt(persona, GRANTEE)}/$network-everything`;
  const answer = await clinic.call('GET', path);
  expect(answer.status).toBe(200);
  return { entries: entriesOf(answer.json, CUSTODIAN), outcome: outcomesOf(answer.json)[CUSTODIAN] };
}

const named = async (organisation: string): Promise<string> => {
  const { organisations } = (await node.send('/.well-known/holdfast')).json;
  return organisations.find((each: { id: string }) => each.id === organisation).name;
};

async function signIn(page: Page, persona: Persona): Promise<void> {
  await signInAs(page, persona);
  await page.getByRole('heading', { name: 'My record', level: 1 }).waitFor();
}

describeInChromium('a patient with a keyboard alone', () => {
  const portal = demoPortal();
  beforeAll(async () => {
    node = portal.node;
    people = (await portal.people()).filter(({ records }) =>
      [CUSTODIAN, GRANTEE].every((id) => records?.some(({ organisation }) => organisation === id)),
    );
    expect(people.length).toBeGreaterThanOrEqual(2);
  });

  const screens: [string, BrowserContextOptions, number][] = [
    ['on a desktop', { ...SCREENS.desktop, colorScheme: 'light' }, 0],
    ['on a telephone', { ...SCREENS.phone, colorScheme: 'dark' }, 1],
  ];

  test.each(screens)('%s reads, grants, looks who looked, and revokes', async (_name, screen, index) => {
    const persona = people[index]!;
    const { page, complaints, close } = await portal.open(screen);
    await signIn(page, persona);

    // The record: entries of every organisation that knows them, each verified here.
    const summary = page.getByRole('status').filter({ hasText: 'verified in this browser' });
    const [verified, all] = (await summary.textContent())!.match(/\d+/g)!.map(Number);
    expect(verified).toBe(all);
    expect(all).toBeGreaterThan(20);
    for (const { organisation } of persona.records!) {
      expect(await page.getByText(await named(organisation)).count(), organisation).toBeGreaterThan(0);
    }
    await press(page, 'button', /^Proof of .*: verified$/);
    const dialog = page.getByRole('dialog');
    await dialog.getByText('The content is exactly what was logged.').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });

    // Nobody else has access, and the clinic finds nothing.
    await visit(page, 'Who has access');
    await page.getByText('You have given nobody else access.').waitFor();
    expect(await clinicReads(persona)).toMatchObject({ entries: [], outcome: 'not-permitted' });

    // A grant, signed in the browser.
    await choose(page, 'My record at', await named(CUSTODIAN));
    await choose(page, 'Who may see it', await named(GRANTEE));
    await press(page, 'button', 'Sign and give access');
    await page.getByRole('status').filter({ hasText: 'final on the ledger' }).waitFor();
    const given = page.getByRole('list', { name: 'Access given' }).getByRole('listitem');
    await given.filter({ hasText: await named(GRANTEE) }).waitFor();
    const read = await until('the clinic reads what was granted', async () => {
      const found = await clinicReads(persona);
      return found.entries.length > 0 && found;
    });
    expect(read.outcome).toMatch(/^(complete|partial)$/);

    // Who looked.
    await visit(page, 'Who looked');
    const accesses = page.getByRole('list', { name: 'Accesses' }).getByRole('listitem');
    await accesses
      .filter({ hasText: `${await named(GRANTEE)} was given the record` })
      .first()
      .waitFor();
    expect(await accesses.filter({ hasText: 'You ' }).count()).toBe(0);
    await tabTo(page, 'switch', 'Show my own visits too');
    await page.keyboard.press('Space');
    await accesses.filter({ hasText: 'You ' }).first().waitFor();

    // Taken back, after a question; the clinic is refused.
    await visit(page, 'Who has access');
    await press(page, 'button', `Take back access of ${await named(GRANTEE)}`);
    await press(page, 'button', 'Keep it');
    await given.first().waitFor();
    await press(page, 'button', `Take back access of ${await named(GRANTEE)}`);
    await press(page, 'button', 'Sign and take back');
    await page.getByRole('list', { name: 'Access taken back' }).getByRole('listitem').first().waitFor();
    await page.getByText('You have given nobody else access.').waitFor();
    expect(await clinicReads(persona)).toMatchObject({ entries: [], outcome: 'not-permitted' });

    expect(complaints).toEqual([]);
    await close();
  });

  test('stays signed in when the page is loaded again, and signs out', async () => {
    const { page, complaints, close } = await portal.open();
    await signIn(page, people[0]!);
    await visit(page, 'Who has access');
    await page.reload();
    await page.getByRole('heading', { name: 'Who has access', level: 1 }).waitFor();
    await press(page, 'button', 'Sign out');
    await page.getByRole('heading', { name: 'Who are you?', level: 1 }).waitFor();
    await page.goto('/patient');
    await page.getByRole('heading', { name: 'Who are you?', level: 1 }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test('on a telephone the Tab key passes over the closed menu, and Escape closes the open one', async () => {
    const { page, complaints, close } = await portal.open(SCREENS.phone);
    await signIn(page, people[0]!);
    await page.goto('/patient/access');
    await page.getByRole('heading', { name: 'Who has access', level: 1 }).waitFor();
    const link = page.getByRole('link', { name: 'Who looked', exact: true });
    expect(await link.count()).toBe(0);
    await press(page, 'button', 'Menu');
    await link.waitFor();
    await page.keyboard.press('Escape');
    await link.waitFor({ state: 'hidden' });
    expect(complaints).toEqual([]);
    await close();
  });

  test('starts with a way past the navigation', async () => {
    const { page, close } = await portal.open();
    await signIn(page, people[0]!);
    await page.reload();
    await page.getByRole('heading', { name: 'My record', level: 1 }).waitFor();
    await press(page, 'link', 'Skip to the page');
    await page.keyboard.press('Tab');
    const inPage = page.locator('main :focus');
    await inPage.waitFor();
    await close();
  });
});
