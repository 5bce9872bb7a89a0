import { describe, expect, test } from 'vitest';
import { MAX_COUNT, MAX_PARAMETERS, MAX_VALUES, parseSearch, type SearchContext } from '../index.ts';

function search(type: string, query: string, context: SearchContext = {}) {
  const parsed = parseSearch(type, [...new URLSearchParams(query)], context);
  if (!parsed.ok) throw new Error(parsed.issues.map(({ message }) => message).join(' '));
  return parsed.search;
}
const filter = (type: string, query: string, context?: SearchContext) =>
  search(type, query, context).filters[0];
function refusal(type: string, query: string, context?: SearchContext) {
  const parsed = parseSearch(type, [...new URLSearchParams(query)], context);
  if (parsed.ok) throw new Error(`${query} was not refused`);
  return parsed.issues.map(({ code, parameter }) => `${code} ${parameter}`);
}

describe('what the index cannot answer is refused, never ignored', () => {
  test.each([
    ['Patient', 'name:contains=a', 'not-supported name:contains'],
    ['Patient', 'gender:text=a', 'not-supported gender:text'],
    ['Observation', 'code:above=a', 'not-supported code:above'],
    ['Observation', 'code:below=a', 'not-supported code:below'],
    ['Observation', 'code:in=http://a.org/vs', 'not-supported code:in'],
    ['Observation', 'code:not-in=http://a.org/vs', 'not-supported code:not-in'],
    ['Patient', 'identifier:of-type=a|b|c', 'not-supported identifier:of-type'],
    ['Patient', '_text=a', 'not-supported _text'],
    ['Patient', '_content=a', 'not-supported _content'],
    ['Patient', '_filter=name eq a', 'not-supported _filter'],
    ['Patient', '_list=1', 'not-supported _list'],
    ['Patient', '_query=a', 'not-supported _query'],
    ['Patient', '_type=Patient', 'not-supported _type'],
    ['Patient', '_contained=true', 'not-supported _contained'],
    ['Location', 'near=1|2|3', 'not-supported near'],
    ['Patient', 'nope=1', 'not-supported nope'],
    ['Patient', '_sort=name', 'not-supported _sort'],
    ['Patient', '_sort=birthdate', 'not-supported _sort'],
    ['Observation', '_sort=code', 'not-supported _sort'],
    ['Observation', '_sort=nope', 'not-supported _sort'],
    ['Observation', '_include=*', 'not-supported _include'],
    ['Observation', '_include:iterate=Observation:subject', 'not-supported _include:iterate'],
    ['Observation', 'date:exact=2024', 'not-supported date:exact'],
    ['Patient', 'birthdate=2024-01-01T10:00:00Z', 'not-supported birthdate'],
    ['Patient', 'birthdate=ap2024', 'not-supported birthdate'],
    ['Observation', 'date=ap2024', 'not-supported date'],
    ['Observation', 'subject=Patient/1/_history/2', 'not-supported subject'],
    ['Observation', 'subject:Patient.organization.name=a', 'not-supported subject:Patient.organization.name'],
    [
      'Patient',
      '_has:Observation:patient:_has:Provenance:target:agent=1',
      'not-supported _has:Observation:patient:_has:Provenance:target:agent',
    ],
    ['Observation', 'subject:Nope=1', 'not-supported subject:Nope'],
    ['Nope', 'a=b', 'not-supported '],
  ])('%s?%s', (type, query, expected) => expect(refusal(type, query)).toEqual([expected]));
});

