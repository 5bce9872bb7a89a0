import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { restoreKeyStore, tombstoneMessage, type VaultError } from '../index.ts';
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

let hospital: Hospital;
const folders: string[] = [];
const order = { reason: 'subject-request', actor: 'officer' } as const;

async function fill(target: Hospital): Promise<void> {
  const { vault } = target;
  await vault.commit({ versions: [versionOf(patient('p1'))], audits: [auditOf('Patient/p1', ['p1'])] });
  await vault.commit({ versions: [versionOf(patient('p2', { name: [{ family: 'Other' }] }))] });
  await vault.commit({ versions: [versionOf(observation('mine', 'p1'))] });
  await vault.commit({ versions: [versionOf(observation('mine', 'p1', { status: 'amended' }), 2)] });
  await vault.commit({ versions: [versionOf(observation('theirs', 'p2'))] });
  await vault.commit({ versions: [versionOf(observation('moved', 'p1'))] });
  await vault.commit({ versions: [versionOf(observation('moved', 'p2'), 2)] });
  await vault.commit({
    versions: [
      versionOf({
        resourceType: 'Appointment',
        id: 'shared',
        status: 'booked',
        participant: ['p1', 'p2'].map((id) => ({
          actor: { reference: `Patient/${id}` },
          status: 'accepted',
        })),
      }),
    ],
  });
  await vault.commit({
    events: [
      {
        kind: 'disclosure',
        object: 'Observation/mine/_history/1',
        actor: 'x',
        time: new Date().toISOString(),
        id: 'd'.repeat(32),
        content: { text: '{"part":1}', sourceKey: { type: 'Observation', id: 'mine' } },
      },
    ],
  });
}

beforeEach(async () => {
  hospital = await openHospital();
  folders.push(hospital.folder);
  await fill(hospital);
});
afterEach(async () => {
  await hospital.close();
  for (const folder of folders.splice(0)) removeFolder({ folder });
});

const code = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: VaultError) => error.code,
  );
const name = (id: string) => id.split('/')[1];

/** That the patient is gone, and only the patient. */
async function expectErased(target: Hospital): Promise<void> {
  const { vault } = target;
  for (const [type, id] of [
    ['Patient', 'p1'],
    ['Observation', 'mine'],
  ] as const) {
    expect(await vault.read(type, id)).toMatchObject({ erased: true, patients: [] });
    expect((await vault.read(type, id))?.text).toBeUndefined();
    expect(await vault.head(type, id)).toMatchObject({ erased: true });
  }
  expect(await vault.read('Observation', 'mine', 1)).toMatchObject({ erased: true, version: 1 });
  expect(await vault.read('Observation', 'moved', 1)).toMatchObject({ erased: true });
  expect((await vault.read('Observation', 'moved'))?.text).toContain('Patient/p2');
  expect((await vault.read('Appointment', 'shared'))?.text).toContain('booked');
  expect((await vault.read('Observation', 'theirs'))?.text).toContain('Patient/p2');
  expect(await find(vault, 'Patient', '')).toEqual(['Patient/p2']);
  expect(await find(vault, 'Patient', 'family=abernathy')).toEqual([]);
  expect((await find(vault, 'Observation', '')).map(name).sort()).toEqual(['moved', 'theirs']);
  expect((await vault.compartment({ patient: 'p1', limit: 10 })).hits).toEqual([]);
  expect(
    (await vault.history({ type: 'Observation', limit: 20 })).versions.map(({ id }) => id),
  ).not.toContain('mine');
  expect((await vault.opening('Observation/mine/_history/1'))?.contentSalt).toBeUndefined();
  expect((await vault.opening('d'.repeat(32)))?.content).toBeUndefined();
  expect((await target.fsck()).problems).toEqual([]);
}

