import { afterEach, describe, expect, test } from 'vitest';
import { type FollowedVersion, openKeyring, type VaultError } from './index.ts';
import {
  auditOf,
  deletionOf,
  type Hospital,
  observation,
  openHospital,
  patient,
  removeFolder,
  versionOf,
} from './suite/hospital.ts';

let hospital: Hospital;
afterEach(async () => {
  await hospital.close();
  removeFolder(hospital);
});

const code = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: VaultError) => error.code,
  );

describe('whoever keeps up with what is written', () => {
  const told = ({ versions }: { versions: readonly FollowedVersion[] }) =>
    versions.map(({ version: { type, id, version } }) => `${type}/${id}/${version}`);

  test('reads versions in the order of their commits, of the types that are wanted, each once', async () => {
    hospital = await openHospital();
    const { vault } = hospital;
    expect(await vault.versionsAfter(0, 10, () => true)).toEqual({ versions: [], last: 0, isEnd: true });
    await vault.commit({ versions: [versionOf(patient('p1'))] });
    const from = await vault.newestEntry();
    const first = versionOf(observation('o1', 'p1'));
    await vault.commit({ versions: [first], audits: [auditOf('Observation/o1')] });
    await vault.commit({ versions: [versionOf(patient('p2')), versionOf(observation('o2', 'p2'))] });
    await vault.commit({ versions: [deletionOf(first, 2)] });
    const all = await vault.versionsAfter(from, 10, () => true);
    expect(told(all)).toEqual(['Observation/o1/1', 'Patient/p2/1', 'Observation/o2/1', 'Observation/o1/2']);
    expect(all.isEnd).toBe(true);
    expect(all.versions[0]?.version.patients).toEqual(['p1']);
    const page = await vault.versionsAfter(from, 2, (type) => type === 'Patient');
    expect([told(page), page.isEnd]).toEqual([['Patient/p2/1'], false]);
    expect(told(await vault.versionsAfter(page.last, 10, () => true))).toEqual([
      'Observation/o2/1',
      'Observation/o1/2',
    ]);
    expect(told(await vault.versionsAfter(all.last, 10, () => true))).toEqual([]);
  });

  test('passes over what was erased, whose place still has its event', async () => {
    hospital = await openHospital();
    const { vault } = hospital;
    const [logged] = await vault.commit({ versions: [versionOf(observation('o1', 'p1'))] });
    const entry = await vault.newestEntry();
    expect(await vault.eventAt(entry)).toBe(logged?.eventId);
    await vault.erase({ record: { type: 'Observation', id: 'o1' }, reason: 'court-order', actor: 'officer' });
    expect(told(await vault.versionsAfter(0, 10, () => true))).toEqual([]);
    expect(await vault.eventAt(entry)).toBe(logged?.eventId);
    expect(await vault.eventAt(entry + 1_000)).toBeUndefined();
  });
});

describe('a version', () => {
  test('is not written over another writer: the second with the same number is refused', async () => {
    hospital = await openHospital();
    const { vault } = hospital;
    const first = vault.commit({ versions: [versionOf(observation('o1', 'p1'))] });
    const second = vault.commit({ versions: [versionOf(observation('o1', 'p1', { status: 'amended' }))] });
    expect(await code(second)).toBe('version-conflict');
    await first;
    expect(await code(vault.commit({ versions: [versionOf(observation('o1', 'p1'), 3)] }))).toBe(
      'version-conflict',
    );
    expect(await code(vault.commit({ versions: [versionOf(observation('o1', 'p1'), 1)] }))).toBe(
      'version-conflict',
    );
    expect((await vault.head('Observation', 'o1'))?.version).toBe(1);
    expect((await hospital.fsck()).problems).toEqual([]);
  });

  test('is refused whole with the change it stands in', async () => {
    hospital = await openHospital();
    const { vault } = hospital;
    const change = {
      versions: [versionOf(observation('o1', 'p1')), versionOf(observation('o2', 'p1'), 5)],
      audits: [auditOf('Observation/o1')],
    };
    expect(await code(vault.commit(change))).toBe('version-conflict');
    expect(await vault.read('Observation', 'o1')).toBeUndefined();
    // The refused number is free again.
    await vault.commit({ versions: [versionOf(observation('o1', 'p1'))] });
    expect((await hospital.fsck()).problems).toEqual([]);
  });

  test('keeps the digits it was written with', async () => {
    hospital = await openHospital({ cacheBytes: 0 });
    const { vault } = hospital;
    const text = JSON.stringify(observation('o1', 'p1')).replace('71.5', '1.50');
    await vault.commit({ versions: [versionOf(text)] });
    expect((await vault.read('Observation', 'o1'))?.text).toContain('"value":1.50');
    expect((await vault.opening('Observation/o1/_history/1'))?.content).toContain('"value":1.50');
  });

  test('is read back as written, by number and as the newest, from memory and from disk', async () => {
    hospital = await openHospital();
    const { vault } = hospital;
    const versions = ['final', 'amended', 'corrected'].map((status, at) =>
      versionOf(observation('o1', 'p1', { status }), at + 1),
    );
    for (const version of versions) await vault.commit({ versions: [version] });
    const check = async () => {
      for (const { text, version, patients, facts, lastUpdated } of versions) {
        expect(await vault.read('Observation', 'o1', version)).toMatchObject({
          text,
          version,
          patients,
          facts,
          lastUpdated,
        });
      }
      expect((await vault.read('Observation', 'o1'))?.version).toBe(3);
      expect(await vault.read('Observation', 'o1', 4)).toBeUndefined();
      expect(await vault.read('Observation', 'absent')).toBeUndefined();
      expect(await vault.head('Observation', 'absent')).toBeUndefined();
    };
    await check();
    await hospital.close();
    hospital = await openHospital({ folder: hospital.folder, cacheBytes: 0 });
    const again = hospital.vault;
    expect((await again.read('Observation', 'o1'))?.text).toBe(versions[2]?.text);
    expect((await again.read('Observation', 'o1', 1))?.text).toBe(versions[0]?.text);
  });

  test('can be a deletion, which says so, is in the history, and can be followed by a new version', async () => {
    hospital = await openHospital();
    const { vault } = hospital;
    const first = versionOf(observation('o1', 'p1'));
    await vault.commit({ versions: [first] });
    await vault.commit({ versions: [deletionOf(first, 2)] });
    const deleted = await vault.read('Observation', 'o1');
    expect(deleted).toMatchObject({ version: 2, deleted: true, patients: ['p1'] });
    expect(deleted?.text).toBeUndefined();
    expect(await vault.head('Observation', 'o1')).toEqual({ version: 2, deleted: true });
    await vault.commit({ versions: [versionOf(observation('o1', 'p1'), 3)] });
    const { versions } = await vault.history({ type: 'Observation', id: 'o1', limit: 10 });
    expect(versions.map(({ version, deleted: gone }) => [version, gone ?? false])).toEqual([
      [3, false],
      [2, true],
      [1, false],
    ]);
    expect(await code(vault.commit({ versions: [deletionOf(versionOf(observation('o9', 'p1')), 1)] }))).toBe(
      'not-found',
    );
    expect((await hospital.fsck()).problems).toEqual([]);
  });
});

