import { describe, expect, test } from 'vitest';
import {
  EARLIEST_TIME,
  extractIndex,
  type IndexEntry,
  LATEST_TIME,
  type Resource,
  referencesOf,
  searchParameters,
  searchParametersFor,
} from '../index.ts';

const entries = (resource: Resource, param: string): IndexEntry[] =>
  extractIndex(resource).filter((entry) => entry.param === param);
/** Without kind and param, which every entry has. */
const values = (resource: Resource, param: string) =>
  entries(resource, param).map(({ kind: _kind, param: _param, ...rest }) => rest);
const observation = {
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
};
const dayMs = 86_400_000;

describe('tokens', () => {
  const patient: Resource = {
    resourceType: 'Patient',
    id: 'p1',
    meta: { tag: [{ system: 'urn:t', code: 'a' }], security: [{ code: 'R' }] },
    active: true,
    gender: 'female',
    identifier: [{ system: 'urn:i', value: '42' }, { value: '43' }, { system: 'urn:i' }],
    telecom: [
      { system: 'phone', value: '555' },
      { system: 'email', value: 'a@b.org' },
    ],
    deceasedBoolean: false,
    maritalStatus: { coding: [{ system: 'urn:m', code: 'M' }], text: 'married' },
  };
  test.each<[string, object[]]>([
    ['_id', [{ code: 'p1' }]],
    ['_tag', [{ system: 'urn:t', code: 'a' }]],
    ['_security', [{ code: 'R' }]],
    ['active', [{ system: 'http://terminology.hl7.org/CodeSystem/special-values', code: 'true' }]],
    ['gender', [{ system: 'http://hl7.org/fhir/administrative-gender', code: 'female' }]],
    ['identifier', [{ system: 'urn:i', code: '42' }, { code: '43' }]],
    ['phone', [{ code: '555' }]],
    ['email', [{ code: 'a@b.org' }]],
    ['telecom', [{ code: '555' }, { code: 'a@b.org' }]],
    ['deceased', [{ system: 'http://terminology.hl7.org/CodeSystem/special-values', code: 'false' }]],
    ['language', []],
  ])('%s', (param, expected) => expect(values(patient, param)).toEqual(expected));

  test('a concept has a token for each coding, once', () => {
    const coding = [
      { system: 'urn:a', code: '1' },
      { system: 'urn:b', code: '1' },
      { system: 'urn:a', code: '1' },
      { display: 'x' },
    ];
    expect(values({ ...observation, code: { coding } }, 'code')).toEqual([
      { system: 'urn:a', code: '1' },
      { system: 'urn:b', code: '1' },
    ]);
  });
});

describe('references', () => {
  test.each<[string, object, object[]]>([
    ['relative', { reference: 'Patient/1' }, [{ target: { type: 'Patient', id: '1' } }]],
    ['of a version', { reference: 'Patient/1/_history/2' }, [{ target: { type: 'Patient', id: '1' } }]],
    [
      'absolute',
      { reference: 'http://a.org/fhir/Patient/1' },
      [{ target: { url: 'http://a.org/fhir/Patient/1' } }],
    ],
    ['a URN', { reference: 'urn:uuid:1' }, [{ target: { url: 'urn:uuid:1' } }]],
    [
      'an identifier',
      { identifier: { system: 'urn:i', value: '42' } },
      [{ target: {}, identifier: { system: 'urn:i', value: '42' } }],
    ],
    ['contained', { reference: '#a' }, []],
    ['a text', { display: 'somebody' }, []],
  ])('%s', (_title, subject, expected) =>
    expect(values({ ...observation, subject }, 'subject')).toEqual(expected),
  );

  test('a parameter for one type finds references to that type only', () => {
    expect(values({ ...observation, subject: { reference: 'Patient/1' } }, 'patient')).toHaveLength(1);
    expect(values({ ...observation, subject: { reference: 'Group/1' } }, 'patient')).toEqual([]);
    expect(values({ ...observation, subject: { reference: 'urn:uuid:1' } }, 'patient')).toEqual([]);
  });

  test('a canonical is found with and without its version', () => {
    expect(
      values(
        { resourceType: 'QuestionnaireResponse', status: 'completed', questionnaire: 'http://a.org/q|2' },
        'questionnaire',
      ),
    ).toEqual([{ target: { url: 'http://a.org/q|2' } }, { target: { url: 'http://a.org/q' } }]);
  });

  test('a Bundle refers to its first resource when that is what the parameter means', () => {
    const bundle = (resourceType: string) => ({
      resourceType: 'Bundle',
      type: 'document',
      entry: [{ resource: { resourceType, id: 'c' } }],
    });
    expect(values(bundle('Composition'), 'composition')).toEqual([
      { target: { type: 'Composition', id: 'c' } },
    ]);
    expect(values(bundle('Patient'), 'composition')).toEqual([]);
  });

  test('the references alone can be asked for', () => {
    const resource = {
      ...observation,
      subject: { reference: 'Patient/1' },
      encounter: { reference: 'Encounter/2' },
    };
    expect(
      referencesOf(resource)
        .map(({ param, target }) => `${param} ${target.type}/${target.id}`)
        .sort(),
    ).toEqual(['encounter Encounter/2', 'patient Patient/1', 'subject Patient/1']);
  });
});