describe('an erased patient', () => {
  test('cannot be read, found, listed or opened, and nothing more is stored under the id', async () => {
    const { vault, onLedger } = hospital;
    const tombstone = await vault.erase({ patient: 'p1', ...order });
    expect(onLedger).toEqual(tombstone.keys);
    expect(tombstone).toMatchObject({ scope: 'patient', subject: 'Patient/p1', reason: 'subject-request' });
    expect([...tombstone.erased].sort()).toEqual(['Observation/mine', 'Patient/p1']);
    expect([...tombstone.shared].sort()).toEqual(['Appointment/shared', 'Observation/moved']);
    expect(tombstone.notice).toContain('Copies');
    await expectErased(hospital);
    expect(await code(vault.commit({ versions: [versionOf(patient('p1'), 2)] }))).toBe('erased');
    expect(await code(vault.commit({ versions: [versionOf(observation('new', 'p1'))] }))).toBe('erased');
    expect(await code(vault.erase({ patient: 'p1', ...order }))).toBe('erased');
    expect(await code(vault.erase({ patient: 'unknown', ...order }))).toBe('not-found');
  });

  test('leaves a proof that something was there, the access log, and a signed tombstone', async () => {
    const { vault } = hospital;
    const before = await vault.opening('Observation/mine/_history/1');
    const tombstone = await vault.erase({ patient: 'p1', ...order });
    const after = await vault.opening('Observation/mine/_history/1');
    expect(after).toEqual({ event: before?.event, salt: before?.salt, leaf: before?.leaf });
    expect(await find(vault, 'AuditEvent', 'patient=p1')).toHaveLength(1);
    expect(await vault.tombstones()).toEqual([tombstone]);
    const { signature, ...unsigned } = tombstone;
    expect(signature).toBe(Buffer.alloc(64, 7).toString('base64'));
    expect(Buffer.from(tombstoneMessage(unsigned)).toString()).toContain('"subject":"Patient/p1"');
    expect(hospital.log.size()).toBe(11);
  });

  test('is gone from the bytes of the files', async () => {
    const key = hospital.keyStore
      .prepare('SELECT wrapped FROM keys_compartments WHERE compartment = 1')
      .get<{ wrapped: Uint8Array }>();
    const sealed = hospital.database
      .prepare("SELECT sealed FROM vault_versions WHERE type = 'Patient' ORDER BY entry")
      .get<{ sealed: Uint8Array }>();
    await hospital.vault.erase({ patient: 'p1', ...order });
    hospital.database.checkpoint();
    const keyFiles = readdirSync(hospital.folder).filter((file) => file.startsWith('keys.db'));
    for (const file of keyFiles)
      expect(readFileSync(join(hospital.folder, file)).includes(key?.wrapped ?? '')).toBe(false);
    expect(
      hospital.database
        .prepare('SELECT count(*) AS n FROM vault_versions WHERE sealed = ?')
        .get<{ n: number }>(sealed?.sealed ?? new Uint8Array())?.n,
    ).toBe(0);
  });

  test('stays erased when an older copy of the data is put back', async () => {
    const copy = join(hospital.folder, 'copy.db');
    await hospital.vault.backupData(copy);
    await hospital.vault.erase({ patient: 'p1', ...order });
    await hospital.close();
    restoreData(copy);
    hospital = await openHospital({ folder: hospital.folder });
    await expectErasedWithoutTombstone();
  });

  test('stays erased when data and keys of before are put back and the ledger’s list is applied', async () => {
    const copy = join(hospital.folder, 'copy.db');
    await hospital.vault.backupData(copy);
    await hospital.vault.backupKeys(join(hospital.folder, 'keys.backup'));
    await hospital.vault.erase({ patient: 'p1', ...order });
    const { onLedger } = hospital;
    await hospital.close();
    restoreData(copy);
    removeKeyStore();
    restoreKeyStore({
      from: join(hospital.folder, 'keys.backup'),
      to: join(hospital.folder, 'keys.db'),
      organisation: 'st-mary',
      epochs: hospital.keyring.epochs,
    });
    hospital = await openHospital({ folder: hospital.folder });
    // Until the list is applied the old keys still open: a restore applies it before anything is served.
    expect((await hospital.vault.read('Patient', 'p1'))?.text).toContain('Abernathy');
    expect(await hospital.vault.applyErasures([...onLedger, 'ff'.repeat(16)])).toBe(1);
    await expectErasedWithoutTombstone();
    expect(await hospital.vault.applyErasures(onLedger)).toBe(0);
  });

  test('is finished at the next start when the node stopped halfway, after the tombstone or after the key', async () => {
    for (const halfway of ['tombstone', 'key'] as const) {
      const target = await openHospital();
      folders.push(target.folder);
      await fill(target);
      await target.vault.erase({ patient: 'p2', ...order });
      const copy = join(target.folder, 'copy.db');
      const keys = join(target.folder, 'keys.copy');
      await target.vault.backupData(copy);
      await target.keyStore.backup(keys);
      await target.vault.erase({ patient: 'p1', ...order });
      // Data of before the erasure with the tombstone in it is what a crash leaves: here the key file decides.
      await target.close();
      if (halfway === 'key') {
        rmDatabase(target.folder, 'data.db');
        copyFileSync(copy, join(target.folder, 'data.db'));
      } else {
        rmDatabase(target.folder, 'keys.db');
        copyFileSync(keys, join(target.folder, 'keys.db'));
      }
      const again = await openHospital({ folder: target.folder });
      expect(await again.vault.read('Patient', 'p1')).toMatchObject({ erased: true });
      expect(await find(again.vault, 'Patient', '')).toEqual([]);
      await again.close();
    }
  });

  test('is not erased when the ledger does not take it', async () => {
    await hospital.close();
    hospital = await openHospital({
      folder: hospital.folder,
      erasures: {
        commitErasure: () => Promise.reject(new Error('no quorum')),
        sign: () => new Uint8Array(64),
      },
    });
    await expect(hospital.vault.erase({ patient: 'p1', ...order })).rejects.toThrow('no quorum');
    expect((await hospital.vault.read('Patient', 'p1'))?.text).toContain('Abernathy');
    expect(await hospital.vault.tombstones()).toEqual([]);
    expect((await hospital.fsck()).problems).toEqual([]);
  });
});