describe('values that are not in the form of their parameter are refused', () => {
  test.each([
    ['Patient', 'gender='],
    ['Patient', 'gender=|'],
    ['Patient', 'identifier=a|b|c'],
    ['Patient', 'identifier=a\\x'],
    ['Patient', 'identifier=a\\'],
    ['Patient', 'active:missing=maybe'],
    ['Patient', 'name=...'],
    ['Patient', 'birthdate=yesterday'],
    ['Patient', 'birthdate=2023-02-29'],
    ['Patient', 'birthdate=0000'],
    ['Patient', '_lastUpdated=2024-13'],
    ['Patient', '_lastUpdated=xx2024'],
    ['Observation', 'value-quantity=a'],
    ['Observation', 'value-quantity=1|a'],
    ['Observation', 'value-quantity=1|a|'],
    ['Observation', 'value-quantity=1e999'],
    ['RiskAssessment', 'probability=NaN'],
    ['RiskAssessment', 'probability=0x10'],
    ['Observation', 'subject=a b'],
    ['Observation', 'subject=Practitioner/1'],
    ['Observation', 'subject:Practitioner=1'],
    ['Observation', 'code-value-quantity=a'],
    ['Observation', 'code-value-quantity=a$1$2'],
    ['Observation', 'subject.name=a&_count=x'.replace('subject.name=a&', '')],
    ['Observation', '_count=-1'],
    ['Observation', '_total=some'],
    ['Observation', '_summary=maybe'],
    ['Observation', '_elements=a,,b'],
    ['Observation', '_include=Observation'],
    ['Observation', '_include=Observation:code'],
    ['Observation', '_include=Observation:subject:Nope'],
    ['Observation', '_count=1&_count=2'],
    ['Observation', 'code.text=a'],
    ['Observation', 'code:not:exact=a'],
    ['Patient', '_has:Observation=1'],
    ['Patient', '_has:Observation:patient=1'],
    ['Patient', '_has:Observation:encounter:code=1'],
    ['Patient', '_has:Observation:code:code=1'],
    ['StructureDefinition', 'url=a b'],
    ['Provenance', 'target.name=a'],
  ])('%s?%s', (type, query) => {
    const [first = '', ...more] = refusal(type, query);
    expect(more).toEqual([]);
    expect(first).toMatch(/^value /);
  });

  test('all that is wrong is said at once, without the values', () => {
    const parsed = parseSearch('Patient', [
      ['birthdate', 'Ada'],
      ['nope', 'Ada'],
      ['name', 'ok'],
    ]);
    expect(parsed).toMatchObject({
      ok: false,
      issues: [
        { code: 'value', parameter: 'birthdate' },
        { code: 'not-supported', parameter: 'nope' },
      ],
    });
    expect(JSON.stringify(parsed)).not.toContain('Ada');
  });

  test('a search has limits', () => {
    expect(
      parseSearch(
        'Patient',
        Array.from({ length: MAX_PARAMETERS + 1 }, () => ['name', 'a'] as const),
      ).ok,
    ).toBe(false);
    expect(refusal('Patient', `name=${'a,'.repeat(MAX_VALUES)}a`)).toEqual(['too-costly name']);
    expect(refusal('Patient', `name=${'a'.repeat(5000)}`)).toEqual(['too-costly name']);
    expect(refusal('Patient', `_count=${MAX_COUNT + 1}`)).toEqual(['too-costly _count']);
    expect(refusal('Observation', '_sort=date,-date,date,-date,date')).toEqual(['too-costly _sort']);
    expect(
      refusal('Observation', Array.from({ length: 17 }, () => '_include=Observation:subject').join('&')),
    ).toEqual(['too-costly _include']);
  });
});

describe('tokens, strings, URIs', () => {
  test.each<[string, string, object]>([
    ['Patient', 'gender=male', { kind: 'token', param: 'gender', not: false, values: [{ code: 'male' }] }],
    [
      'Observation',
      'code=http://loinc.org|8867-4,x',
      { values: [{ system: 'http://loinc.org', code: '8867-4' }, { code: 'x' }] },
    ],
    ['Observation', 'code=|a', { values: [{ system: '', code: 'a' }] }],
    ['Observation', 'code=urn:a|', { values: [{ system: 'urn:a' }] }],
    ['Observation', 'code:not=a', { not: true }],
    ['Patient', 'identifier=a\\,b\\|c\\$d\\\\', { values: [{ code: 'a,b|c$d\\' }] }],
    ['Patient', '_id=1,2', { kind: 'token', param: '_id', values: [{ code: '1' }, { code: '2' }] }],
    [
      'Patient',
      "name=O'Neill,Zoë",
      {
        kind: 'string',
        exactly: false,
        values: [{ normalized: 'oneill', exact: "O'Neill" }, { normalized: 'zoe' }],
      },
    ],
    ['Patient', 'family:exact=Mc', { exactly: true, values: [{ exact: 'Mc' }] }],
    ['Patient', 'phonetic=Rupert', { values: [{ normalized: 'r163' }] }],
    ['Patient', 'active:missing=true', { kind: 'missing', param: 'active', missing: true }],
    ['StructureDefinition', 'url=http://a.org/x', { kind: 'uri', values: ['http://a.org/x'] }],
    ['Observation', '_profile=http://a.org/p', { kind: 'uri', param: '_profile' }],
  ])('%s?%s', (type, query, expected) => expect(filter(type, query)).toMatchObject(expected));
});

