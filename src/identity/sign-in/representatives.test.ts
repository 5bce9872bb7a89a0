import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { APP_URL, App, addPeople, PASSWORD, PUBLIC_URL } from '../suite/app.ts';
import { bearer, refusal, type SuiteNode, startNode } from '../suite/identity-node.ts';

/** Passwords are hashed, on a busy machine. */
const SETUP_MS = 60_000; // two seconds on an idle one
const MOTHER = 'RelatedPerson/mother';
const SCOPE = 'launch/patient offline_access patient/*.rs';

let node: SuiteNode;
beforeAll(async () => {
  node = await startNode({
    publicUrl: PUBLIC_URL,
    clients: [{ id: 'growth', redirectUris: [APP_URL], scope: 'patient/*.rs', purposes: ['PATRQT'] }],
  });
  await addPeople(node.mary);
  const { directory } = node.mary.signIn;
  const mother = directory.add({ login: 'mo', name: 'Mo Ames', roles: ['representative'], fhirUser: MOTHER });
  await directory.setPassword(mother.id, PASSWORD);
}, SETUP_MS);
afterAll(() => node?.stop());

const represents = (...patients: string[]) => node.mary.represented.set(MOTHER, patients);
const app = () => new App(node, node.mary, 'growth');
const opens = (token: unknown) => refusal(node.mary.authenticator.authenticate(`Bearer ${String(token)}`));

describe('somebody who asks for a patient', () => {
  test.each<[string, string[], string | undefined]>([
    ['as a clinician', ['clinician'], MOTHER],
    ['as a clinician as well', ['representative', 'clinician'], MOTHER],
    ['as a patient', ['patient'], MOTHER],
    ['without a record that says for whom', ['representative'], undefined],
    ['with a Practitioner’s record', ['representative'], 'Practitioner/c1'],
  ])('has no account %s', (_case, roles, fhirUser) => {
    const said = { login: 'x', name: 'x', roles: roles as ['patient'], ...(fhirUser && { fhirUser }) };
    expect(() => node.mary.signIn.directory.add(said)).toThrow(/roles must be/);
  });

  test('lets no app in while there is nobody for whom they may ask', async () => {
    represents();
    const screen = await app().signIn(SCOPE, 'mo');
    const { text } = await app()
      .allow(screen)
      .catch(() => ({ text: '' }));
    expect(text).not.toContain('code=');
  });

  test('has the one patient in context whom they represent, without being asked', async () => {
    represents('p1');
    const given = await app().launch(SCOPE, 'mo');
    expect(given.patient).toBe('p1');
    const principal = await node.mary.authenticator.authenticate(`Bearer ${given.access_token}`);
    expect(principal).toMatchObject({ kind: 'patient', patient: 'p1', fhirUser: MOTHER });
    expect(principal.purposes).toEqual(['PATRQT']);
  });

  test('says for which of several, and for nobody else', async () => {
    represents('p1', 'p2');
    const asked = app();
    const screen = await asked.signIn(SCOPE, 'mo');
    expect(screen.text).toContain('value="p1"');
    expect(screen.text).toContain('value="p2"');
    for (const patient of [undefined, 'p3', 'p1 p2']) {
      const refused = await asked.allow(screen, patient === undefined ? {} : { patient });
      expect([refused.status, refused.text.includes('Say for which')]).toEqual([400, true]);
    }
    const given = await app().launch(SCOPE, 'mo', { patient: 'p2' });
    expect(given.patient).toBe('p2');
  });

  test('is shown those of them whom they may see, by name and day of birth, and no other', async () => {
    const { shown, looks } = node.mary;
    represents('p1', 'p2', 'p3');
    shown.set('p1', { id: 'p1', name: 'Ada <b>Ames</b>', birthDate: '2019-02-03' });
    shown.set('p2', { id: 'p2', birthDate: '2021-05-06' });
    try {
      const screen = await app().signIn(SCOPE, 'mo');
      expect(screen.text).toContain('Ada &lt;b&gt;Ames&lt;/b&gt;, born 2019-02-03 (p1)');
      expect(screen.text).toContain('<span>p2, born 2021-05-06</span>');
      expect(screen.text).not.toContain('p3');
      const { asker, patients } = looks.at(-1) ?? {};
      expect(patients).toEqual(['p1', 'p2', 'p3']);
      expect(asker).toMatchObject({ kind: 'patient', fhirUser: MOTHER, purposes: ['PATRQT'] });
    } finally {
      for (const id of ['p1', 'p2']) shown.set(id, { id });
    }
  });

  test('is out with the next request once the right is over: tokens, refreshing, signing in', async () => {
    represents('p1');
    const given = await app().launch(SCOPE, 'mo');
    expect(await opens(given.access_token)).toBeUndefined();
    represents('p2');
    expect(await opens(given.access_token)).toBe('token-revoked');
    const refreshed = await app().token({
      grant_type: 'refresh_token',
      refresh_token: String(given.refresh_token),
      client_id: 'growth',
    });
    expect([refreshed.status, refreshed.body.error]).toEqual([400, 'invalid_grant']);
    expect(node.mary.events.at(-1)).toMatchObject({ outcome: 'minor', detail: 'invalid_grant' });
  });

  test('chooses among several at the portal too, before anything is shown', async () => {
    represents('p1', 'p2');
    const portal = new App(node, node.mary, 'portal', `${PUBLIC_URL}/signed-in`);
    const given = await portal.launch('openid patient/*.rs', 'mo', { patient: 'p2' });
    expect(given.patient).toBe('p2');
  });

  test('opens an app from the record for those whom they represent alone', async () => {
    represents('p1');
    const portal = new App(node, node.mary, 'portal', `${PUBLIC_URL}/signed-in`);
    const { access_token: token } = await portal.launch('openid patient/*.rs', 'mo');
    const { body } = await portal.call('POST', '/account/launch', String(token), {
      client: 'growth',
      patient: 'p2',
    });
    // The app has no address to be opened at: that is said of it before anything is said of a patient.
    expect(body.code).toBe('client-unknown');
  });

  test('is nobody with a token that names a patient whom they do not represent', async () => {
    represents('p1');
    const claims = { sub: MOTHER, fhirUser: MOTHER, scope: 'patient/*.rs' };
    const own = await bearer(node.mary, { ...claims, patient: 'p1' });
    const others = await bearer(node.mary, { ...claims, patient: 'p2' });
    const authenticate = (header: string) => refusal(node.mary.authenticator.authenticate(header));
    expect([await authenticate(own), await authenticate(others)]).toEqual([undefined, 'token-revoked']);
  });
});

