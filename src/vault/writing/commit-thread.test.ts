import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
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
import { CommitThread } from './commit-thread.ts';
import { gather } from './group.ts';

const opened: Hospital[] = [];
const open = async (options: Parameters<typeof openHospital>[0] = {}): Promise<Hospital> => {
  const hospital = await openHospital({ thread: true, ...options });
  opened.push(hospital);
  return hospital;
};
afterEach(async () => {
  for (const hospital of opened.splice(0)) {
    await hospital.close();
    removeFolder(hospital);
  }
});

describe('a vault that commits on a thread of its own', () => {
  test('refuses what its disk has no room for, changes nothing, and goes on when there is room', async () => {
    const hospital = await open();
    const { vault, database, log } = hospital;
    await vault.commit({ versions: [versionOf(patient('p1'))] });
    const before = log.size();
    // A trigger stands for the disk: it refuses one table in the middle of a commit, in the other connection too.
    database.exec(
      `CREATE TRIGGER no_room BEFORE INSERT ON vault_names BEGIN SELECT RAISE(ABORT, 'no room'); END`,
    );
    await expect(vault.commit({ versions: [versionOf(patient('p2'))] })).rejects.toThrow(/no room/);
    expect([log.size(), await vault.read('Patient', 'p2')]).toEqual([before, undefined]);
    database.exec('DROP TRIGGER no_room');
    await vault.commit({ versions: [versionOf(patient('p2'))] });
    expect(await find(vault, 'Patient', '_id=p2')).toEqual(['Patient/p2']);
    expect((await hospital.fsck()).problems).toEqual([]);
  });

  test('waits for another writer of the same file, and is waited for', async () => {
    const hospital = await open();
    const { vault, database } = hospital;
    database.exec('CREATE TABLE beside (n INTEGER)');
    const commits = Array.from({ length: 40 }, (_, at) =>
      vault.commit({
        versions: [versionOf(patient(`p${at}`))],
        audits: [auditOf(`Patient/p${at}`, [`p${at}`])],
      }),
    );
    for (let n = 0; n < 20; n += 1) {
      database.transaction(() => database.prepare('INSERT INTO beside VALUES (?)').run(n));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const receipts = (await Promise.all(commits)).flat();
    expect(new Set(receipts.map(({ leaf }) => leaf)).size).toBe(80);
    expect(database.prepare('SELECT count(*) AS n FROM beside').get<{ n: number }>()?.n).toBe(20);
    expect((await hospital.fsck()).problems).toEqual([]);
  });

  test('shows what it acknowledged at once: by id, by search, with its opening', async () => {
    const { vault } = await open();
    await vault.commit({ versions: [versionOf(patient('p1'))] });
    for (let at = 0; at < 20; at += 1) {
      const [receipt] = await vault.commit({ versions: [versionOf(observation(`o${at}`, 'p1'))] });
      expect(await find(vault, 'Observation', `_id=o${at}&patient=p1`)).toEqual([`Observation/o${at}`]);
      expect((await vault.opening(receipt?.eventId ?? ''))?.event.object).toBe(
        `Observation/o${at}/_history/1`,
      );
    }
  });

  test('keeps what it wrote for a vault that commits without one', async () => {
    const hospital = await open();
    await hospital.vault.commit({ versions: [versionOf(patient('p1')), versionOf(observation('o1', 'p1'))] });
    await hospital.close();
    const again = await open({ thread: false, folder: hospital.folder });
    expect((await again.vault.read('Observation', 'o1'))?.id).toBe('o1');
    expect((await again.fsck()).problems).toEqual([]);
  });

  test('erases what the thread wrote a moment before', async () => {
    const hospital = await open();
    await hospital.vault.commit({ versions: [versionOf(patient('p1')), versionOf(observation('o1', 'p1'))] });
    await hospital.vault.erase({ patient: 'p1', reason: 'subject-request', actor: 'officer' });
    await hospital.vault.commit({ audits: [auditOf('Patient/p1', ['p1'])] });
    const gone = await hospital.vault.read('Observation', 'o1');
    expect([gone?.erased, gone?.text]).toEqual([true, undefined]);
    expect((await hospital.fsck()).problems).toEqual([]);
  });

  test('refuses what comes after its close', async () => {
    const { vault } = await open();
    await vault.close();
    await expect(vault.commit({ audits: [auditOf('Patient/p1')] })).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});

test('a thread that ends by itself refuses everything from then on, and says why', async () => {
  const thread = new CommitThread({
    path: join(tmpdir(), 'holdfast-no-such-folder', 'nowhere.db'),
    organisation: 'st-mary',
    logOrigin: 'holdfast.local/orgs/st-mary',
    setUp: '',
  });
  await expect.poll(() => thread.problem(), { timeout: 10_000 }).toMatch(/restart the node/);
  await expect(thread.commit(gather([]), () => new Uint8Array(32))).rejects.toMatchObject({
    code: 'unavailable',
  });
  await thread.close();
});

test('vaults share the thread, and one that is opened while others close is not lost with them', async () => {
  const [first, second] = [await open(), await open()];
  const closing = Promise.all([first.vault.close(), second.vault.close()]);
  const third = await open();
  await closing;
  await third.vault.commit({ versions: [versionOf(patient('p1'))] });
  const fourth = await open();
  await third.vault.close();
  await fourth.vault.commit({ versions: [versionOf(patient('p1'))] });
  expect([fourth.vault.problem(), await find(fourth.vault, 'Patient', '_id=p1')]).toEqual([
    undefined,
    ['Patient/p1'],
  ]);
});
