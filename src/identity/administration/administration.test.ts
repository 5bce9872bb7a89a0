import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Account } from '../directory/account.ts';
import { roles } from '../directory/role.ts';
import {
  ADMINISTRATION,
  portalOf,
  portalToken,
  SETUP_MS,
  startAdministered,
} from '../suite/administration.ts';
import { App, PASSWORD, PUBLIC_URL } from '../suite/app.ts';
import { bearer, type SuiteNode } from '../suite/identity-node.ts';
import { SoftAuthenticator } from '../suite/soft-authenticator.ts';

let node: SuiteNode;
let token: string;
beforeAll(async () => {
  node = await startAdministered();
  token = await portalTokenOf('root');
}, SETUP_MS);
afterAll(() => node?.stop());

const portal = () => portalOf(node);
const portalTokenOf = (login: string, scope?: string) => portalToken(node, login, scope);
const call = (method: string, path: string, body?: object, by = token) =>
  portal().call(method, `/administration${path}`, by, body);

const EVERYTHING: [method: string, path: string, body?: object][] = [
  ['GET', '/users'],
  ['POST', '/users', { login: 'new', name: 'New', roles: ['clinician'], fhirUser: 'Practitioner/n1' }],
  ['PATCH', '/users/nobody', { closed: true }],
  ['POST', '/users/nobody/link', {}],
  ['DELETE', '/users/nobody/passkeys'],
  ['GET', '/clients'],
  ['POST', '/clients', { id: 'new', scope: 'system/*.rs' }],
  ['POST', '/clients/new/confirmation', {}],
  ['DELETE', '/clients/configured'],
  ['GET', '/network'],
];

describe('administration is for administrators at the portal, and', () => {
  test.each<[string, () => Promise<string>]>([
    ['a clinician at the portal', () => portalTokenOf('carl')],
    ['a patient at the portal', () => portalTokenOf('ada')],
    ['an administrator who did not ask for it', () => portalTokenOf('root', 'openid user/*.cruds')],
    [
      'an administrator through another app',
      async () =>
        String((await new App(node, node.mary, 'configured').launch('user/*.cruds', 'root')).access_token),
    ],
    ['a machine with every scope', async () => (await bearer(node.mary)).slice('Bearer '.length)],
    [
      'a machine that says it is an administrator',
      async () =>
        (
          await bearer(node.mary, {
            scope: 'system/*.cruds administration',
            roles: ['administrator'],
          } as object)
        ).slice('Bearer '.length),
    ],
  ])('%s is refused everything, and nothing is changed', async (_case, make) => {
    const by = await make();
    const before = node.mary.signIn.directory.list().length;
    for (const [method, path, body] of EVERYTHING) {
      const { status, body: answer } = await call(method, path, body, by);
      expect([method, path, status, answer.code]).toEqual([method, path, 403, 'scope-insufficient']);
      expect(node.mary.events.at(-1)).toMatchObject({ kind: 'administration', outcome: 'minor' });
    }
    expect(node.mary.signIn.directory.list()).toHaveLength(before);
    expect(node.mary.signIn.clients.get('configured')).toBeDefined();
  });

  test('an administrator of another organisation is a stranger', async () => {
    const elsewhere = new App(node, node.lakeside, 'portal', `${PUBLIC_URL}/signed-in`);
    const { access_token } = await elsewhere.launch(ADMINISTRATION, 'root');
    for (const [method, path, body] of EVERYTHING) {
      const { status, body: answer } = await call(method, path, body, String(access_token));
      expect([method, path, status, answer.code]).toEqual([method, path, 401, 'token-issuer']);
    }
  });
});