describe('strings', () => {
  const patient: Resource = {
    resourceType: 'Patient',
    name: [{ family: "O'Brien", given: ['Zoë', 'Mary-Jane'], text: ' Zoë  O’Brien ' }],
    address: [{ line: ['Main St. 5'], city: 'Łódź', postalCode: '90-001', country: 'PL' }],
  };
  test('each part of a name or address is a text by itself, normalised and exact', () => {
    expect(values(patient, 'family')).toEqual([{ normalized: 'obrien', exact: "O'Brien" }]);
    expect(values(patient, 'given')).toEqual([
      { normalized: 'zoe', exact: 'Zoë' },
      { normalized: 'mary jane', exact: 'Mary-Jane' },
    ]);
    expect(values(patient, 'name')).toHaveLength(4);
    expect(values(patient, 'address')).toMatchObject(
      ['main st 5', 'lodz', '90 001', 'pl'].map((normalized) => ({ normalized })),
    );
  });
  test('a phonetic parameter holds how words sound', () => {
    expect(
      values({ resourceType: 'Patient', name: [{ family: 'Robert Ashcraft' }] }, 'phonetic'),
    ).toMatchObject([{ normalized: 'r163' }, { normalized: 'a261' }]);
  });
});

describe('dates', () => {
  test.each<[string, object, object]>([
    ['a year', { effectiveDateTime: '2024' }, { low: Date.UTC(2024), high: Date.UTC(2025) - 1 }],
    ['a month', { effectiveDateTime: '2024-02' }, { low: Date.UTC(2024, 1), high: Date.UTC(2024, 2) - 1 }],
    [
      'a day',
      { effectiveDateTime: '2024-02-29' },
      { low: Date.UTC(2024, 1, 29), high: Date.UTC(2024, 1, 29) + dayMs - 1 },
    ],
    [
      'a second',
      { effectiveDateTime: '2024-01-01T00:00:00+01:00' },
      { low: Date.UTC(2024) - 3_600_000, high: Date.UTC(2024) - 3_600_000 + 999 },
    ],
    [
      'a millisecond',
      { effectiveInstant: '2024-01-01T00:00:00.125Z' },
      { low: Date.UTC(2024) + 125, high: Date.UTC(2024) + 125 },
    ],
    [
      'a tenth of a second',
      { effectiveInstant: '2024-01-01T00:00:00.5Z' },
      { low: Date.UTC(2024) + 500, high: Date.UTC(2024) + 599 },
    ],
    [
      'a leap second',
      { effectiveInstant: '2016-12-31T23:59:60Z' },
      { low: Date.UTC(2017) - 1000, high: Date.UTC(2017) - 1 },
    ],
    [
      'a period',
      { effectivePeriod: { start: '2024', end: '2024' } },
      { low: Date.UTC(2024), high: Date.UTC(2025) - 1 },
    ],
    [
      'a period that has not ended',
      { effectivePeriod: { start: '2024' } },
      { low: Date.UTC(2024), high: LATEST_TIME },
    ],
    [
      'a period without a start',
      { effectivePeriod: { end: '2024' } },
      { low: EARLIEST_TIME, high: Date.UTC(2025) - 1 },
    ],
    [
      'a timing',
      { effectiveTiming: { event: ['2024-03-01', '2024-01-01'] } },
      { low: Date.UTC(2024), high: Date.UTC(2024, 2, 2) - 1 },
    ],
  ])('%s covers its whole time', (_title, effective, expected) =>
    expect(values({ ...observation, ...effective }, 'date')).toEqual([expected]),
  );

  test('dates of birth and death are marked to be hidden, and to the day', () => {
    expect(entries({ resourceType: 'Patient', birthDate: '1970-05' }, 'birthdate')).toMatchObject([
      { hidden: true, value: '1970-05' },
    ]);
    expect(
      entries({ resourceType: 'Patient', deceasedDateTime: '2020-01-02T03:04:05Z' }, 'death-date'),
    ).toMatchObject([{ hidden: true, value: '2020-01-02' }]);
    expect(searchParameters('RelatedPerson').get('birthdate')?.hidden).toBe(true);
    expect(entries({ ...observation, effectiveDateTime: '2024' }, 'date')[0]).not.toHaveProperty('hidden');
  });
});

