import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import {
  auditOf,
  find,
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

/** What the files would say to a thief. */
function bytesOf(folder: string): Buffer {
  return Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));
}

test('stolen files say no name, identifier, birth date, code, text, unit, logical id or hold', async () => {
  hospital = await openHospital();
  const { vault } = hospital;
  const record = observation('client-chosen-id-77', 'patient-4711', {
    note: [{ text: 'Tolerated the infusion well' }],
    valueQuantity: { value: 71.5, unit: 'kilogramme', system: 'http://unitsofmeasure.org', code: 'kg' },
  });
  await vault.commit({ versions: [versionOf(patient('patient-4711'))] });
  await vault.commit({
    versions: [versionOf(record)],
    audits: [auditOf('Observation/client-chosen-id-77', ['patient-4711'])],
  });
  await vault.commit({ versions: [versionOf({ ...record, status: 'amended' }, 2)] });
  await vault.placeHold({ patient: 'patient-4711', name: 'Docket 99-1', actor: 'officer-5' });
  // What was only searched for leaves no trace either.
  await find(vault, 'Patient', 'family=Zylberstein&birthdate=1999-09-09');
  const secrets = [
    'Abernathy',
    'abernathy',
    'Rosalind',
    'MRN-',
    '1.2.36.146',
    '1961-07-23',
    '1961',
    '29463-7',
    'loinc',
    'Tolerated',
    'kilogramme',
    'unitsofmeasure',
    'client-chosen-id-77',
    'patient-4711',
    'Docket',
    'officer-5',
    'Zylberstein',
    '1999-09-09',
    'amended',
    'TREAT',
    'client-1',
  ];
  const check = (bytes: Buffer) =>
    secrets.filter((secret) => bytes.includes(secret) || bytes.includes(Buffer.from(secret, 'utf16le')));
  expect(check(bytesOf(hospital.folder))).toEqual([]);
  await hospital.close();
  expect(check(bytesOf(hospital.folder))).toEqual([]);
  hospital = await openHospital({ folder: hospital.folder });
  expect(await find(hospital.vault, 'Patient', 'family=abernathy')).toEqual(['Patient/patient-4711']);
});

test('equal values of different parameters and types are different in the files', async () => {
  hospital = await openHospital();
  const coding = { coding: [{ system: 'http://example.org', code: 'same' }] };
  await hospital.vault.commit({
    versions: [
      versionOf({
        resourceType: 'Basic',
        id: 'b1',
        code: coding,
        identifier: [{ system: 'http://example.org', value: 'same' }],
      }),
      versionOf({ resourceType: 'List', id: 'l1', status: 'current', mode: 'working', code: coding }),
    ],
  });
  const rows = hospital.database
    .prepare('SELECT key, rids FROM vault_postings')
    .all<{ key: Uint8Array; rids: Uint8Array }>();
  // No blind value leads to both resources, whatever they have in common.
  expect(rows.every(({ rids }) => rids.length === 2)).toBe(true);
});