describe('a history', () => {
  test('is paged, newest first, by resource, by type and over everything', async () => {
    hospital = await openHospital();
    const { vault } = hospital;
    const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
    for (let n = 1; n <= 5; n += 1)
      await vault.commit({ versions: [versionOf(observation(`o${n}`, 'p1'), 1, at(n))] });
    await vault.commit({ versions: [versionOf(patient('p1'), 1, at(6))] });
    const audit = auditOf('Observation/o1', ['p1'], at(7));
    await vault.commit({ audits: [audit] });
    const walk = async (query: { type?: string; since?: string }) => {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await vault.history({ ...query, limit: 2, cursor });
        seen.push(...page.versions.map(({ id }) => id));
        cursor = page.next;
      } while (cursor !== undefined);
      return seen;
    };
    expect(await walk({ type: 'Observation' })).toEqual(['o5', 'o4', 'o3', 'o2', 'o1']);
    expect(await walk({ type: 'Observation', since: at(4).toISOString() })).toEqual(['o5', 'o4']);
    expect(await walk({})).toEqual([audit.id, 'p1', 'o5', 'o4', 'o3', 'o2', 'o1']);
    expect(await walk({ type: 'AuditEvent' })).toEqual([audit.id]);
    expect(await walk({ since: at(6).toISOString() })).toEqual([audit.id, 'p1']);
    expect((await vault.history({ type: 'AuditEvent', id: audit.id, limit: 5 })).versions).toHaveLength(1);
  });
});

describe('the AuditEvent of a request', () => {
  test('is read, and has a head, as any resource', async () => {
    hospital = await openHospital({ cacheBytes: 0 });
    const { vault } = hospital;
    const audit = auditOf('Observation/o1', ['p1']);
    const [logged] = await vault.commit({ audits: [audit] });
    expect(logged).toMatchObject({ eventId: audit.id, object: `AuditEvent/${audit.id}/_history/1`, leaf: 0 });
    expect(await vault.read('AuditEvent', audit.id)).toMatchObject({
      text: audit.text,
      patients: ['p1'],
      version: 1,
    });
    expect(await vault.head('AuditEvent', audit.id)).toEqual({ version: 1 });
    expect(await vault.read('AuditEvent', audit.id, 2)).toBeUndefined();
  });
});

test('nothing is logged before a ledger block was seen', async () => {
  let seen = false;
  hospital = await openHospital({
    ledgerHead: () => (seen ? { height: 0, block: '00'.repeat(32) } : undefined),
  });
  const write = () => hospital.vault.commit({ versions: [versionOf(patient('p1'))] });
  expect(await code(write())).toBe('not-ready');
  seen = true;
  expect(await code(write())).toBe('done');
});

test('a keyring does not open with a wrong passphrase, nor a vault with the keyring of another', async () => {
  hospital = await openHospital();
  await hospital.vault.commit({ versions: [versionOf(patient('p1'))] });
  expect(() => openKeyring(`${hospital.folder}/keyring`, 'wrong')).toThrow(
    expect.objectContaining({ code: 'sealed-key-missing' }),
  );
  const other = await openHospital();
  await hospital.close();
  const { rmSync, copyFileSync } = await import('node:fs');
  rmSync(`${hospital.folder}/keyring`);
  copyFileSync(`${other.folder}/keyring`, `${hospital.folder}/keyring`);
  await expect(openHospital({ folder: hospital.folder })).rejects.toMatchObject({
    code: 'sealed-key-missing',
  });
  removeFolder(hospital);
  hospital = other;
});
