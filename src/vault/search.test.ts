import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { extractIndex, type Filter, parseResource, parseSearch } from '../r4/index.ts';
import { entriesMatch } from './search/entry-match.ts';
import {
  auditOf,
  deletionOf,
  find,
  type Hospital,
  observation,
  openHospital,
  patient,
  removeFolder,
  versionOf,
} from './suite/hospital.ts';

const LOINC = 'http://loinc.org';
const coded = (code: string, system: string | null = LOINC) => ({
  code: { coding: [{ ...(system === null ? {} : { system }), code }] },
});

const PATIENTS = [
  patient('p1', { name: [{ family: 'Müller-Lüdenscheidt', given: ['Eva'] }], birthDate: '1970-05-03' }),
  patient('p2', {
    name: [{ family: 'Mueller', given: ['Adam', 'Zoe'] }],
    birthDate: '1970-05',
    gender: 'male',
  }),
  patient('p3', {
    name: [{ family: `Featherstonehaugh-Cholmondeley ${'x'.repeat(20)}` }],
    birthDate: '1969',
  }),
  patient('p4', {
    name: [{ family: 'O’Brien' }],
    birthDate: '2001-12-31',
    active: true,
    generalPractitioner: [{ identifier: { system: 'urn:gp', value: '77' } }],
  }),
  { resourceType: 'Patient', id: 'p5' },
];