describe('references, chains, _has', () => {
  const base = { baseUrl: 'http://localhost:8471/orgs/a/fhir' };
  test.each<[string, string, object]>([
    [
      'Observation',
      'patient=1',
      { kind: 'reference', param: 'patient', values: [{ by: 'id', types: ['Patient'], id: '1' }] },
    ],
    [
      'Observation',
      'subject=1',
      { values: [{ by: 'id', types: ['Group', 'Device', 'Patient', 'Location'], id: '1' }] },
    ],
    [
      'Observation',
      'subject=Patient/1,Group/2',
      {
        values: [
          { types: ['Patient'], id: '1' },
          { types: ['Group'], id: '2' },
        ],
      },
    ],
    ['Observation', 'subject:Patient=1', { values: [{ types: ['Patient'], id: '1' }] }],
    [
      'Observation',
      'subject=http://localhost:8471/orgs/a/fhir/Patient/1',
      { values: [{ by: 'id', types: ['Patient'], id: '1' }] },
    ],
    [
      'Observation',
      'subject=http://b.org/fhir/Patient/1',
      { values: [{ by: 'url', url: 'http://b.org/fhir/Patient/1' }] },
    ],
    [
      'Observation',
      'subject:identifier=urn:i|42',
      { kind: 'reference', values: [{ by: 'identifier', token: { system: 'urn:i', code: '42' } }] },
    ],
    [
      'Observation',
      'subject:Patient.name=ada',
      {
        kind: 'chain',
        param: 'subject',
        targets: [{ type: 'Patient', filter: { kind: 'string', param: 'name' } }],
      },
    ],
    [
      'Observation',
      'patient.birthdate=gt1970',
      { kind: 'chain', targets: [{ type: 'Patient', filter: { kind: 'date', hidden: true } }] },
    ],
    [
      'Observation',
      'subject.identifier=1',
      { targets: [{ type: 'Group' }, { type: 'Device' }, { type: 'Patient' }, { type: 'Location' }] },
    ],
    ['Observation', 'subject:Patient.family:exact=A', { targets: [{ filter: { exactly: true } }] }],
    [
      'Patient',
      '_has:Observation:patient:code=a|b',
      {
        kind: 'has',
        type: 'Observation',
        reference: 'patient',
        filter: { kind: 'token', values: [{ system: 'a', code: 'b' }] },
      },
    ],
  ])('%s?%s', (type, query, expected) => expect(filter(type, query, base)).toMatchObject(expected));
});

describe('dates, numbers, quantities, composites', () => {
  test.each<[string, string, object]>([
    [
      'Observation',
      'date=2024',
      {
        kind: 'date',
        hidden: false,
        values: [{ prefix: 'eq', low: Date.UTC(2024), high: Date.UTC(2025) - 1, text: '2024' }],
      },
    ],
    [
      'Observation',
      'date=ge2024-01-01T10:00',
      { values: [{ prefix: 'ge', low: Date.UTC(2024, 0, 1, 10), high: Date.UTC(2024, 0, 1, 10, 1) - 1 }] },
    ],
    ['Patient', 'birthdate=lt1970-05', { hidden: true, values: [{ prefix: 'lt', text: '1970-05' }] }],
    [
      'Patient',
      '_lastUpdated=sa2024-01-01',
      { kind: 'date', param: '_lastUpdated', values: [{ prefix: 'sa' }] },
    ],
    [
      'RiskAssessment',
      'probability=gt0.80',
      { kind: 'number', values: [{ prefix: 'gt', value: 0.8, low: 0.795, high: 0.805 }] },
    ],
    [
      'RiskAssessment',
      'probability=1e-2',
      { values: [{ prefix: 'eq', value: 0.01, low: 0.005, high: 0.015 }] },
    ],
    ['RiskAssessment', 'probability=ap100', { values: [{ prefix: 'ap', low: 90, high: 110 }] }],
    [
      'Observation',
      'value-quantity=le5.4|http://unitsofmeasure.org|mg',
      {
        kind: 'quantity',
        values: [{ prefix: 'le', value: 5.4, system: 'http://unitsofmeasure.org', code: 'mg' }],
      },
    ],
    ['Observation', 'value-quantity=-5||mg', { values: [{ value: -5, low: -5.5, high: -4.5, code: 'mg' }] }],
    [
      'Observation',
      'component-code-value-quantity=http://loinc.org|8480-6$lt60',
      {
        kind: 'composite',
        values: [
          [
            { kind: 'token', values: [{ code: '8480-6' }] },
            { kind: 'quantity', values: [{ prefix: 'lt', value: 60 }] },
          ],
        ],
      },
    ],
    [
      'Observation',
      'code-value-string=a$x\\$y',
      { values: [[{ kind: 'token' }, { kind: 'string', values: [{ exact: 'x$y' }] }]] },
    ],
  ])('%s?%s', (type, query, expected) => {
    const found = filter(type, query);
    expect(found).toMatchObject(expected);
  });

  test('approximately is a tenth of the time that has passed', () => {
    const found = filter('Observation', 'date=ap2024-01-01T00:00:00.000Z', { now: Date.UTC(2024, 0, 11) });
    expect(found).toMatchObject({ values: [{ low: Date.UTC(2023, 11, 31), high: Date.UTC(2024, 0, 2) }] });
  });
});

test('result parameters', () => {
  const found = search(
    'Observation',
    '_count=20&_sort=-date,_lastUpdated&_include=Observation:subject:Patient&_revinclude=Provenance:target&_total=accurate&_summary=data&_elements=code,value&_format=json&code=a&code=b',
  );
  expect(found).toMatchObject({
    type: 'Observation',
    count: 20,
    total: 'accurate',
    summary: 'data',
    elements: ['code', 'value'],
    format: 'json',
    sort: [
      { param: 'date', descending: true },
      { param: '_lastUpdated', descending: false },
    ],
    includes: [{ type: 'Observation', param: 'subject', target: 'Patient' }],
    revIncludes: [{ type: 'Provenance', param: 'target' }],
  });
  expect(found.filters).toHaveLength(2);
  expect(search('Patient', '')).toEqual({
    type: 'Patient',
    filters: [],
    includes: [],
    revIncludes: [],
    sort: [],
  });
});