describe('a parent’s key', () => {
  test('is enrolled for a minor alone, and ends when they are of age at the latest', async () => {
    const { enrolment, majority } = node.mary;
    const asked = { role: 'parent' } as const;
    for (const value of [undefined, new Date(Date.now() - 1)]) {
      majority.value = value;
      await expect(enrolment.holdKey('p1', asked)).rejects.toMatchObject({ code: 'request-invalid' });
      await expect(enrolment.openCode('p1', asked)).rejects.toMatchObject({ code: 'request-invalid' });
    }
    majority.value = new Date(Date.now() + 86_400_000);
    const later = new Date(majority.value.getTime() + 1);
    const sooner = new Date(majority.value.getTime() - 1);
    const untilOf = async (until?: Date) =>
      (await enrolment.holdKey('p1', { ...asked, ...(until && { until }) })).until;
    expect(await untilOf()).toBe(majority.value.toISOString());
    expect(await untilOf(later)).toBe(majority.value.toISOString());
    expect(await untilOf(sooner)).toBe(sooner.toISOString());
    expect((await enrolment.holdKey('p1', { role: 'representative' })).until).toBeUndefined();
  });

  test('is not ended by a parent, nor is the child’s own: that takes the patient or staff', async () => {
    represents('p1');
    const own = await node.mary.enrolment.holdKey('p1', { role: 'self' });
    const portal = new App(node, node.mary, 'portal', `${PUBLIC_URL}/signed-in`);
    const { access_token: token } = await portal.launch('openid patient/*.rs', 'mo');
    const answer = await portal.call('DELETE', `/patients/p1/keys/${own.id}`, String(token));
    expect(answer.status).toBe(403);
    expect(node.mary.enrolment.enrolledKeys('p1').map(({ id }) => id)).toContain(own.id);
  });
});
