import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Keyring, openKeyring } from '../../../vault/index.ts';
import { openProcessKeys, sealProcessKeys } from './process-keys.ts';

const KEY = '-----BEGIN PRIVATE KEY-----\nof a peer\n-----END PRIVATE KEY-----\n';
const folder = mkdtempSync(join(tmpdir(), 'holdfast-process-keys-'));
const network = join(folder, 'network');
let keyring: Keyring;
let medium: string;

beforeAll(() => {
  mkdirSync(join(network, 'peer'), { recursive: true });
  writeFileSync(join(network, 'peer', 'key.pem'), KEY);
  keyring = openKeyring(join(folder, 'keyring'), 'a passphrase of a test', { costLog2: 15 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const newMedium = () => {
  medium = mkdtempSync(join(folder, 'medium-'));
  return join(medium, 'keys.sealed');
};
const seal = (to: string, epochs = keyring.epochs) =>
  sealProcessKeys(
    { network, paths: ['peer/key.pem'], organisation: 'lakeside', keyring: { epochs }, days: 30 },
    to,
  );
/** Whatever lies on the backup medium. */
const onMedium = () => readdirSync(medium).map((name) => readFileSync(join(medium, name), 'latin1'));

test('keys reach the backup medium sealed alone, whenever sealing ends', () => {
  const to = newMedium();
  let seen: string[] | undefined;
  const failing = {
    find: keyring.epochs.find,
    expire: (now: Date) => keyring.epochs.expire(now),
    begin: () => {
      seen = onMedium();
      throw new Error('the power went');
    },
  };
  expect(() => seal(to, failing)).toThrow('the power went');
  expect(seen).toEqual([]);
  expect(onMedium()).toEqual([]);
});

test('nothing lies beside the sealed keys, which open with the keyring', () => {
  const to = newMedium();
  seal(to);
  expect(readdirSync(medium)).toEqual(['keys.sealed']);
  expect(onMedium().join()).not.toContain('PRIVATE');
  const opened = openProcessKeys(to, join(folder, 'scratch'), 'lakeside', keyring);
  expect([...opened]).toEqual([['peer/key.pem', KEY]]);
});
