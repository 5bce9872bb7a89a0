import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { App, addPeople, PASSWORD, PUBLIC_URL } from '../suite/app.ts';
import { type SuiteNode, startNode } from '../suite/identity-node.ts';
import { SoftAuthenticator } from '../suite/soft-authenticator.ts';

/** Passwords are hashed, on a busy machine. */
const SETUP_MS = 60_000; // two seconds on an idle one

let node: SuiteNode;
let token: string;
beforeAll(async () => {
  node = await startNode({ publicUrl: PUBLIC_URL });
  await addPeople(node.mary);
  token = String((await portal().launch('openid user/*.cruds', 'carl')).access_token);
}, SETUP_MS);
afterAll(() => node?.stop());

const portal = () => new App(node, node.mary, 'portal', `${PUBLIC_URL}/signed-in`);
const call = (method: string, path: string, body: object = {}) =>
  portal().call(method, `/account${path}`, token, body);
const show = (factors: object, purpose = 'add-passkey') =>
  call('POST', '/reauthentication', { purpose, ...factors });
const begin = (reauthentication?: unknown) => call('POST', '/passkeys/options', { reauthentication });
const listed = () => node.mary.signIn.passkeys.list(String(node.mary.signIn.directory.byLogin('carl')?.id));

/** The whole way from a proof to a passkey. */
async function add(device: SoftAuthenticator, proof: unknown, name: string): Promise<number> {
  const { body } = await begin(proof);
  const credential = device.make(String(body.challenge));
  return (await call('POST', '/passkeys', { name, credential })).status;
}

describe('a passkey outlives the session that asks for it, so', () => {
  test.each<[string, () => Promise<unknown>]>([
    ['nothing shown', async () => undefined],
    ['a proof that was never given', async () => 'f'.repeat(32)],
    ['a wrong password', async () => (await show({ password: `${PASSWORD}!` })).body.id],
    [
      'a proof for something else',
      async () => (await show({ password: PASSWORD }, 'sign Questionnaire/1')).body.id,
    ],
  ])('none is begun with %s', async (_case, proof) => {
    const { status, body } = await begin(await proof());
    expect([status, body.code, body.challenge]).toEqual([403, 'reauthentication-failed', undefined]);
    expect(listed()).toEqual([]);
  });

  test('the first one takes the password, shown for this and once', async () => {
    const device = new SoftAuthenticator(PUBLIC_URL);
    const proof = (await show({ password: PASSWORD })).body.id;
    expect(await add(device, proof, 'First')).toBe(201);
    expect((await begin(proof)).status).toBe(403);
    expect(listed()).toMatchObject([{ name: 'First' }]);
    node.mary.signIn.passkeys.removeAll(String(node.mary.signIn.directory.byLogin('carl')?.id));
  });

  test('a further one takes two factors: a password that somebody learned is not enough', async () => {
    const [first, second] = [new SoftAuthenticator(PUBLIC_URL), new SoftAuthenticator(PUBLIC_URL)];
    expect(await add(first, (await show({ password: PASSWORD })).body.id, 'First')).toBe(201);
    expect((await show({ password: PASSWORD })).body.code).toBe('reauthentication-failed');
    const { passkey } = (await show({})).body as unknown as { passkey: { challenge: string } };
    const shown = await show({ passkey: first.use(passkey.challenge) });
    expect(shown.body.factors).toEqual(['hwk', 'user', 'mfa']);
    expect(await add(second, shown.body.id, 'Second')).toBe(201);
    expect(listed()).toHaveLength(2);
  });

  test('none is removed by whoever has the token, or learned the password: the next would take the password alone', async () => {
    const { directory, passkeys } = node.mary.signIn;
    passkeys.removeAll(String(directory.byLogin('carl')?.id));
    const device = new SoftAuthenticator(PUBLIC_URL);
    const early = (await show({ password: PASSWORD })).body.id;
    expect(await add(device, (await show({ password: PASSWORD })).body.id, 'The only one')).toBe(201);
    const withPasskey = async (purpose: string) => {
      const { passkey } = (await show({}, purpose)).body as unknown as { passkey: { challenge: string } };
      return (await show({ passkey: device.use(passkey.challenge) }, purpose)).body.id;
    };
    const remove = (query: string) =>
      portal().call('DELETE', `/account/passkeys/${device.id}${query}`, token);
    const by = (proof: unknown) => `?reauthentication=${proof}`;
    const password = (await show({ password: PASSWORD }, 'remove-passkey')).body;
    expect(password.code).toBe('reauthentication-failed');
    const other = await withPasskey('add-passkey');
    for (const query of ['', by(''), by('f'.repeat(32)), by(password.id), by(early), by(other)]) {
      const { status, body } = await remove(query);
      expect([query, status, body.code]).toEqual([query, 403, 'reauthentication-failed']);
    }
    expect(listed()).toMatchObject([{ name: 'The only one' }]);
    const proof = await withPasskey('remove-passkey');
    expect((await remove(`${by(proof)}&reauthentication=${proof}`)).status).toBe(403);
    expect((await remove(by(proof))).body.passkeys).toEqual([]);
    expect((await remove(by(proof))).status).toBe(403);
  });

  test('a proof is too old after five minutes', async () => {
    const { directory, passkeys } = node.mary.signIn;
    passkeys.removeAll(String(directory.byLogin('carl')?.id));
    const proof = (await show({ password: PASSWORD })).body.id;
    node.clock.aheadMs += 301_000;
    expect((await begin(proof)).status).toBe(403);
  });
});
