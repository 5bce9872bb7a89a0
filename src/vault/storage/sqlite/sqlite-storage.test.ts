import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from '../../../database/index.ts';
import { keyStoreMigrations, openKeyring } from '../../index.ts';
import { openVaultOn } from '../../open-vault.ts';
import { find, observation, patient, versionOf } from '../../suite/hospital.ts';
import { answeringLater } from '../suite/later-storage.ts';
import { describeStorage, type StorageUnderTest } from '../suite/storage-suite.ts';
import { vaultMigrations } from './migrations.ts';
import { SqliteStorage } from './sqlite-storage.ts';

const LOG = 'CREATE TABLE test_log (leaf INTEGER PRIMARY KEY, entry BLOB NOT NULL) STRICT;';

async function openSqlite(): Promise<StorageUnderTest & { folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-storage-'));
  const database = openDatabase({ path: join(folder, 'data.db'), migrations: [LOG, ...vaultMigrations] });
  const size = () => database.prepare('SELECT count(*) AS n FROM test_log').get<{ n: number }>()?.n ?? 0;
  let refusing = false;
  const storage = new SqliteStorage(database, (commitments) => {
    const first = size();
    for (const [at, entry] of commitments.entries()) {
      database.prepare('INSERT INTO test_log VALUES (?, ?)').run(first + at, entry);
    }
    if (refusing) throw new Error('the log refuses');
    return first;
  });
  return {
    folder,
    storage,
    logged: async () => size(),
    refuse: () => {
      refusing = true;
    },
    close: async () => {
      database.close();
      rmSync(folder, { recursive: true });
    },
  };
}

describeStorage('SQLite', openSqlite);
describeStorage('one that answers later', async () => {
  const sqlite = await openSqlite();
  return { ...sqlite, storage: answeringLater(sqlite.storage) };
});

test('a vault works the same on a storage that answers later', async () => {
  const sqlite = await openSqlite();
  const keyStore = openDatabase({
    path: join(sqlite.folder, 'keys.db'),
    migrations: keyStoreMigrations,
    secureDelete: true,
  });
  const keyring = openKeyring(join(sqlite.folder, 'keyring'), 'x', { costLog2: 15 });
  const vault = await openVaultOn(answeringLater(sqlite.storage), {
    keyStore,
    organisation: 'st-mary',
    keyManagement: keyring,
    ledgerHead: () => ({ height: 0, block: '00'.repeat(32) }),
    now: () => new Date(),
    cacheBytes: 0,
    erasures: { commitErasure: async () => undefined, sign: () => new Uint8Array(64) },
  });
  await vault.commit({ versions: [versionOf(patient('p1')), versionOf(observation('o1', 'p1'))] });
  const count = Array.from({ length: 9 }, () =>
    vault.transact(['Observation/o1'], (read) => {
      const version = (read.read('Observation', 'o1')?.version ?? 0) + 1;
      return { change: { versions: [versionOf(observation('o1', 'p1'), version)] }, result: version };
    }),
  );
  expect((await Promise.all(count)).map(({ result }) => result)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect((await vault.read('Observation', 'o1', 3))?.version).toBe(3);
  expect(await find(vault, 'Observation', 'subject:Patient.family=abernathy&code=29463-7', 1)).toEqual([
    'Observation/o1',
  ]);
  expect(await find(vault, 'Patient', '_has:Observation:subject:code=29463-7')).toEqual(['Patient/p1']);
  expect((await vault.history({ limit: 20 })).versions).toHaveLength(11);
  expect(await vault.opening('Observation/o1/_history/7')).toMatchObject({ event: { kind: 'fhir.version' } });
  expect((await vault.fsck()).problems).toEqual([]);
  await vault.erase({ patient: 'p1', reason: 'subject-request', actor: 'x' });
  expect(await vault.read('Observation', 'o1')).toMatchObject({ erased: true });
  expect((await vault.fsck()).problems).toEqual([]);
  await vault.close();
  keyStore.close();
  await sqlite.close();
});
