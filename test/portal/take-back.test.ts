import { expect, test } from 'vitest';
import { patientAt } from '../journeys/harness/demo.ts';
import { describeInChromium } from './harness/chromium.ts';
import { demoPortal } from './harness/demo-portal.ts';
import { press, signIn, visit } from './harness/keyboard.ts';

describeInChromium('a patient who takes access back', () => {
  const portal = demoPortal();

  test('while another of their devices has changed it signs once, and the page signs after that', async () => {
    const patient = await patientAt(portal.node, 'st-mary', 'lakeside');
    const hospital = portal.node.organisation('st-mary');
    const usual = { patient: patient.at('st-mary'), custodian: 'st-mary', grantee: 'lakeside' };
    const grant = patient.device.grant(usual);
    expect((await patient.device.send(grant, hospital)).status).toBe(201);
    const { page, complaints, close } = await portal.open();
    await signIn(page, patient.persona);
    await visit(page, 'Who has access');
    await page.getByRole('list', { name: 'Access given' }).getByRole('listitem').waitFor();
    // The page goes on showing the first one.
    const changed = patient.device.grant({ ...usual, id: grant.id, sequence: 2 });
    expect((await patient.device.send(changed, hospital)).status).toBe(201);

    const answers: number[] = [];
    page.on('response', (response) => {
      if (response.url().endsWith(`/consents/${grant.id}/revoke`)) answers.push(response.status());
    });
    await press(page, 'button', /^Take back access of /);
    await press(page, 'button', 'Sign and take back');
    await page.getByRole('list', { name: 'Access taken back' }).getByRole('listitem').first().waitFor();
    expect(answers).toEqual([409, 200]);
    const { consents } = (await hospital.call('GET', `/consents?patient=${usual.patient}`)).json;
    expect(consents.find(({ id }: { id: string }) => id === grant.id)).toMatchObject({
      status: 'revoked',
      sequence: 3,
    });
    // A browser notes the refusal in its console.
    expect(complaints.filter((each) => !/status of 409/.test(each))).toEqual([]);
    await close();
  });

  test.each([
    ['for a step to come', 1_000, 1],
    ['for one further on each time', 2, 4],
  ])(
    'gives a node that asks for signatures %s few of them, and is told',
    async (_what, further, signatures) => {
      const patient = await patientAt(portal.node, 'st-mary', 'lakeside');
      const hospital = portal.node.organisation('st-mary');
      const usual = { patient: patient.at('st-mary'), custodian: 'st-mary', grantee: 'lakeside' };
      const grant = patient.device.grant(usual);
      expect((await patient.device.send(grant, hospital)).status).toBe(201);
      const { page, close } = await portal.open();
      const signed: number[] = [];
      await page.route(`**/consents/${grant.id}/revoke`, async (route) => {
        const { sequence } = route.request().postDataJSON();
        signed.push(sequence);
        const told = { code: 'sequence-conflict', detail: 'Another step came first.' };
        await route.fulfill({ status: 409, json: { ...told, nextSequence: sequence + further } });
      });
      await signIn(page, patient.persona);
      await visit(page, 'Who has access');
      await press(page, 'button', /^Take back access of /);
      await press(page, 'button', 'Sign and take back');
      await page.getByRole('alert').filter({ hasText: 'Another step came first.' }).waitFor();
      expect(signed).toHaveLength(signatures);
      await close();
    },
  );
});
