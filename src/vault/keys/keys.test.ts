import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { openKeyring } from '../index.ts';
import {
  auditOf,
  find,
  type Hospital,
  observation,
  openHospital,
  patient,
  removeFolder,
  versionOf,
} from '../suite/hospital.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) removeFolder({ folder });
});

function keyringPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-keyring-'));
  folders.push(folder);
  return join(folder, 'keyring');
}

describe('a keyring', () => {
  const open = (path: string, passphrase = 'open sesame') => openKeyring(path, passphrase, { costLog2: 15 });

  test('does not open with another passphrase, nor when a byte was changed or the file cut', () => {
    const path = keyringPath();
    open(path).key('log');
    expect(() => open(path, 'open sesam')).toThrow(expect.objectContaining({ code: 'sealed-key-missing' }));
    const bytes = readFileSync(path);
    for (const at of [0, 1, 10, 60, 100, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      writeFileSync(path, changed);
      expect(() => open(path), `byte ${at}`).toThrow(expect.objectContaining({ code: 'sealed-key-missing' }));
    }
    for (const length of [0, 1, 40, bytes.length - 3]) {
      writeFileSync(path, bytes.subarray(0, length));
      expect(() => open(path), `${length} bytes`).toThrow(
        expect.objectContaining({ code: 'sealed-key-missing' }),
      );
    }
  });

  test('keeps keys by use over a restart, newest last, and shows none of them in the file', () => {
    const path = keyringPath();
    const keyring = open(path);
    const first = keyring.key('log');
    expect(keyring.key('log')).toEqual(first);
    const second = keyring.add('log', new Uint8Array(32).fill(0xab));
    expect(keyring.key('log')).toEqual(second);
    expect(keyring.keys('witness')).toEqual([]);
    const again = open(path);
    expect(again.keys('log')).toEqual([first, second]);
    expect(again.remove('log', first.id)).toBe(true);
    expect(again.remove('log', first.id)).toBe(false);
    expect(open(path).keys('log')).toEqual([second]);
    expect(readFileSync(path).includes(Buffer.alloc(32, 0xab))).toBe(false);
    expect(() => keyring.add('log', new Uint8Array(31))).toThrow(
      expect.objectContaining({ code: 'malformed' }),
    );
  });

  test('wraps under its newest key-encryption key, unwraps under older ones until they are retired', () => {
    const keyring = open(keyringPath());
    const key = new Uint8Array(32).fill(3);
    const old = keyring.wrap(key, 'here');
    expect(() => keyring.unwrap(old, 'there')).toThrow(expect.objectContaining({ code: 'damaged' }));
    keyring.renew();
    const renewed = keyring.wrap(key, 'here');
    expect(new Uint8Array(keyring.unwrap(old, 'here'))).toEqual(key);
    keyring.retire();
    expect(new Uint8Array(keyring.unwrap(renewed, 'here'))).toEqual(key);
    expect(() => keyring.unwrap(old, 'here')).toThrow(
      expect.objectContaining({ code: 'sealed-key-missing' }),
    );
  });

  test('destroys an epoch when it expires, and not before', () => {
    const path = keyringPath();
    const { epochs } = open(path);
    const epoch = epochs.begin(new Date('2026-02-01T00:00:00Z'));
    expect(epochs.expire(new Date('2026-01-31T23:59:59Z'))).toEqual([]);
    expect(open(path).epochs.find(epoch.id)).toEqual(epoch);
    expect(epochs.expire(new Date('2026-02-01T00:00:00Z'))).toEqual([epoch.id]);
    expect(open(path).epochs.find(epoch.id)).toBeUndefined();
  });
});

describe('rotation', () => {
  let hospital: Hospital;
  const fill = async () => {
    hospital = await openHospital();
    folders.push(hospital.folder);
    for (const id of ['p1', 'p2', 'p3']) {
      await hospital.vault.commit({
        versions: [versionOf(patient(id)), versionOf(observation(`o-${id}`, id))],
        audits: [auditOf(`Patient/${id}`, [id])],
      });
    }
    await hospital.vault.commit({
      versions: [versionOf({ resourceType: 'Organization', id: 'org', name: 'Ward' })],
    });
  };
  const wrapped = () =>
    [
      ...hospital.keyStore.prepare('SELECT wrapped FROM keys_compartments').all<{ wrapped: Uint8Array }>(),
      ...hospital.keyStore.prepare('SELECT wrapped FROM keys_series').all<{ wrapped: Uint8Array }>(),
      ...hospital.keyStore
        .prepare('SELECT wrapped FROM keys_data WHERE compartment > 0')
        .all<{ wrapped: Uint8Array }>(),
    ].map(({ wrapped: bytes }) => Buffer.from(bytes).toString('hex'));

  test('wraps every key anew, reports its progress, and everything still reads, before and after a restart', async () => {
    await fill();
    const before = wrapped();
    const keks = hospital.keyring.keys('key-encryption').map(({ id }) => id);
    const reports: number[] = [];
    const progress = await hospital.vault.rotate(({ done }) => reports.push(done));
    expect(progress).toMatchObject({ dataKeys: 6 });
    expect(progress.done).toBe(progress.total);
    expect(reports.at(-1)).toBe(progress.total);
    const after = wrapped();
    expect(after).toHaveLength(before.length);
    expect(after.filter((each) => before.includes(each))).toEqual([]);
    expect(hospital.keyring.keys('key-encryption')).toHaveLength(1);
    expect(hospital.keyring.keys('key-encryption')[0]?.id).not.toBe(keks[0]);
    expect((await hospital.fsck()).problems).toEqual([]);
    await hospital.close();
    hospital = await openHospital({ folder: hospital.folder, cacheBytes: 0 });
    expect((await hospital.vault.read('Patient', 'p2'))?.text).toContain('Abernathy');
    expect(await find(hospital.vault, 'Observation', 'patient=p3')).toEqual(['Observation/o-p3']);
    expect((await hospital.fsck()).problems).toEqual([]);
    await hospital.close();
  });

  test('keeps key ids: what is erased afterwards is erased in backups of before', async () => {
    await fill();
    const backup = join(hospital.folder, 'keys.copy');
    await hospital.keyStore.backup(backup);
    const ids = () =>
      hospital.keyStore.prepare('SELECT key_id FROM keys_compartments ORDER BY compartment').all();
    const before = ids();
    await hospital.vault.rotate();
    expect(ids()).toEqual(before);
    await hospital.close();
  });

  test('goes on while others write, and what they write opens afterwards', async () => {
    await fill();
    const rotation = hospital.vault.rotate();
    for (let number = 0; number < 30; number += 1) {
      await hospital.vault.commit({
        versions: [versionOf(observation(`during-${number}`, `p${(number % 5) + 1}`))],
      });
    }
    await rotation;
    expect((await hospital.fsck()).problems).toEqual([]);
    await hospital.close();
    hospital = await openHospital({ folder: hospital.folder, cacheBytes: 0 });
    expect(await find(hospital.vault, 'Observation', '', 100)).toHaveLength(33);
    expect((await hospital.fsck()).problems).toEqual([]);
    await hospital.close();
  });
});
