import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { restoreKeyStore } from '../index.ts';
import { type Hospital, openHospital, patient, removeFolder, versionOf } from '../suite/hospital.ts';
import { backupKeyStore } from './key-backup.ts';

let hospital: Hospital;
beforeEach(async () => {
  hospital = await openHospital();
  await hospital.vault.commit({ versions: [versionOf(patient('p1'))] });
});
afterEach(async () => {
  await hospital.close();
  removeFolder(hospital);
});

test('a key-store backup cannot be opened after it has expired', async () => {
  const path = join(hospital.folder, 'keys.backup');
  const { expires } = await hospital.vault.backupKeys(path);
  expect(Date.parse(expires) - Date.now()).toBeGreaterThan(29 * 86_400_000);
  hospital.keyring.epochs.expire(new Date(Date.parse(expires) + 1));
  const restore = () =>
    restoreKeyStore({
      from: path,
      to: `${path}.restored`,
      organisation: 'st-mary',
      epochs: hospital.keyring.epochs,
    });
  expect(restore).toThrow(expect.objectContaining({ code: 'sealed-key-missing' }));
});

test('a key-store backup that was changed or cut short is refused, and restores to equal keys otherwise', async () => {
  const path = join(hospital.folder, 'keys.backup');
  await hospital.vault.backupKeys(path);
  const bytes = readFileSync(path);
  const restore = (content: Buffer) => {
    writeFileSync(`${path}.x`, content);
    removeFolder({ folder: `${path}.y` });
    restoreKeyStore({
      from: `${path}.x`,
      to: `${path}.y`,
      organisation: 'st-mary',
      epochs: hospital.keyring.epochs,
    });
  };
  for (const at of [70, 200, bytes.length - 1]) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1;
    expect(() => restore(changed)).toThrow(expect.objectContaining({ code: 'damaged' }));
  }
  expect(() => restore(bytes.subarray(0, bytes.length - 100))).toThrow(
    expect.objectContaining({ code: 'damaged' }),
  );
  expect(() => restore(bytes.subarray(0, 10))).toThrow(expect.objectContaining({ code: 'damaged' }));
  expect(bytes.includes('SQLite')).toBe(false);
  restore(bytes);
  expect(readFileSync(`${path}.y`).includes('SQLite')).toBe(true);
});

describe('the copy of the key store that is being sealed', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = join(hospital.folder, 'backup');
    mkdirSync(folder);
    path = join(folder, 'keys.sealed');
  });
  const back = (
    copyTo: (copy: string) => Promise<void>,
    epochs: typeof hospital.keyring.epochs = hospital.keyring.epochs,
  ) =>
    backupKeyStore({ copyTo }, epochs, {
      path,
      organisation: 'st-mary',
      now: new Date(),
      expires: new Date(Date.now() + 86_400_000),
    });
  const contents = () => readdirSync(folder, { recursive: true });

  test('stands in a folder that only its owner enters, and has no name any more while it is sealed', async () => {
    const { epochs } = hospital.keyring;
    let staged = '';
    const namedWhileSealed: boolean[] = [];
    const watched = {
      begin: (expires: Date) => {
        namedWhileSealed.push(existsSync(staged));
        return epochs.begin(expires);
      },
      find: (id: string) => epochs.find(id),
      expire: (now: Date) => epochs.expire(now),
    };
    await back(async (copy) => {
      staged = copy;
      expect(dirname(copy)).not.toBe(folder);
      expect(statSync(dirname(copy)).mode & 0o777).toBe(0o700);
      // Readable for everybody by itself, as a umask may have it.
      writeFileSync(copy, 'wrapped keys', { mode: 0o644 });
    }, watched);
    expect(namedWhileSealed).toEqual([false]);
    expect(contents()).toEqual(['keys.sealed']);
  });

  test('is gone when copying fails', async () => {
    await expect(
      back(async (copy) => {
        writeFileSync(copy, 'wrapped keys');
        throw new Error('the disk is full');
      }),
    ).rejects.toThrow('the disk is full');
    expect(contents()).toEqual([]);
  });
});
