import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { VaultError } from '../index.ts';
import {
  find,
  type Hospital,
  observation,
  openHospital,
  patient,
  removeFolder,
  versionOf,
} from '../suite/hospital.ts';

const order = { reason: 'subject-request', actor: 'officer' } as const;
const code = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: VaultError) => error.code,
  );

let hospital: Hospital;
beforeEach(async () => {
  hospital = await openHospital();
  const { vault } = hospital;
  for (const id of ['old', 'kept', 'other']) await vault.commit({ versions: [versionOf(patient(id))] });
  await vault.commit({ versions: [versionOf(observation('of-old', 'old'))] });
  await vault.commit({ versions: [versionOf(observation('of-kept', 'kept'))] });
  await vault.commit({ versions: [versionOf(observation('moved', 'old'))] });
  await vault.commit({ versions: [versionOf(observation('moved', 'kept'), 2)] });
  const participant = ['old', 'other'].map((id) => ({
    actor: { reference: `Patient/${id}` },
    status: 'accepted',
  }));
  await vault.commit({
    versions: [versionOf({ resourceType: 'Appointment', id: 'shared', status: 'booked', participant })],
  });
});
afterEach(async () => {
  await hospital.close();
  removeFolder(hospital);
});

const wraps = () =>
  hospital.keyStore
    .prepare(
      'SELECT rid, generation, compartment, key_id AS id FROM keys_data ORDER BY rid, generation, compartment',
    )
    .all<{ rid: number; generation: number; compartment: number; id: Uint8Array }>()
    .map(({ id, ...row }) => ({ ...row, id: Buffer.from(id).toString('hex') }));
const recordOf = async (id: string) =>
  (await hospital.vault.compartment({ patient: id, limit: 50 })).hits.map((hit) => hit.id).sort();

describe('merging patients', () => {
  test('is refused for who is not there, with themself, and twice', async () => {
    const { vault } = hospital;
    expect(await code(vault.merge('old', 'nobody', 'officer'))).toBe('not-found');
    expect(await code(vault.merge('nobody', 'old', 'officer'))).toBe('not-found');
    expect(await code(vault.merge('old', 'old', 'officer'))).toBe('malformed');
    expect(await code(vault.unmerge('old', 'officer'))).toBe('not-found');
    await vault.merge('old', 'kept', 'officer');
    expect(await code(vault.merge('old', 'other', 'officer'))).toBe('retained');
    expect(await code(vault.merge('kept', 'other', 'officer'))).toBe('retained');
    expect(await code(vault.merge('other', 'old', 'officer'))).toBe('retained');
  });

  test('moves wrappings and nothing else: every text, version and receipt stays', async () => {
    const { vault } = hospital;
    const before = await vault.read('Observation', 'of-old');
    const opening = await vault.opening('Observation/of-old/_history/1');
    await vault.merge('old', 'kept', 'officer');
    const after = await vault.read('Observation', 'of-old');
    expect([after?.text, after?.version]).toEqual([before?.text, before?.version]);
    expect(await vault.opening('Observation/of-old/_history/1')).toEqual(opening);
    // Decisions are made for both: what either denies is denied.
    expect(after?.patients).toEqual(['old', 'kept']);
    expect(await recordOf('kept')).toEqual(['kept', 'moved', 'of-kept', 'of-old', 'old', 'shared']);
    expect(await find(vault, 'Observation', '')).toHaveLength(3);
    expect((await hospital.fsck()).problems).toEqual([]);
  });

  test('is undone to the last wrapping, whatever was written meanwhile', async () => {
    const { vault } = hospital;
    const before = wraps();
    await vault.merge('old', 'kept', 'officer');
    expect(wraps()).not.toEqual(before);
    await vault.commit({ versions: [versionOf(observation('of-old', 'old', { status: 'amended' }), 2)] });
    await vault.commit({ versions: [versionOf(observation('new', 'old'))] });
    expect(await recordOf('kept')).toContain('new');
    await vault.unmerge('old', 'officer');
    const known = new Set(before.map(({ rid }) => rid));
    expect(wraps().filter(({ rid }) => known.has(rid))).toEqual(before);
    expect(await recordOf('kept')).toEqual(['kept', 'moved', 'of-kept']);
    expect((await vault.read('Observation', 'new'))?.patients).toEqual(['old']);
    expect((await hospital.fsck()).problems).toEqual([]);
    await vault.erase({ patient: 'old', ...order });
    expect(await vault.read('Observation', 'new')).toMatchObject({ erased: true });
    expect((await vault.read('Observation', 'of-kept'))?.text).toContain('kept');
    expect((await hospital.fsck()).problems).toEqual([]);
  });

  test('survives a restart and the rotation of keys', async () => {
    await hospital.vault.merge('old', 'kept', 'officer');
    await hospital.vault.rotate();
    const { folder } = hospital;
    await hospital.close();
    hospital = await openHospital({ folder });
    expect((await hospital.vault.read('Observation', 'of-old'))?.patients).toEqual(['old', 'kept']);
    await hospital.vault.unmerge('old', 'officer');
    expect((await hospital.vault.read('Observation', 'of-old'))?.patients).toEqual(['old']);
    expect((await hospital.fsck()).problems).toEqual([]);
  });
});

describe('erasing after a merge', () => {
  test('is refused for the one that was merged, and takes both with the other, in old key stores too', async () => {
    const { vault, onLedger } = hospital;
    await vault.merge('old', 'kept', 'officer');
    expect(await code(vault.erase({ patient: 'old', ...order }))).toBe('retained');
    const tombstone = await vault.erase({ patient: 'kept', ...order });
    expect(tombstone.keys).toHaveLength(2);
    expect(onLedger).toEqual(tombstone.keys);
    for (const [type, id] of [
      ['Patient', 'old'],
      ['Patient', 'kept'],
      ['Observation', 'of-old'],
      ['Observation', 'of-kept'],
      ['Observation', 'moved'],
    ] as const)
      expect([id, await vault.read(type, id)]).toEqual([id, expect.objectContaining({ erased: true })]);
    expect(await vault.read('Observation', 'moved', 1)).toMatchObject({ erased: true });
    expect((await vault.read('Appointment', 'shared'))?.text).toContain('booked');
    expect(await code(vault.unmerge('old', 'officer'))).toBe('not-found');
    expect(await code(vault.commit({ versions: [versionOf(observation('again', 'old'))] }))).toBe('erased');
    expect((await hospital.fsck()).problems).toEqual([]);
  });

  test('a hold on the one that was merged keeps both', async () => {
    const { vault } = hospital;
    await vault.placeHold({ patient: 'old', name: 'Case 7', actor: 'officer' });
    await vault.merge('old', 'kept', 'officer');
    await expect(vault.erase({ patient: 'kept', ...order })).rejects.toMatchObject({
      code: 'retained',
      message: expect.stringContaining('Case 7'),
    });
  });
});
