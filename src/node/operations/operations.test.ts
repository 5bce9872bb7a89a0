import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openKeyring } from '../../vault/index.ts';
import {
  backupFolder,
  checkFolder,
  cloneFolder,
  folderTarget,
  importFiles,
  initialise,
  loadConfiguration,
  openNode,
  restoreFolder,
  rotateOrganisationKeys,
} from '../index.ts';
import { organisationFolder } from '../organisation/folder.ts';

const PASSPHRASE = 'a passphrase of some length';
const CHEAPEST_COST_LOG2 = 15; // the least that a keyring takes
const environment = { HOLDFAST_PASSPHRASE: PASSPHRASE };
const folder = mkdtempSync(join(tmpdir(), 'holdfast-operations-'));
const at = (name: string) => join(folder, name);
const configurationAt = (data: string) => ({
  ...loadConfiguration(data, environment),
  log: 'silent' as const,
});
const check = (data: string, passphrase = PASSPHRASE) =>
  checkFolder({ configuration: configurationAt(data), passphrase });

beforeAll(async () => {
  // What opening costs is written in the keyring: this one is opened dozens of times.
  const { keyring } = organisationFolder(at('data'), 'clinic');
  openKeyring(keyring, PASSPHRASE, { costLog2: CHEAPEST_COST_LOG2 });
  await initialise({
    data: at('data'),
    org: 'clinic',
    name: undefined,
    port: undefined,
    publicUrl: undefined,
    administrator: undefined,
    environment,
  });
  const patient = { resourceType: 'Patient', id: 'p1', name: [{ family: 'Invented' }] };
  const note = {
    resourceType: 'Basic',
    id: 'b1',
    code: { text: 'a note' },
    subject: { reference: 'Patient/p1' },
  };
  writeFileSync(at('in.ndjson'), `${JSON.stringify(patient)}\n${JSON.stringify(note)}\n`);
  const target = await folderTarget({
    configuration: configurationAt(at('data')),
    organisation: 'clinic',
    passphrase: PASSPHRASE,
  });
  const report = await importFiles({ paths: [at('in.ndjson')], target, storeBundles: false });
  await target.close();
  expect(report).toMatchObject({ read: 2, stored: 2, refused: [] });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Every file of a folder with its hash. */
function state(data: string): string[] {
  return readdirSync(data, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((path) => `${path} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`)
    .sort();
}

function copyOf(name: string): string {
  cpSync(at('data'), at(name), { recursive: true });
  return at(name);
}

describe('fsck', () => {
  test('a folder at rest is well, and is left as it was to the last byte', async () => {
    const before = state(at('data'));
    const report = await check(at('data'));
    expect(report).toMatchObject({ ok: true, problems: [], checked: { organisations: 1, versions: 2 } });
    expect(report.checked.blocks).toBeGreaterThan(0);
    expect(state(at('data'))).toEqual(before);
  });

  test('a folder that a node has open is checked beside it', async () => {
    const node = await openNode({ configuration: configurationAt(copyOf('live')), passphrase: PASSPHRASE });
    expect(await check(at('live'))).toMatchObject({ ok: true });
    await node.close();
  });

  test('one changed bit names the record', async () => {
    const data = copyOf('tampered');
    const database = new DatabaseSync(join(data, 'organisations', 'clinic', 'data.db'));
    const row = database.prepare("SELECT entry, sealed FROM vault_versions WHERE type = 'Basic'").get() as {
      entry: number;
      sealed: Uint8Array;
    };
    row.sealed[40] = (row.sealed[40] ?? 0) ^ 1;
    database.prepare('UPDATE vault_versions SET sealed = ? WHERE entry = ?').run(row.sealed, row.entry);
    database.close();
    const { ok, problems } = await check(data);
    expect(ok).toBe(false);
    expect(problems).toContainEqual(
      expect.objectContaining({ organisation: 'clinic', object: 'Basic/b1/_history/1' }),
    );
  });

  test('a log that is shorter than its anchor, and a ledger that was changed, are found', async () => {
    const data = copyOf('shortened');
    const log = new DatabaseSync(join(data, 'organisations', 'clinic', 'data.db'));
    log.exec('UPDATE log_bundles SET entries = substr(entries, 1, length(entries) - 32)');
    log.close();
    const ledger = new DatabaseSync(join(data, 'ledger', 'ledger.db'));
    ledger.exec("UPDATE state SET value = replace(value, 'active', 'absent') WHERE key = 'member/clinic'");
    ledger.close();
    const codes = (await check(data)).problems.map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(['state-changed', 'entries-missing']));
  });

  test('a file that is no database any more is a finding, a missing one too', async () => {
    const data = copyOf('broken');
    writeFileSync(join(data, 'organisations', 'clinic', 'witness.db'), 'nonsense '.repeat(1000));
    rmSync(join(data, 'organisations', 'clinic', 'keys.db'));
    const { problems } = await check(data);
    expect(problems.map(({ code, object }) => `${code} ${object}`)).toEqual(
      expect.arrayContaining(['file-damaged witness.db', 'file-missing keys.db']),
    );
  });

  test('a wrong passphrase and a folder that is not there are said', async () => {
    await expect(check(at('data'), 'another passphrase')).rejects.toMatchObject({ code: 'passphrase-wrong' });
    const configuration = { ...configurationAt(at('data')), data: at('nowhere') };
    await expect(checkFolder({ configuration, passphrase: PASSPHRASE })).rejects.toMatchObject({
      code: 'not-initialised',
    });
  });
});

describe('backup and restore', () => {
  beforeAll(async () => {
    await backupFolder({ configuration: configurationAt(at('data')), to: at('backup') });
    await backupFolder({
      configuration: configurationAt(at('data')),
      to: at('backup-with-keys'),
      keysWith: PASSPHRASE,
    });
  });

  test('a backup goes into an empty folder only, and not into the data', async () => {
    const configuration = configurationAt(at('data'));
    await expect(backupFolder({ configuration, to: at('backup') })).rejects.toMatchObject({
      code: 'input-unusable',
    });
    mkdirSync(at('interrupted'));
    writeFileSync(join(at('interrupted'), 'data.db'), 'some of it');
    await expect(backupFolder({ configuration, to: at('interrupted') })).rejects.toMatchObject({
      code: 'input-unusable',
      message: expect.stringContaining('If one was interrupted there, remove it'),
    });
    await expect(backupFolder({ configuration, to: join(at('data'), 'backup') })).rejects.toMatchObject({
      code: 'input-unusable',
    });
  });

  test('no key is in it in the clear, and everything in it is the owner’s alone', () => {
    for (const name of ['backup', 'backup-with-keys']) {
      const files = readdirSync(at(name), { recursive: true, encoding: 'utf8' });
      expect(
        files.filter((file) => /keyring|keys\.db|\.sealed$/.test(file) && !file.endsWith('keys.sealed')),
      ).toEqual([]);
      expect(files.some((file) => file.endsWith('keys.sealed'))).toBe(name === 'backup-with-keys');
      expect(files.filter((file) => file.includes('staging'))).toEqual([]);
    }
  });

  test('a changed or missing file is named, and nothing is left behind', async () => {
    cpSync(at('backup'), at('backup-changed'), { recursive: true });
    writeFileSync(join(at('backup-changed'), 'ledger', 'ledger.db'), 'x', { flag: 'a' });
    const restore = restoreFolder({ from: at('backup-changed'), data: at('restored-not'), environment });
    await expect(restore).rejects.toMatchObject({
      code: 'backup-damaged',
      message: expect.stringContaining('ledger/ledger.db'),
    });
    expect(existsSync(at('restored-not'))).toBe(false);
  });

  test('without its keyring nothing is restored', async () => {
    mkdirSync(at('no-keys'));
    const restore = restoreFolder({
      from: at('backup'),
      data: at('restored-no'),
      keyring: at('no-keys'),
      environment,
    });
    await expect(restore).rejects.toMatchObject({ code: 'keys-missing' });
    expect(
      readdirSync(at('restored-no'), { recursive: true, withFileTypes: true }).filter(
        (entry) => entry.isFile() && !entry.name.startsWith('lock'),
      ),
    ).toEqual([]);
  });

  test.each([
    ['with the original beside it', 'backup', undefined, 'original'],
    ['with a copy of the keyring alone', 'backup-with-keys', 'keyrings', 'backup'],
  ])('%s it is whole again', async (_what, from, keyring, keyStore) => {
    mkdirSync(join(at('keyrings'), 'clinic'), { recursive: true });
    copyFileSync(
      join(at('data'), 'organisations', 'clinic', 'keyring'),
      join(at('keyrings'), 'clinic', 'keyring'),
    );
    const data = at(`restored-${from}`);
    const restored = await restoreFolder({
      from: at(from),
      data,
      environment,
      ...(keyring === undefined ? {} : { keyring: at(keyring) }),
    });
    expect(restored.organisations).toEqual([{ id: 'clinic', keyStore, erasures: 0 }]);
    expect(await check(data)).toMatchObject({ ok: true, checked: { versions: 2 } });
  });

  test('nothing is restored over a data folder', async () => {
    const restore = restoreFolder({ from: at('backup'), data: at('data'), environment });
    await expect(restore).rejects.toMatchObject({ code: 'input-unusable' });
    expect(await check(at('data'))).toMatchObject({ ok: true });
  });
});

describe('keys', () => {
  test('are rotated while the node is stopped only, and what was stored stays readable', async () => {
    const data = copyOf('rotated');
    const request = {
      configuration: configurationAt(data),
      organisation: 'clinic',
      passphrase: PASSPHRASE,
      onProgress: () => undefined,
    };
    const node = await openNode({ configuration: configurationAt(data), passphrase: PASSPHRASE });
    await expect(rotateOrganisationKeys(request)).rejects.toMatchObject({ code: 'locked' });
    await node.close();
    const before = readFileSync(join(data, 'organisations', 'clinic', 'keyring'));
    expect((await rotateOrganisationKeys(request)).dataKeys).toBeGreaterThan(0);
    expect(await check(data)).toMatchObject({ ok: true });
    writeFileSync(join(data, 'organisations', 'clinic', 'keyring'), before);
    expect(await check(data)).toMatchObject({ ok: false });
    await expect(rotateOrganisationKeys({ ...request, organisation: 'nobody' })).rejects.toMatchObject({
      code: 'input-unusable',
    });
  });

  test('a clone holds everything', async () => {
    await cloneFolder(configurationAt(at('data')), at('clone'));
    expect(await check(at('clone'))).toMatchObject({ ok: true, checked: { versions: 2 } });
  });
});
