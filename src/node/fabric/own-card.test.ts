import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signEd25519Native } from '../../crypto/index.ts';
import { createOrganisationAuthorities, signJoining } from '../../identity/index.ts';
import {
  cardFingerprint,
  cardMessage,
  cardOf,
  localPlans,
  networkFolder,
  type OrganisationCard,
  parseSignedCard,
  type SignedCard,
} from '../../ledger/index.ts';
import { toBase64 } from '../../proof/index.ts';
import { type Keyring, openKeyring } from '../../vault/index.ts';
import { memberKey, memberKeys } from '../organisation/member-keys.ts';
import { applicationOn } from './admit-card.ts';
import { issueMaterial } from './organisation-material.ts';
import { writeOwnCard } from './own-card.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-card-'));
const now = new Date('2026-01-01T00:00:00Z');
const LEDGER = '1'.repeat(32);
const address = (id: string) => ({ url: `http://${id}.example`, origin: `holdfast.local/orgs/${id}` });
let keyring: Keyring;
let other: Keyring;
let own: OrganisationCard;
let foreign: OrganisationCard;
let text: string;

async function cardFor(id: string, host: string): Promise<OrganisationCard> {
  const [local] = localPlans([id], 7050);
  if (local === undefined) throw new Error('there is a plan');
  const authorities = await createOrganisationAuthorities(id, now);
  return cardOf(
    { ...local, host },
    await issueMaterial(authorities, { organisation: id, hosts: [host], now }),
  );
}
const applicationBy = (id: string, keys: Keyring) =>
  signJoining(LEDGER, { organisation: id, address: address(id), keys: memberKeys(keys) });

/** A card with something changed, and signed as its organisation signs. */
function signedAgain(change: Partial<SignedCard>, by: Keyring = keyring): string {
  const { signature: _before, ...card } = { ...(JSON.parse(text) as SignedCard), ...change };
  const { privateKey } = memberKey(by, 'transaction');
  return JSON.stringify({ ...card, signature: toBase64(signEd25519Native(privateKey, cardMessage(card))) });
}

beforeAll(async () => {
  keyring = openKeyring(join(folder, 'own'), 'a passphrase of a test', { costLog2: 15 });
  other = openKeyring(join(folder, 'other'), 'a passphrase of a test', { costLog2: 15 });
  own = await cardFor('harbour', 'harbour.example');
  foreign = await cardFor('harbour', 'harbour.example');
  const { file } = writeOwnCard(networkFolder(folder), own, keyring, applicationBy('harbour', keyring));
  text = readFileSync(file, 'utf8');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const refused = (given: string) => {
  try {
    parseSignedCard(given);
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
};

describe('an organisation’s card', () => {
  test('is read as it was written, and holds no private key', () => {
    const card = parseSignedCard(text);
    expect(card).toMatchObject({ ...own, key: toBase64(memberKey(keyring, 'transaction').publicKey) });
    expect(applicationOn(card).organisation).toBe('harbour');
    expect(text).not.toContain('PRIVATE');
  });

  test.each<[string, () => string]>([
    ['another host', () => text.replaceAll('harbour.example"', 'mallory.example"')],
    ['another port', () => text.replace('7050', '7051')],
    [
      'other authorities',
      () =>
        JSON.stringify({ ...JSON.parse(text), authorities: foreign.authorities, orderer: foreign.orderer }),
    ],
    [
      'another application',
      () => JSON.stringify({ ...JSON.parse(text), application: applicationBy('harbour', other) }),
    ],
    [
      'another key',
      () => JSON.stringify({ ...JSON.parse(text), key: toBase64(memberKey(other, 'transaction').publicKey) }),
    ],
    ['no signature', () => JSON.stringify({ ...JSON.parse(text), signature: undefined })],
  ])('with %s than was signed is refused', (_, altered) => expect(refused(altered())).toBeDefined());

  test.each<[string, () => string, RegExp]>([
    [
      'a certificate of other authorities',
      () => signedAgain({ orderer: foreign.orderer }),
      /of another authority/,
    ],
    [
      'a certificate for another host',
      () => signedAgain({ host: 'mallory.example' }),
      /not for mallory.example/,
    ],
    [
      'another organisation’s certificates',
      () => signedAgain({ id: 'aurora' }),
      /another organisation or role/,
    ],
    [
      'an authority that is not below the root',
      () => signedAgain({ authorities: { ...own.authorities, identity: foreign.authorities.identity } }),
      /not below its root/,
    ],
    ['a path for an id', () => signedAgain({ id: '../../etc' }), /its id is none/],
    ['a host with a port in it', () => signedAgain({ host: 'harbour.example:80' }), /no host name/],
    [
      'more authorities than a renewal needs',
      () => signedAgain({ authorities: { ...own.authorities, tls: Array(3).fill(own.authorities.tls[0]) } }),
      /too many authorities/,
    ],
  ])('with %s is refused however it is signed', (_, made, why) => expect(refused(made())).toMatch(why));

  test('forged around its public root passes as one, and has another fingerprint', async () => {
    const mallory = await cardFor('harbour', 'mallory.example');
    const forged = parseSignedCard(
      signedAgain(
        {
          host: mallory.host,
          authorities: { ...own.authorities, tls: mallory.authorities.tls },
          orderer: { identity: own.orderer.identity, tls: mallory.orderer.tls },
          key: toBase64(memberKey(other, 'transaction').publicKey),
        },
        other,
      ),
    );
    const genuine = parseSignedCard(text);
    expect(forged.authorities.root).toBe(genuine.authorities.root);
    expect(cardFingerprint(forged)).not.toBe(cardFingerprint(genuine));
  });

  test.each<[string, () => string]>([
    ['another key', () => signedAgain({ key: toBase64(memberKey(other, 'transaction').publicKey) }, other)],
    ['another port', () => signedAgain({ ports: { ...own.ports, peer: own.ports.peer + 1 } })],
    ['another application', () => signedAgain({ application: applicationBy('harbour', other) })],
  ])('with %s has another fingerprint; written again, the same', (_, altered) => {
    const genuine = cardFingerprint(parseSignedCard(text));
    expect(genuine).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(cardFingerprint(parseSignedCard(signedAgain({})))).toBe(genuine);
    expect(cardFingerprint(parseSignedCard(altered()))).not.toBe(genuine);
  });

  test.each(['', '{', 'null', '[]', '{"version":1}', '[{}]'])('is not %j', (given) =>
    expect(refused(given)).toMatch(/no organisation card|organisation card is refused/),
  );

  test('with an application by somebody else’s key, for another organisation or none is not proposed', () => {
    const by = (application: unknown) => () => applicationOn(parseSignedCard(signedAgain({ application })));
    expect(by(applicationBy('harbour', other))).toThrow(/not by the key that signed the card/);
    expect(by(applicationBy('aurora', keyring))).toThrow(/not by the key that signed the card/);
    expect(by(undefined)).toThrow(/holds no application/);
    expect(by({ organisation: 'harbour' })).toThrow();
  });
});
