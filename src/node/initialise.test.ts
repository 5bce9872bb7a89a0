import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { organisationAuthorities } from './fabric/organisation-authorities.ts';
import { initialise } from './initialise.ts';
import { organisationPaths } from './organisation/folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-initialise-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const passphrase = 'a passphrase of some length';
const request = {
  ...{ org: 'st-mary', name: 'St Mary', port: 8471, publicUrl: undefined, administrator: undefined },
  environment: { HOLDFAST_PASSPHRASE: passphrase },
};

test('a data folder for a network names its profile and founders, and founds no ledger of its own', async () => {
  const data = join(folder, 'network');
  const founders = [{ id: 'st-mary', url: 'http://localhost:8471' }];
  const fabric = { profile: '/srv/network/connection.json', founders };
  const made = await initialise({ ...request, data, fabric });
  expect(made.ledger).toBeUndefined();
  expect(existsSync(join(data, 'ledger'))).toBe(false);
  expect(parse(readFileSync(join(data, 'holdfast.yaml'), 'utf8')).ledger).toEqual({
    engine: 'fabric',
    ...fabric,
  });
  // Its authorities are there before any network: they certify the processes of its part.
  expect(organisationAuthorities(data, 'st-mary', passphrase).root.certificate).toContain(
    'BEGIN CERTIFICATE',
  );
});

test('without a network it is the embedded ledger, founded at once', async () => {
  const data = join(folder, 'embedded');
  expect((await initialise({ ...request, data })).ledger).toMatch(/^[0-9a-f]{32}$/);
  expect(existsSync(join(data, 'ledger', 'ledger.db'))).toBe(true);
});

test('keyring and offline root of a network are sealed at scrypt’s full cost (N = 2¹⁷)', () => {
  const { keyring, certificates } = organisationPaths(join(folder, 'embedded'), 'st-mary');
  const root = JSON.parse(readFileSync(join(certificates, 'root.key.sealed'), 'utf8'));
  // The suite, then log₂ of scrypt's N; in the keyring behind two bytes of length.
  expect(Buffer.from(root.sealed, 'base64')[1]).toBe(17);
  expect(readFileSync(keyring)[3]).toBe(17);
});

test('founders that are no organisations or have no address are refused before anything is made', async () => {
  const data = join(folder, 'refused');
  const fabric = { profile: 'connection.json', founders: [{ id: 'St Mary', url: 'nowhere' }] };
  await expect(initialise({ ...request, data, fabric })).rejects.toMatchObject({
    code: 'configuration-invalid',
    message: expect.stringMatching(/ledger\.founders\.0\.id.*ledger\.founders\.0\.url/),
  });
  expect(existsSync(data)).toBe(false);
});