describe('an administrator', () => {
  test('is told the roles that somebody may have', async () => {
    expect((await call('GET', '/users')).body.roles).toEqual(roles);
  });

  test('lets somebody in: a one-time link sets a password, once, and it signs them in', async () => {
    const made = await call('POST', '/users', {
      login: 'nora',
      name: 'Nora New',
      roles: ['clinician'],
      fhirUser: 'Practitioner/n1',
    });
    expect([made.status, made.body.user]).toMatchObject([201, { login: 'nora', hasPassword: false }]);
    const code = new URL(String((made.body.link as unknown as { url: string }).url)).hash.slice(1);
    const setup = (password: string, again = password) =>
      portal().browser.send('/orgs/st-mary/auth/setup', { form: { code, password, again } });
    expect((await setup('short')).status).toBe(400);
    expect((await setup(PASSWORD, 'something else')).status).toBe(400);
    const { text } = await setup(PASSWORD);
    expect([text.includes('Your password is set'), text.includes('Passkeys made before')]).toEqual([
      true,
      false,
    ]);
    expect((await setup(`${PASSWORD} again`)).status).toBe(403);
    expect(await portalTokenOf('nora')).toBeDefined();
  });

  test('gives a new link, which ends the one before and whatever was signed in', async () => {
    const { directory } = node.mary.signIn;
    const carl = String(directory.byLogin('carl')?.id);
    const before = await portalTokenOf('carl');
    const link = async () => {
      const { body } = await call('POST', `/users/${carl}/link`, {});
      return new URL(String((body.link as unknown as { url: string }).url)).hash.slice(1);
    };
    const [first, second] = [await link(), await link()];
    const setup = (code: string) =>
      portal().browser.send('/orgs/st-mary/auth/setup', {
        form: { code, password: PASSWORD, again: PASSWORD },
      });
    expect((await setup(first)).status).toBe(403);
    expect((await setup(second)).status).toBe(200);
    expect((await portal().call('GET', '/account', before)).status).toBe(401);
  });

  test('gives a new link, after which no passkey made before lets anybody in', async () => {
    const { directory, passkeys } = node.mary.signIn;
    const [carl, ada] = [directory.byLogin('carl'), directory.byLogin('ada')];
    if (carl === undefined || ada === undefined) throw new Error('the suite has lost its people');
    const device = async (owner: Account) => {
      const made = new SoftAuthenticator(PUBLIC_URL);
      const { challenge } = await passkeys.registration(owner);
      await passkeys.register(owner, made.make(challenge), 'A device');
      return made;
    };
    const [thief, other] = [await device(carl), await device(ada)];
    const recognised = async (shown: SoftAuthenticator) => {
      const { challenge } = await passkeys.authentication('sign-in');
      return (await passkeys.recognise('sign-in', shown.use(challenge))).account.login;
    };
    const { body } = await call('POST', `/users/${carl.id}/link`, {});
    const code = new URL(String((body.link as unknown as { url: string }).url)).hash.slice(1);
    const setup = (password: string) =>
      portal().browser.send('/orgs/st-mary/auth/setup', { form: { code, password, again: password } });
    expect((await setup('short')).status).toBe(400);
    expect(await recognised(thief)).toBe('carl');
    const { status, text } = await setup(PASSWORD);
    expect([status, text.includes('Passkeys made before are removed')]).toEqual([200, true]);
    await expect(recognised(thief)).rejects.toMatchObject({ code: 'sign-in-refused' });
    expect(passkeys.list(carl.id)).toEqual([]);
    expect(await recognised(other)).toBe('ada');
    passkeys.remove(ada.id, other.id);
  });

  test('gives a link that sets one password, also when two come with it at once', async () => {
    const { directory } = node.mary.signIn;
    const { body } = await call('POST', `/users/${directory.byLogin('carl')?.id}/link`, {});
    const code = new URL(String((body.link as unknown as { url: string }).url)).hash.slice(1);
    const passwords = [PASSWORD, `${PASSWORD} of the thief`];
    const answers = await Promise.all(
      passwords.map((password) =>
        portal().browser.send('/orgs/st-mary/auth/setup', { form: { code, password, again: password } }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
    const won = answers.findIndex(({ status }) => status === 200);
    expect((await directory.signIn('carl', String(passwords[won]))).login).toBe('carl');
    await expect(directory.signIn('carl', String(passwords[1 - won]))).rejects.toMatchObject({
      code: 'sign-in-refused',
    });
    await directory.setPassword(String(directory.byLogin('carl')?.id), PASSWORD);
  });

  test('closes an account and changes a role: tokens end at once', async () => {
    const nora = String(node.mary.signIn.directory.byLogin('nora')?.id);
    const one = await portalTokenOf('nora');
    expect((await call('PATCH', `/users/${nora}`, { roles: ['front-desk'] })).status).toBe(200);
    expect((await portal().call('GET', '/account', one)).status).toBe(401);
    const two = await portalTokenOf('nora');
    expect((await call('PATCH', `/users/${nora}`, { closed: true })).body.closed).toBe(true);
    expect((await portal().call('GET', '/account', two)).status).toBe(401);
    expect((await portal().signIn(ADMINISTRATION, 'nora')).status).toBe(403);
  });

  test('changes with whom of the outside provider somebody signs in: whoever signed in by the one before is out at once', async () => {
    const carl = String(node.mary.signIn.directory.byLogin('carl')?.id);
    const before = await portalTokenOf('carl');
    const outside = { issuer: 'https://outside.example', subject: 'carl-himself' };
    expect((await call('PATCH', `/users/${carl}`, { outside })).body.outside).toEqual(outside);
    expect((await portal().call('GET', '/account', before)).status).toBe(401);
    const after = await portalTokenOf('carl');
    expect((await call('PATCH', `/users/${carl}`, { name: 'Carl Clinician' })).status).toBe(200);
    expect((await portal().call('GET', '/account', after)).status).toBe(200);
  });

  test.each<[string, object]>([
    ['closed', { closed: true }],
    ['no administrator', { roles: ['clinician'] }],
    ['a clinician as well', { roles: ['administrator', 'clinician'] }],
    ['a privacy officer as well', { roles: ['administrator', 'privacy-officer'] }],
    ['somebody’s resource', { fhirUser: 'Practitioner/c1' }],
    ['somebody of the outside provider', { outside: { issuer: 'https://outside.example', subject: 'carl' } }],
  ])(
    'does not make themself %s, so that nobody lets themself in and somebody is left',
    async (_case, change) => {
      const { directory } = node.mary.signIn;
      const before = directory.byLogin('root');
      const { status, body } = await call('PATCH', `/users/${before?.id}`, change);
      expect([status, body.code]).toEqual([400, 'account-invalid']);
      expect(directory.byLogin('root')).toEqual(before);
    },
  );

  test('is given another role by another administrator, and may change their own name', async () => {
    const root = String(node.mary.signIn.directory.byLogin('root')?.id);
    expect((await call('PATCH', `/users/${root}`, { name: 'Rita Root' })).status).toBe(200);
    const vera = String(node.mary.signIn.directory.byLogin('vera')?.id);
    const roles = ['administrator', 'compliance'];
    expect((await call('PATCH', `/users/${vera}`, { roles })).body.roles).toEqual(roles);
  });

  test('removes the passkeys of somebody whose device was lost: it signs in no more, and what was signed in ends', async () => {
    const { directory, passkeys } = node.mary.signIn;
    const carl = directory.byLogin('carl');
    if (carl === undefined) throw new Error('the suite has lost its people');
    const device = new SoftAuthenticator(PUBLIC_URL);
    const { challenge } = await passkeys.registration(carl);
    await passkeys.register(carl, device.make(challenge), 'A telephone');
    const open = await portalTokenOf('carl');
    expect((await call('DELETE', `/users/nobody/passkeys`)).status).toBe(404);
    const removed = await call('DELETE', `/users/${carl.id}/passkeys`);
    expect([removed.status, removed.body.passkeys]).toEqual([200, 0]);
    expect(node.mary.events.at(-1)).toMatchObject({
      subtype: 'remove-passkeys',
      outcome: 'success',
      objects: ['Practitioner/c1'],
    });
    const asked = await passkeys.authentication('sign-in');
    await expect(passkeys.recognise('sign-in', device.use(asked.challenge))).rejects.toMatchObject({
      code: 'sign-in-refused',
    });
    expect((await portal().call('GET', '/account', open)).status).toBe(401);
    // The password is still theirs.
    expect(await portalTokenOf('carl')).toBeDefined();
  });

  test.each<[string, object, number, string]>([
    [
      'a login that is taken, in other letters',
      { login: 'ADA', name: 'x', roles: ['clinician'] },
      409,
      'login-taken',
    ],
    ['no role', { login: 'y1', name: 'x', roles: [] }, 400, 'request-invalid'],
    ['a role that there is not', { login: 'y2', name: 'x', roles: ['root'] }, 400, 'request-invalid'],
    [
      'a patient who is staff too',
      { login: 'y3', name: 'x', roles: ['patient', 'clinician'], fhirUser: 'Patient/p1' },
      400,
      'account-invalid',
    ],
    [
      'staff with a patient’s resource',
      { login: 'y4', name: 'x', roles: ['clinician'], fhirUser: 'Patient/p1' },
      400,
      'account-invalid',
    ],
    [
      'a device',
      { login: 'y5', name: 'x', roles: ['clinician'], fhirUser: 'Device/1' },
      400,
      'account-invalid',
    ],
    ['markup as a login', { login: '<b>', name: 'x', roles: ['clinician'] }, 400, 'account-invalid'],
    [
      'a member that there is not',
      { login: 'y6', name: 'x', roles: ['clinician'], id: 'x' },
      400,
      'request-invalid',
    ],
  ])('adds no user with %s', async (_case, body, status, code) => {
    const answer = await call('POST', '/users', body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });
});
