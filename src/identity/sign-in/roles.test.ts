import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allowedBy, type Role } from '../index.ts';
import { interactionBits } from '../scope/scope.ts';
import { APP_URL, App, PASSWORD, PUBLIC_URL } from '../suite/app.ts';
import { type SuiteNode, startNode } from '../suite/identity-node.ts';

/** A password for each of nine people is hashed, on a busy machine. */
const SETUP_MS = 60_000; // three seconds on an idle one
/** What the portal asks for, whoever signs in. */
const ASKED = 'openid fhirUser profile administration user/*.cruds patient/*.cruds';
const IDENTITY = ['openid', 'fhirUser', 'profile'];

const held: readonly [login: string, roles: Role[], reached: readonly string[], hidden: readonly string[]][] =
  [
    ['pat', ['patient'], ['Observation.r', 'Consent.c'], ['Observation.c', 'AuditEvent.u']],
    ['cara', ['clinician'], ['Observation.cru', 'AuditEvent.r'], ['Observation.d', 'AuditEvent.u']],
    ['finn', ['front-desk'], ['Appointment.cru', 'Patient.cru', 'Practitioner.r'], ['Observation.r']],
    ['otto', ['privacy-officer'], ['AuditEvent.ru', 'Consent.u'], ['Observation.r', 'Patient.u']],
    ['cleo', ['compliance'], ['AuditEvent.r', 'Consent.r'], ['AuditEvent.u', 'Consent.u', 'Observation.r']],
    ['rhea', ['researcher'], ['Observation.r'], ['Observation.c', 'AuditEvent.u']],
    ['theo', ['trial'], ['ResearchSubject.c', 'Observation.r'], ['Condition.r', 'AuditEvent.r']],
    ['suki', ['supply-chain'], ['SupplyDelivery.c'], ['Patient.r', 'Observation.r']],
    [
      'adam',
      ['administrator'],
      ['Practitioner.c', 'Location.u'],
      ['Patient.r', 'Observation.r', 'Consent.r'],
    ],
    ['both', ['clinician', 'privacy-officer'], ['Observation.c', 'AuditEvent.ru'], ['Observation.d']],
  ];

let node: SuiteNode;
beforeAll(async () => {
  node = await startNode({
    publicUrl: PUBLIC_URL,
    clients: [
      { id: 'app', redirectUris: [APP_URL], scope: 'user/*.cruds', purposes: ['TREAT', 'HOPERAT', 'HRESCH'] },
    ],
  });
  const { directory } = node.mary.signIn;
  for (const [login, roles] of held) {
    const fhirUser = roles.includes('patient') ? 'Patient/p1' : undefined;
    const { id } = directory.add({
      login,
      name: login,
      roles,
      ...(fhirUser === undefined ? {} : { fhirUser }),
    });
    await directory.setPassword(id, PASSWORD);
  }
}, SETUP_MS);
afterAll(() => node?.stop());

const portal = () => new App(node, node.mary, 'portal', `${PUBLIC_URL}/signed-in`);

/** What a token lets its bearer do, as `Type.letters`: those of the entry that it does not let them do are left out. */
async function reachOf(token: unknown, entry: string): Promise<string> {
  const { scopes } = await node.mary.authenticator.authenticate(`Bearer ${token}`);
  const [type = '', letters = ''] = entry.split('.');
  // As the privacy officer's desk looks at it (decision 41): the letter must be there for this type by name.
  const isNamed = (letter: string) =>
    letter !== 'u' || type !== 'AuditEvent' || ((scopes.user.get(type) ?? 0) & interactionBits.u) !== 0;
  const may = [...letters].filter(
    (letter) => allowedBy(scopes, type, letter as 'r') !== undefined && isNamed(letter),
  );
  return `${type}.${may.join('')}`;
}

describe.each(held)('%s, whose roles are %j,', (login, roles, reached, hidden) => {
  test('signs in to the portal and is given what the roles reach, and no more', async () => {
    const { access_token, scope } = await portal().launch(ASKED, login);
    const words = String(scope).split(' ');
    expect(words).toEqual(expect.arrayContaining(IDENTITY));
    expect(words.includes('administration')).toBe(roles.includes('administrator'));
    for (const entry of reached) expect(await reachOf(access_token, entry)).toBe(entry);
    for (const entry of hidden) expect(await reachOf(access_token, entry)).toBe(`${entry.split('.')[0]}.`);
  });

  test('signs in to the portal with identity alone, and is given nothing else', async () => {
    const { access_token, scope, id_token } = await portal().launch(IDENTITY.join(' '), login);
    expect(String(scope).split(' ').sort()).toEqual([...IDENTITY].sort());
    expect(id_token).toBeDefined();
    const { scopes } = await node.mary.authenticator.authenticate(`Bearer ${access_token}`);
    expect(scopes.text).toBe('');
    expect((await portal().call('GET', '/account', String(access_token))).body.login).toBe(login);
  });
});

describe('what no role reaches is not had by asking for it by name', () => {
  test.each(['cara', 'cleo', 'rhea', 'adam'])('%s is not the privacy officer', async (login) => {
    const { access_token } = await portal().launch('openid user/AuditEvent.rus administration', login);
    expect(await reachOf(access_token, 'AuditEvent.u')).toBe('AuditEvent.');
  });

  test('an app is not told that it will make the privacy officer of a clinician, and of the officer it is', async () => {
    const app = () => new App(node, node.mary, 'app');
    const clinician = await app().signIn('user/AuditEvent.ru', 'cara');
    expect(clinician.text).toContain('see who looked at the record');
    expect(clinician.text).not.toContain('privacy officer');
    const officer = await app().signIn('user/AuditEvent.ru', 'otto');
    expect(officer.text).toContain('act as the privacy officer, and see who looked at the record');
  });

  test('somebody to whom nothing is left of what an app asks may let it in, and its token reaches nothing', async () => {
    const { access_token } = await new App(node, node.mary, 'app').launch(
      'openid user/Observation.rs',
      'adam',
    );
    expect(await reachOf(access_token, 'Observation.r')).toBe('Observation.');
  });
});