test('a record shared with an erased patient can still be changed for the other', async () => {
  const { vault } = hospital;
  await vault.erase({ patient: 'p1', ...order });
  const participants = ['p1', 'p2'].map((id) => ({
    actor: { reference: `Patient/${id}` },
    status: 'accepted',
  }));
  await vault.commit({
    versions: [
      versionOf(
        { resourceType: 'Appointment', id: 'shared', status: 'arrived', participant: participants },
        2,
      ),
    ],
  });
  expect((await vault.read('Appointment', 'shared'))?.text).toContain('arrived');
  expect((await vault.compartment({ patient: 'p1', limit: 10 })).hits).toEqual([]);
  expect((await hospital.fsck()).problems).toEqual([]);
});

test('one record can be erased with every version, and the rest of the patient stays', async () => {
  const { vault } = hospital;
  const tombstone = await vault.erase({ record: { type: 'Observation', id: 'moved' }, ...order });
  expect(tombstone).toMatchObject({ scope: 'record', erased: ['Observation/moved'], shared: [] });
  expect(tombstone.keys).toHaveLength(2);
  expect(await vault.read('Observation', 'moved')).toMatchObject({ erased: true });
  expect(await vault.read('Observation', 'moved', 1)).toMatchObject({ erased: true });
  expect((await find(vault, 'Observation', '')).map(name).sort()).toEqual(['mine', 'theirs']);
  expect(await code(vault.commit({ versions: [versionOf(observation('moved', 'p1'), 3)] }))).toBe('erased');
  expect(await code(vault.erase({ record: { type: 'Observation', id: 'moved' }, ...order }))).toBe('erased');
  expect((await vault.read('Patient', 'p1'))?.text).toContain('Abernathy');
  expect((await hospital.fsck()).problems).toEqual([]);
});

test('when both patients of a shared record are erased, it is gone too', async () => {
  const { vault } = hospital;
  await vault.erase({ patient: 'p1', ...order });
  const second = await vault.erase({ patient: 'p2', ...order });
  expect(second.erased).toContain('Appointment/shared');
  expect(await vault.read('Appointment', 'shared')).toMatchObject({ erased: true });
  for (const table of ['vault_postings', 'vault_spans']) {
    expect(
      hospital.database.prepare(`SELECT count(*) AS n FROM ${table}`).get<{ n: number }>()?.n,
      table,
    ).toBe(0);
  }
  expect((await hospital.fsck()).problems).toEqual([]);
});

function rmDatabase(folder: string, file: string): void {
  for (const suffix of ['', '-wal', '-shm']) removeFolder({ folder: join(folder, `${file}${suffix}`) });
}

function restoreData(copy: string): void {
  rmDatabase(hospital.folder, 'data.db');
  copyFileSync(copy, join(hospital.folder, 'data.db'));
}

function removeKeyStore(): void {
  rmDatabase(hospital.folder, 'keys.db');
}

/** The tombstone went with the newer data; what it says of the data still holds. */
async function expectErasedWithoutTombstone(): Promise<void> {
  expect(await hospital.vault.tombstones()).toEqual([]);
  await expectErased(hospital);
}
