import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { restoreKeyStore } from '../index.ts';
import { type Hospital, openHospital, patient, removeFolder, versionOf } from '../suite/hospital.ts';

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