describe('numbers and quantities', () => {
  test('a number stands for the range of its digits', () => {
    expect(
      values(
        {
          resourceType: 'RiskAssessment',
          status: 'final',
          subject: {},
          prediction: [
            { probabilityDecimal: 5.4 },
            { probabilityRange: { low: { value: 1 }, high: { value: 3 } } },
          ],
        },
        'probability',
      ),
    ).toEqual([
      { value: 5.4, low: 5.35, high: 5.45 },
      { value: 2, low: 1, high: 3 },
    ]);
    expect(values({ resourceType: 'ChargeItem', factorOverride: 100 }, 'factor-override')).toEqual([
      { value: 100, low: 99.5, high: 100.5 },
    ]);
  });
  test.each<[string, object, object[]]>([
    [
      'a quantity',
      { valueQuantity: { value: 7, unit: 'mg', system: 'urn:u', code: 'mg' } },
      [{ value: 7, low: 6.5, high: 7.5, unit: 'mg', system: 'urn:u', code: 'mg' }],
    ],
    [
      'less than',
      { valueQuantity: { value: 7, comparator: '<' } },
      [{ value: 7, low: Number.NEGATIVE_INFINITY, high: 7 }],
    ],
    ['no value', { valueQuantity: { unit: 'mg' } }, []],
    [
      'samples',
      {
        valueSampledData: {
          origin: { value: 0, code: 'mV' },
          period: 1,
          dimensions: 1,
          lowerLimit: -3,
          upperLimit: 3,
        },
      },
      [{ value: 0, low: -3, high: 3, code: 'mV' }],
    ],
  ])('%s', (_title, value, expected) =>
    expect(values({ ...observation, ...value }, 'value-quantity')).toEqual(expected),
  );
  test('money and ranges', () => {
    expect(
      values({ resourceType: 'Invoice', totalNet: { value: 5, currency: 'EUR' } }, 'totalnet'),
    ).toMatchObject([{ value: 5, system: 'urn:iso:std:iso:4217', code: 'EUR' }]);
    expect(
      values({ resourceType: 'Condition', onsetRange: { low: { value: 1, code: 'a' } } }, 'onset-age'),
    ).toEqual([{ value: 1, low: 1, high: Number.POSITIVE_INFINITY, code: 'a' }]);
  });
});

test('a composite holds what belongs together, and nothing where a part is missing', () => {
  const systolic = { code: { coding: [{ code: 's' }] }, valueQuantity: { value: 120 } };
  const diastolic = { code: { coding: [{ code: 'd' }] }, valueQuantity: { value: 80 } };
  const found = entries(
    { ...observation, component: [systolic, diastolic, { code: { coding: [{ code: 'x' }] } }] },
    'component-code-value-quantity',
  );
  expect(found).toMatchObject([
    { kind: 'composite', components: [[{ kind: 'token', code: 's' }], [{ kind: 'quantity', value: 120 }]] },
    { kind: 'composite', components: [[{ kind: 'token', code: 'd' }], [{ kind: 'quantity', value: 80 }]] },
  ]);
  expect(
    entries({ ...observation, effectiveDateTime: '2024', valueDateTime: '2024' }, 'code-value-date'),
  ).toHaveLength(1);
  expect(entries({ ...observation, valueQuantity: { value: 1 } }, 'combo-code-value-quantity')).toHaveLength(
    1,
  );
});

test('every type has the parameters of R4, those of every resource among them', () => {
  expect([...searchParameters('Observation').keys()]).toEqual(
    expect.arrayContaining([
      '_id',
      '_lastUpdated',
      '_profile',
      '_security',
      '_source',
      '_tag',
      'code',
      'combo-code',
    ]),
  );
  expect(searchParameters('Location').has('near')).toBe(false);
  expect(searchParameters('Observation').has('_text')).toBe(false);
  expect(searchParameters('Nope').size).toBe(0);
  const [first] = searchParametersFor('Patient');
  expect(first).toMatchObject({
    name: '_id',
    type: 'token',
    url: 'http://hl7.org/fhir/SearchParameter/Resource-id',
  });
  expect(searchParameters('Condition').get('code')?.description).toBe('Code for the condition');
});
