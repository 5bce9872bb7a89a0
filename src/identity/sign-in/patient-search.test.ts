import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { allowedBy } from '../index.ts';
import { APP_URL, App, addPeople, PASSWORD, PUBLIC_URL } from '../suite/app.ts';
import { hidden, offered } from '../suite/browser.ts';
import { type SuiteNode, startNode } from '../suite/identity-node.ts';

/** Four passwords are hashed, on a busy machine. */
const SETUP_MS = 60_000; // a second on an idle one
const SCOPE = 'launch/patient offline_access patient/*.rs';

let node: SuiteNode;
beforeAll(async () => {
  node = await startNode({
    publicUrl: PUBLIC_URL,
    clients: [
      {
        id: 'growth',
        name: 'Growth',
        redirectUris: [APP_URL],
        scope: 'patient/*.rs user/*.rs',
        purposes: ['TREAT', 'PATRQT', 'HOPERAT'],
      },
    ],
  });
  await addPeople(node.mary);
  const { directory } = node.mary.signIn;
  const { id } = directory.add({
    login: 'sue',
    name: 'Sue',
    roles: ['supply-chain'],
    fhirUser: 'Practitioner/s',
  });
  await directory.setPassword(id, PASSWORD);
  node.mary.shown.set('p1', { id: 'p1', name: 'Ada <b>Ames</b>', birthDate: '2019-02-03' });
}, SETUP_MS);
afterAll(() => node?.stop());
afterEach(() => {
  node.mary.searches.length = 0;
});

/** Somebody at the authorisation screen. */
async function atScreen(login: string) {
  const app = new App(node, node.mary, 'growth');
  const screen = await app.signIn(SCOPE, login);
  const send = (form: Record<string, string | string[]>) =>
    app.browser.follow(`${screen.url.replace(/\/authorise$/, '')}/authorise`, {
      form: { form: hidden(screen.text, 'form'), scope: offered(screen.text), ...form },
    });
  return { app, screen, send };
}
const ADA = { find: 'yes', family: 'Ames', birthdate: '2019-02-03' };

test('a patient who asks for themself looks for nobody, whatever the form says', async () => {
  const { screen, send } = await atScreen('ada');
  expect(screen.text).not.toContain('name="find"');
  const answer = await send(ADA);
  expect([answer.status, node.mary.searches]).toEqual([200, []]);
  expect(answer.text).not.toContain('name="found"');
});

test('somebody whose work reaches no patients looks with no right at all', async () => {
  const { send } = await atScreen('sue');
  await send(ADA);
  expect(node.mary.searches.map(({ asker }) => allowedBy(asker.scopes, 'Patient', 's'))).toEqual([undefined]);
});

test('a clinician looks with their own rights, and for patients alone', async () => {
  const { send } = await atScreen('carl');
  await send(ADA);
  const [search] = node.mary.searches;
  expect(search).toMatchObject({ family: 'Ames', birthDate: '2019-02-03' });
  expect(search?.asker).toMatchObject({ kind: 'user', fhirUser: 'Practitioner/c1', purposes: ['TREAT'] });
  expect(allowedBy(search!.asker.scopes, 'Patient', 's')).toEqual({ user: true });
  expect(allowedBy(search!.asker.scopes, 'Observation', 's')).toBeUndefined();
});

test.each<[why: string, form: Record<string, string>]>([
  ['a name alone', { family: 'Ames', birthdate: '' }],
  ['a day of birth alone', { family: ' ', birthdate: '2019-02-03' }],
  ['a year of birth', { family: 'Ames', birthdate: '2019' }],
  ['a name without end', { family: 'A'.repeat(101), birthdate: '2019-02-03' }],
])('%s finds nobody', async (_why, form) => {
  const { send } = await atScreen('carl');
  const answer = await send({ find: 'yes', ...form });
  expect(answer.text).toContain('Give a family name and the whole date of birth.');
  expect(node.mary.searches).toEqual([]);
});

test('who is found is named as text, what was ticked stays so, and the one who is chosen is given to the app', async () => {
  const { app, screen, send } = await atScreen('carl');
  expect(await send({ ...ADA, birthdate: '2000-01-01' })).toMatchObject({
    text: expect.stringContaining('Nobody whom you may see has this name and date of birth.'),
  });
  const scopes = offered(screen.text).filter((scope) => scope !== 'offline_access');
  const page = await send({ ...ADA, scope: scopes });
  expect(page.text).toContain('Ada &lt;b&gt;Ames&lt;/b&gt;, born 2019-02-03 (p1)');
  expect(page.text).toMatch(/value="offline_access"> /);
  expect(page.text).toMatch(/value="patient\/\*\.rs" checked/);
  expect(page.text).toContain('value="Ames"');
  const back = await send({ found: 'p1', patient: '', scope: scopes });
  const { body } = await app.exchange(back, screen.verifier);
  expect(body.patient).toBe('p1');
  expect(body).not.toHaveProperty('refresh_token');
});

test('two patients at once are none', async () => {
  const { send } = await atScreen('carl');
  const answer = await send({ found: 'p1', patient: 'p2' });
  expect([answer.status, answer.text.includes('You chose one patient and typed the id of another')]).toEqual([
    400,
    true,
  ]);
  const agreed = await send({ found: 'p1', patient: 'Patient/p1' });
  expect(new URL(agreed.url).searchParams.has('code')).toBe(true);
});

test('looking is no way around the guard of the form', async () => {
  const { app, screen } = await atScreen('carl');
  const forged = await app.browser.follow(`${screen.url}/authorise`, { form: { form: 'forged', ...ADA } });
  expect([forged.status >= 400, node.mary.searches]).toEqual([true, []]);
});
