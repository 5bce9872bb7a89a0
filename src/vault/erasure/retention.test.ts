import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  auditOf,
  refusalCode as code,
  find,
  type Hospital,
  observation,
  openHospital,
  patient,
  removeFolder,
  versionOf,
} from '../suite/hospital.ts';

const order = { reason: 'subject-request', actor: 'officer' } as const;

let hospital: Hospital;
beforeEach(async () => {
  hospital = await openHospital();
  const { vault } = hospital;
  await vault.commit({ versions: [versionOf(patient('p1'))], audits: [auditOf('Patient/p1', ['p1'])] });
  await vault.commit({ versions: [versionOf(observation('mine', 'p1'))] });
});
afterEach(async () => {
  await hospital.close();
  removeFolder(hospital);
});

describe('erasure is refused, with the rule named,', () => {
  test('while a legal hold stands on the patient or on one record, and done after its release', async () => {
    const { vault } = hospital;
    const onPatient = await vault.placeHold({ patient: 'p1', name: 'Case 12', actor: 'officer' });
    await expect(vault.erase({ patient: 'p1', ...order })).rejects.toMatchObject({
      code: 'retained',
      message: expect.stringContaining('Case 12'),
    });
    await vault.releaseHold(onPatient.id, 'officer');
    await vault.placeHold({ record: { type: 'Observation', id: 'mine' }, name: 'Case 13', actor: 'officer' });
    await expect(vault.erase({ patient: 'p1', ...order })).rejects.toMatchObject({
      code: 'retained',
      message: expect.stringContaining('Case 13'),
    });
    expect((await vault.read('Patient', 'p1'))?.text).toContain('Abernathy');
    const [hold] = await vault.holds();
    expect(hold).toMatchObject({ name: 'Case 13', record: { type: 'Observation', id: 'mine' } });
    await vault.releaseHold(hold?.id ?? '', 'officer');
    expect(await code(vault.releaseHold('0'.repeat(32), 'officer'))).toBe('not-found');
    await vault.erase({ patient: 'p1', ...order });
    expect((await hospital.fsck()).problems).toEqual([]);
  });

  test('while a retention rule keeps one of the records', async () => {
    const time = Date.now();
    await hospital.close();
    let now = new Date(time);
    hospital = await openHospital({
      folder: hospital.folder,
      now: () => now,
      erasures: {
        commitErasure: async () => undefined,
        sign: () => new Uint8Array(64),
        retention: [{ name: 'Ten years for observations', types: ['Observation'], days: 3653 }],
      },
    });
    await expect(hospital.vault.erase({ patient: 'p1', ...order })).rejects.toMatchObject({
      code: 'retained',
      message: expect.stringContaining('Ten years for observations'),
    });
    now = new Date(time + 3654 * 86_400_000);
    await hospital.vault.erase({ patient: 'p1', ...order });
    expect(await hospital.vault.read('Observation', 'mine')).toMatchObject({ erased: true });
    expect((await hospital.fsck()).problems).toEqual([]);
  });

  test('for what is in audit custody', async () => {
    const [audit] = await find(hospital.vault, 'AuditEvent', '');
    expect(
      await code(
        hospital.vault.erase({ record: { type: 'AuditEvent', id: audit?.split('/')[1] ?? '' }, ...order }),
      ),
    ).not.toBe('done');
    await hospital.vault.commit({
      versions: [
        versionOf({
          resourceType: 'Consent',
          id: 'c1',
          status: 'active',
          scope: {},
          category: [{}],
          patient: { reference: 'Patient/p1' },
        }),
      ],
    });
    expect(await code(hospital.vault.erase({ record: { type: 'Consent', id: 'c1' }, ...order }))).toBe(
      'retained',
    );
    await hospital.vault.erase({ patient: 'p1', ...order });
    expect((await hospital.vault.read('Consent', 'c1'))?.text).toContain('active');
    expect(await find(hospital.vault, 'Consent', 'patient=p1')).toEqual(['Consent/c1']);
  });
});
