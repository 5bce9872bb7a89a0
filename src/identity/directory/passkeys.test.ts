import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addPeople, PUBLIC_URL } from '../suite/app.ts';
import { type SuiteNode, startNode } from '../suite/identity-node.ts';
import { type Lies, SoftAuthenticator } from '../suite/soft-authenticator.ts';
import type { Account } from './account.ts';
import type { Passkeys } from './passkeys.ts';

/** Passwords are hashed, on a busy machine. */
const SETUP_MS = 60_000; // two seconds on an idle one
const PURPOSE = 'sign-in 1';

let node: SuiteNode;
let passkeys: Passkeys;
let ada: Account;
let carl: Account;
beforeAll(async () => {
  node = await startNode({ publicUrl: PUBLIC_URL });
  ({ ada, carl } = await addPeople(node.mary));
  ({ passkeys } = node.mary.signIn);
}, SETUP_MS);
afterAll(() => node?.stop());

/** A device with a passkey of somebody's. */
async function deviceOf(account: Account): Promise<SoftAuthenticator> {
  const device = new SoftAuthenticator(PUBLIC_URL);
  const { challenge } = await passkeys.registration(account);
  await passkeys.register(account, device.make(challenge), 'A device');
  return device;
}

const challengeFor = async (purpose = PURPOSE) => (await passkeys.authentication(purpose)).challenge;

