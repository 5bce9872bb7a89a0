import { beforeAll, expect, test } from 'vitest';
import { describeInChromium, SCREENS } from './harness/chromium.ts';
import { demoPortal } from './harness/demo-portal.ts';
import { press, signIn, type, visit } from './harness/keyboard.ts';
import { violations } from './harness/violations.ts';

const TEXT = 'Found unconscious, anaphylaxis suspected.';

describeInChromium('emergencies and the rules', () => {
  const portal = demoPortal({ patients: 2 });
  beforeAll(async () => {
    const hospital = portal.node.organisation('st-mary');
    const { id } = await hospital.create({ resourceType: 'Patient', name: [{ family: 'Lang' }] });
    for (const name of ['Ngozi Okafor', 'Lena Roth']) {
      const broken = await hospital.call('POST', '/break-glass', {
        body: { patient: id, reason: 'medical-emergency', text: TEXT, name },
        as: { user: `Practitioner/${name.replace(' ', '-')}`, scope: 'user/*.rs', purpose: 'BTG' },
      });
      expect(broken.status, broken.text).toBe(201);
    }
  });

  test.each([
    ['desktop', 'Ngozi Okafor'],
    ['phone', 'Lena Roth'],
  ] as const)(
    'on a %s the privacy officer reads who opened a record and why, and reviews it',
    async (screen, name) => {
      const { page, complaints, close } = await portal.open(SCREENS[screen]);
      await signIn(page, await portal.personaOf('compliance', 'st-mary'));
      await visit(page, 'Emergency accesses');
      const row = page.getByRole('listitem').filter({ hasText: `${name}, St. Mary Hospital` });
      await row.getByText(TEXT).waitFor();
      expect(await violations(page)).toEqual([]);
      await row.getByRole('textbox').fill(`seen with ${name}`);
      await row.getByRole('button', { name: 'Justified' }).click();
      await row.getByText(`seen with ${name}`).waitFor();
      await row.getByText('justified').waitFor();
      expect(complaints).toEqual([]);
      await close();
    },
  );

  test.each(['desktop', 'phone'] as const)(
    'on a %s everybody reads the rules in force, each with its source',
    async (screen) => {
      const { page, complaints, close } = await portal.open(SCREENS[screen]);
      await page.goto('/');
      await page.getByRole('heading', { level: 1 }).waitFor();
      await visit(page, 'Rules in force');
      const hospital = page.getByRole('region', { name: 'St. Mary Hospital' });
      await hospital.getByText('42 CFR 2.12(c)(3)').waitFor();
      for (const heading of [
        'What the law says',
        'What the organisation adds',
        'What patients say',
        'In an emergency',
        'What is taken for sensitive',
      ])
        await hospital.getByRole('heading', { name: heading }).waitFor();
      await hospital.getByText(/^United States, federal, version us 2024-04-16/).waitFor();
      const [rule, list] = await Promise.all([
        hospital.locator('li > div').first().boundingBox(),
        hospital.getByRole('list').first().boundingBox(),
      ]);
      expect(rule?.width, 'a rule has the whole line').toBe(list?.width);
      expect(await violations(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await close();
    },
  );

  test('the patient reads under "Who looked" that a record was opened and read in an emergency', async () => {
    const person = await portal.personaOf('patient', 'st-mary');
    const care = await portal.open();
    await signIn(care.page, await portal.personaOf('clinician', 'st-mary'));
    await visit(care.page, 'Emergency access');
    await type(care.page, 'Or the patient’s id here', person.patient!);
    await press(care.page, 'button', 'Choose');
    await press(care.page, 'button', 'Open in an emergency');
    await type(care.page, 'What the emergency is', TEXT);
    await press(care.page, 'button', /^Open the record/);
    await care.page.getByRole('timer').waitFor();
    await care.page.getByRole('button', { name: /^About/ }).waitFor();
    const own = await portal.open();
    await signIn(own.page, person);
    await visit(own.page, 'Who looked');
    for (const words of [
      'opened the record without consent in an emergency',
      'asked for the record across organisations for treatment, in an emergency',
    ])
      await own.page.getByRole('listitem').filter({ hasText: words }).first().waitFor();
    await own.close();
    await care.close();
  });
});