const OBSERVATIONS = [
  observation('o1', 'p1', {
    effectiveDateTime: '2024-03-05',
    valueQuantity: { value: 71.5, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
  }),
  observation('o2', 'p1', {
    ...coded('8867-4'),
    effectiveDateTime: '2024-03-05T10:00:00Z',
    valueQuantity: { value: 70, unit: 'beats' },
  }),
  observation('o3', 'p2', {
    ...coded('8867-4'),
    effectivePeriod: { start: '2023-12-31', end: '2024-01-02' },
    effectiveDateTime: undefined,
    valueQuantity: undefined,
  }),
  observation('o4', 'p2', {
    ...coded('8867-4', null),
    effectiveDateTime: '2024',
    valueQuantity: { value: 5, comparator: '<', unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
  }),
  observation('o5', 'p3', {
    ...coded('X|1'),
    effectiveDateTime: '2022-06',
    valueString: 'Negative for everything',
    valueQuantity: undefined,
  }),
  {
    resourceType: 'Observation',
    id: 'o6',
    status: 'preliminary',
    ...coded('85354-9'),
    component: [
      {
        ...coded('8480-6'),
        valueQuantity: { value: 120, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
      },
      {
        ...coded('8462-4'),
        valueQuantity: { value: 80, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
      },
    ],
    subject: { reference: 'http://elsewhere.example/Patient/9' },
  },
];

let hospital: Hospital;
beforeAll(async () => {
  hospital = await openHospital();
  const { vault } = hospital;
  for (const resource of [...PATIENTS, ...OBSERVATIONS]) {
    const text = JSON.stringify(resource);
    await vault.commit({ versions: [versionOf(text)] });
  }
  const gone = versionOf(observation('gone', 'p1'));
  await vault.commit({ versions: [gone] });
  await vault.commit({ versions: [deletionOf(gone, 2)] });
});
afterAll(async () => {
  await hospital.close();
  removeFolder(hospital);
});

const search = (type: string, query: string) =>
  find(hospital.vault, type, query).then((found) =>
    found
      .map((each) => each.split('/')[1])
      .sort()
      .join(' '),
  );

describe('a search finds exactly what matches', () => {
  test.each([
    // Tokens.
    ['Observation', 'code=8867-4', 'o2 o3 o4'],
    ['Observation', `code=${LOINC}|8867-4`, 'o2 o3'],
    ['Observation', 'code=|8867-4', 'o4'],
    ['Observation', `code=${LOINC}|`, 'o1 o2 o3 o5 o6'],
    ['Observation', 'code=X\\|1', 'o5'],
    ['Observation', 'code=8867-4,29463-7', 'o1 o2 o3 o4'],
    ['Observation', 'code:not=8867-4', 'o1 o5 o6'],
    ['Observation', 'code:not=|8867-4', 'o1 o2 o3 o5 o6'],
    ['Observation', 'status=preliminary', 'o6'],
    ['Patient', 'identifier=urn:oid:1.2.36.146|MRN-p2', 'p2'],
    ['Patient', 'identifier=MRN-p2', 'p2'],
    ['Patient', 'active=true', 'p4'],
    ['Patient', 'gender:not=female', 'p2 p5'],
    ['Patient', 'general-practitioner:identifier=urn:gp|77', 'p4'],
    // References.
    ['Observation', 'subject=Patient/p1', 'o1 o2'],
    ['Observation', 'patient=p1', 'o1 o2'],
    ['Observation', 'subject:Patient=p2', 'o3 o4'],
    ['Observation', 'subject=http://elsewhere.example/Patient/9', 'o6'],
    // Strings.
    ['Patient', 'family=mueller', 'p2'],
    ['Patient', 'family=muller', 'p1'],
    ['Patient', 'name=ZO', 'p2'],
    ['Patient', 'family:exact=Mueller', 'p2'],
    ['Patient', 'family:exact=mueller', ''],
    ['Patient', `family=featherstonehaugh cholmondeley ${'x'.repeat(20)}`, 'p3'],
    ['Patient', `family=featherstonehaugh cholmondeley ${'x'.repeat(10)}y`, ''],
    // Birth dates, hashed.
    ['Patient', 'birthdate=1970', 'p1 p2'],
    ['Patient', 'birthdate=1970-05', 'p1 p2'],
    ['Patient', 'birthdate=1970-05-03', 'p1'],
    ['Patient', 'birthdate=ge1970-05-03', 'p1 p2 p4'],
    ['Patient', 'birthdate=gt1970-05-03', 'p2 p4'],
    ['Patient', 'birthdate=sa1970-05-02', 'p1 p4'],
    ['Patient', 'birthdate=lt1970', 'p3'],
    ['Patient', 'birthdate=le1970-05-03', 'p1 p2 p3'],
    ['Patient', 'birthdate=eb1970-05-04', 'p1 p3'],
    ['Patient', 'birthdate=ne1970-05', 'p3 p4'],
    ['Patient', 'birthdate=ge1969-06-01&birthdate=lt1970-05-02', 'p2 p3'],
    // Dates.
    ['Observation', 'date=2024-03-05', 'o1 o2'],
    ['Observation', 'date=2024', 'o1 o2 o4'],
    ['Observation', 'date=ge2024-01-02', 'o1 o2 o4'],
    ['Observation', 'date=gt2024-01-01', 'o1 o2 o3 o4'],
    ['Observation', 'date=eb2023', 'o5'],
    ['Observation', 'date=sa2024-03-04', 'o1 o2'],
    ['Observation', 'date=ap2024-01-01', 'o1 o2 o3 o4'],
    // Numbers and quantities.
    ['Observation', 'value-quantity=71.5', 'o1'],
    ['Observation', 'value-quantity=71.5|http://unitsofmeasure.org|kg', 'o1'],
    ['Observation', 'value-quantity=71.5||kg', 'o1'],
    ['Observation', 'value-quantity=71.5||lb', ''],
    ['Observation', 'value-quantity=70||beats', 'o2'],
    ['Observation', 'value-quantity=gt70', 'o1'],
    ['Observation', 'value-quantity=lt1||kg', 'o4'],
    ['Observation', 'value-quantity=ge70', 'o1 o2'],
    ['Observation', 'value-quantity=ap75||kg', 'o1'],
    // Composites: values of one group only.
    ['Observation', 'component-code-value-quantity=8480-6$120', 'o6'],
    ['Observation', 'component-code-value-quantity=8480-6$80', ''],
    ['Observation', `component-code-value-quantity=${LOINC}|8462-4$lt100||mm[Hg]`, 'o6'],
    ['Observation', 'code-value-string=X\\|1$negative for', 'o5'],
    ['Observation', 'code-value-string=X\\|1$positive', ''],
    // Missing values, ids, times of change.
    ['Observation', 'value-quantity:missing=true', 'o3 o5 o6'],
    ['Observation', 'subject:missing=false', 'o1 o2 o3 o4 o5 o6'],
    ['Patient', 'birthdate:missing=true', 'p5'],
    ['Patient', '_id=p1,p5,absent', 'p1 p5'],
    ['Patient', '_id:missing=true', ''],
    ['Patient', '_lastUpdated=gt2020', 'p1 p2 p3 p4 p5'],
    ['Patient', '_lastUpdated=lt2020', ''],
    // Across resources.
    ['Observation', 'subject:Patient.family=mu&code=8867-4', 'o2 o3 o4'],
    ['Observation', 'subject:Patient._id=p3', 'o5'],
    ['Patient', '_has:Observation:subject:code=8867-4', 'p1 p2'],
    ['Patient', '_has:Observation:subject:date=2022&gender=female', 'p3'],
    ['Patient', '_has:Observation:subject:code=85354-9', ''],
    // Everything.
    ['Observation', '', 'o1 o2 o3 o4 o5 o6'],
    ['Condition', '', ''],
  ])('%s?%s → %s', async (type, query, expected) => {
    expect(await search(type, query)).toBe(expected);
  });
});

test('a patient’s compartment limits a search, and never shows what moved away or was deleted', async () => {
  const { vault } = hospital;
  expect(await find(vault, 'Observation', '', 10, 'p1')).toEqual(['Observation/o2', 'Observation/o1']);
  expect(await find(vault, 'Observation', 'code=29463-7', 10, 'p2')).toEqual([]);
  const page = await vault.compartment({ patient: 'p1', limit: 10 });
  expect(page.hits.map(({ id }) => id)).toEqual(['o2', 'o1', 'p1']);
  const first = versionOf(observation('wanderer', 'p1'));
  await vault.commit({ versions: [first] });
  await vault.commit({ versions: [versionOf(observation('wanderer', 'p2'), 2)] });
  expect(await find(vault, 'Observation', '', 10, 'p1')).not.toContain('Observation/wanderer');
  expect(await find(vault, 'Observation', '', 10, 'p2')).toContain('Observation/wanderer');
  await vault.commit({ versions: [versionOf(observation('wanderer', 'p1'), 3)] });
  expect(await find(vault, 'Observation', '', 10, 'p1')).toContain('Observation/wanderer');
  await vault.commit({ versions: [deletionOf(first, 4)] });
  expect(await find(vault, 'Observation', '', 10, 'p1')).not.toContain('Observation/wanderer');
  expect((await hospital.fsck()).problems).toEqual([]);
});

test('pages join without gap or repetition, sorted or not, and a cursor of another kind is refused', async () => {
  const { vault } = hospital;
  for (const query of ['', '_sort=date', '_sort=-date', '_sort=-_lastUpdated', '_sort=date,-_lastUpdated']) {
    const whole = await find(vault, 'Observation', query, 100);
    for (const limit of [1, 2, 5]) expect(await find(vault, 'Observation', query, limit)).toEqual(whole);
    expect(new Set(whole).size).toBe(6);
  }
  expect((await find(vault, 'Observation', '_sort=date')).map((each) => each.slice(-2))).toEqual([
    'o5',
    'o3',
    'o4',
    'o1',
    'o2',
    'o6',
  ]);
  const parsed = parseSearch('Observation', []);
  if (!parsed.ok) throw new Error('it parses');
  for (const cursor of ['x', 'bm9uc2Vuc2U', 'e30', '']) {
    expect(() => vault.search({ search: parsed.search, limit: 1, cursor })).toThrow(
      expect.objectContaining({ code: 'malformed' }),
    );
  }
});

test('AuditEvents are found like any resource, by patient, object, time and id', async () => {
  const { vault } = hospital;
  const times = [1, 2, 3].map((minute) => new Date(Date.UTC(2026, 5, 1, 0, minute)));
  const audits = times.map((time, at) => auditOf(`Observation/o${at + 1}`, [at === 2 ? 'p2' : 'p1'], time));
  await vault.commit({ audits });
  const ids = (numbers: number[]) => numbers.map((number) => `AuditEvent/${audits[number]?.id}`);
  expect(await find(vault, 'AuditEvent', 'patient=Patient/p1')).toEqual(ids([1, 0]));
  expect(await find(vault, 'AuditEvent', 'entity=Observation/o3')).toEqual(ids([2]));
  expect(await find(vault, 'AuditEvent', 'date=ge2026-06-01T00:02:00Z')).toEqual(ids([2, 1]));
  expect(await find(vault, 'AuditEvent', '_lastUpdated=lt2026-06-01T00:02:00Z&type=rest')).toEqual(ids([0]));
  expect(await find(vault, 'AuditEvent', `_id=${audits[1]?.id}`)).toEqual(ids([1]));
  expect(await find(vault, 'AuditEvent', '_sort=date')).toEqual(ids([0, 1, 2]));
  expect(await find(vault, 'AuditEvent', 'action=R', 2, 'p1')).toEqual(ids([1, 0]));
  expect(await vault.count({ search: parsedSearch('AuditEvent', 'patient=p1') })).toBe(2);
  expect(await vault.read('AuditEvent', audits[0]?.id ?? '')).toMatchObject({ text: audits[0]?.text });
});

test('a count is the number of what is found', async () => {
  const { vault } = hospital;
  expect(await vault.count({ search: parsedSearch('Observation', '') })).toBe(6);
  expect(await vault.count({ search: parsedSearch('Observation', 'code=8867-4') })).toBe(3);
  expect(await vault.count({ search: parsedSearch('Observation', 'code=|8867-4') })).toBe(1);
  expect(await vault.count({ search: parsedSearch('Observation', '_id=o1,gone,absent') })).toBe(1);
  expect(await vault.count({ search: parsedSearch('Observation', 'code=8867-4'), patient: 'p2' })).toBe(2);
});

function parsedSearch(type: string, query: string) {
  const parsed = parseSearch(type, [...new URLSearchParams(query)]);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return parsed.search;
}

describe('for any date or number', () => {
  const prefixes = ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb'] as const;
  const day = fc
    .date({ min: new Date('1965-01-01'), max: new Date('1975-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));
  const partialDay = fc.tuple(day, fc.constantFrom(4, 7, 10)).map(([text, length]) => text.slice(0, length));
  const number = fc.constantFrom('5', '5.0', '4.9', '70', '71.5', '71.46', '1e2', '-1', '100.4');

  const agree = async (type: string, query: string, resources: readonly object[]) => {
    const found = (await find(hospital.vault, type, query)).map((each) => each.split('/')[1]);
    const [filter] = parsedSearch(type, query).filters as [Extract<Filter, { kind: 'date' | 'quantity' }>];
    const expected = resources.flatMap((resource) => {
      const { resource: parsed } = parseResource(JSON.stringify(resource));
      return entriesMatch(filter, extractIndex(parsed), parsed.id ?? '') ? [parsed.id] : [];
    });
    expect(found.sort(), query).toEqual(expected.sort());
  };

  test('the blind index finds what comparing the values finds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...prefixes), partialDay, (prefix, text) =>
        agree('Patient', `birthdate=${prefix}${text}`, PATIENTS),
      ),
      { numRuns: 150, seed: 4711 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...prefixes),
        number,
        fc.constantFrom('', '||kg', '||beats'),
        (prefix, text, unit) => agree('Observation', `value-quantity=${prefix}${text}${unit}`, OBSERVATIONS),
      ),
      { numRuns: 150, seed: 4712 },
    );
  });
});