describe('a passkey', () => {
  test('signs in its owner, not whoever holds the device: PIN, finger or face are asked for and checked', async () => {
    const device = await deviceOf(ada);
    expect(passkeys.list(ada.id)).toMatchObject([{ id: device.id, name: 'A device' }]);
    const { challenge, userVerification } = await passkeys.authentication(PURPOSE);
    expect(userVerification).toBe('required');
    const unseen = device.use(challenge, { verified: false });
    await expect(passkeys.recognise(PURPOSE, unseen)).rejects.toMatchObject({ code: 'sign-in-refused' });
    const seen = await passkeys.recognise(PURPOSE, device.use(await challengeFor()));
    expect([seen.account.id, seen.userVerified]).toEqual([ada.id, true]);
    passkeys.remove(ada.id, device.id);
  });

  test('of somebody who is known already is one factor where they do not show themself to it, and says so', async () => {
    const device = await deviceOf(ada);
    const { challenge } = await passkeys.authentication(PURPOSE, ada);
    const unseen = await passkeys.recognise(PURPOSE, device.use(challenge, { verified: false }));
    expect([unseen.account.id, unseen.userVerified]).toEqual([ada.id, false]);
    passkeys.remove(ada.id, device.id);
  });

  test.each<[string, Lies]>([
    ['an answer given to another page', { origin: 'https://thief.example' }],
    ['an answer given to a page below', { origin: 'https://login.records.example' }],
    ['an answer given without TLS', { origin: 'http://records.example' }],
    ['an answer for another host', { host: 'thief.example' }],
    ['an answer to a challenge that was never given', { challenge: 'bmV2ZXI' }],
    ['an answer made for registration', { type: 'webauthn.create' }],
    ['an answer with nobody there', { present: false }],
    ['an answer by another key', { key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey }],
    ['a copy whose counter is behind', { counter: 1 }],
  ])('%s recognises nobody', async (_case, lies) => {
    const device = await deviceOf(carl);
    for (let uses = 0; uses < 3; uses += 1)
      await passkeys.recognise(PURPOSE, device.use(await challengeFor()));
    const answer = device.use(await challengeFor(), lies);
    await expect(passkeys.recognise(PURPOSE, answer)).rejects.toMatchObject({ code: 'sign-in-refused' });
    const good = await passkeys.recognise(PURPOSE, device.use(await challengeFor()));
    expect(good.account.id).toBe(carl.id);
    passkeys.remove(carl.id, device.id);
  });

  test('answers a challenge once, whether it was right or wrong', async () => {
    const device = await deviceOf(carl);
    const right = device.use(await challengeFor());
    await passkeys.recognise(PURPOSE, right);
    const challenge = await challengeFor();
    const wrong = device.use(challenge, { origin: 'https://thief.example' });
    for (const answer of [right, wrong, device.use(challenge)])
      await expect(passkeys.recognise(PURPOSE, answer)).rejects.toMatchObject({ code: 'sign-in-refused' });
    passkeys.remove(carl.id, device.id);
  });

  test('answers for one purpose: a sign-in is no signature, and another browser’s sign-in is not this one', async () => {
    const device = await deviceOf(carl);
    for (const [asked, used] of [
      ['sign-in 1', 'sign-in 2'],
      ['sign-in 1', `reauthentication of ${carl.id} for sign x`],
      [`registration of ${carl.id}`, 'sign-in 1'],
    ] as const) {
      const answer = device.use(await challengeFor(asked));
      await expect(passkeys.recognise(used, answer)).rejects.toMatchObject({ code: 'sign-in-refused' });
    }
    passkeys.remove(carl.id, device.id);
  });

  test('waits five minutes for its answer', async () => {
    const device = await deviceOf(carl);
    const challenge = await challengeFor();
    node.clock.aheadMs = 301_000;
    await expect(passkeys.recognise(PURPOSE, device.use(challenge))).rejects.toMatchObject({
      code: 'sign-in-refused',
    });
    node.clock.aheadMs = 0;
    passkeys.remove(carl.id, device.id);
  });

  test.each<[string, Lies]>([
    ['another page', { origin: 'https://thief.example' }],
    ['another host', { host: 'thief.example' }],
    ['a challenge of nobody’s', { challenge: 'bmV2ZXI' }],
    ['whoever holds the device', { verified: false }],
    ['a sign-in', { type: 'webauthn.get' }],
  ])('made for %s is not kept', async (_case, lies) => {
    const device = new SoftAuthenticator(PUBLIC_URL);
    const { challenge } = await passkeys.registration(carl);
    const made = passkeys.register(carl, device.make(challenge, lies), 'A device');
    await expect(made).rejects.toMatchObject({ code: 'request-invalid' });
    expect(passkeys.list(carl.id)).toEqual([]);
  });

  test('is kept for who asked for it, and once', async () => {
    const { challenge } = await passkeys.registration(ada);
    const device = new SoftAuthenticator(PUBLIC_URL);
    await expect(passkeys.register(carl, device.make(challenge), 'Mine')).rejects.toMatchObject({
      code: 'request-invalid',
    });
    const known = await deviceOf(ada);
    const again = known.make((await passkeys.registration(carl)).challenge);
    await expect(passkeys.register(carl, again, 'Mine')).rejects.toMatchObject({ code: 'request-invalid' });
    expect(passkeys.list(carl.id)).toEqual([]);
    expect(() => passkeys.remove(carl.id, known.id)).toThrow(
      expect.objectContaining({ code: 'key-unknown' }),
    );
    passkeys.remove(ada.id, known.id);
  });

  test('of a closed account recognises nobody', async () => {
    const { directory } = node.mary.signIn;
    const gone = directory.add({ login: 'gone', name: 'Gone', roles: ['clinician'] });
    const device = await deviceOf(gone);
    directory.change(gone.id, { closed: true });
    const answer = device.use(await challengeFor());
    await expect(passkeys.recognise(PURPOSE, answer)).rejects.toMatchObject({ code: 'sign-in-refused' });
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'x'],
    ['a credential without an answer', { id: 'x' }],
    ['a number for an id', { id: 7, response: {} }],
    ['an id without an end', { id: 'x'.repeat(10_000), response: {} }],
  ])('%s is no answer', async (_case, answer) => {
    await expect(passkeys.recognise(PURPOSE, answer)).rejects.toMatchObject({ code: 'sign-in-refused' });
    await expect(passkeys.register(carl, answer, 'Mine')).rejects.toMatchObject({ code: 'request-invalid' });
  });
});
