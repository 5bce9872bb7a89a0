import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseResource, type Resource, resourceTypes, validate } from '../index.ts';

const observation = {
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
};
const patient = { resourceType: 'Patient' };

function findings(resource: object): string[] {
  const { resource: parsed, text } = parseResource(JSON.stringify(resource));
  return validate(parsed, text).map(({ expression, rule }) => `${expression} ${rule}`);
}

describe('structure', () => {
  test.each<[string, object, string[]]>([
    ['an unknown element', { ...patient, nmae: [] }, ['Patient.nmae unknown-element']],
    [
      'an element of another R4 dialect',
      { ...patient, meta: { project: 'x' } },
      ['Patient.meta.project unknown-element'],
    ],
    [
      'a prototype as element',
      JSON.parse('{"resourceType":"Patient","__proto__":{"a":1},"constructor":1}'),
      ['Patient.__proto__ unknown-element', 'Patient.constructor unknown-element'],
    ],
    ['a missing element', { resourceType: 'Observation', status: 'final' }, ['Observation.code cardinality']],
    ['a single value for an array', { ...patient, name: { family: 'A' } }, ['Patient.name type']],
    ['an array for a single value', { ...patient, gender: ['male'] }, ['Patient.gender type']],
    ['an empty array', { ...patient, name: [] }, ['Patient.name empty']],
    ['an empty object', { ...patient, name: [{}] }, ['Patient.name[0] empty']],
    ['an empty string', { ...patient, language: '' }, ['Patient.language empty']],
    ['null', { ...patient, gender: null }, ['Patient.gender null']],
    ['null in an array', { ...patient, name: [{ given: [null] }] }, ['Patient.name[0].given[0] null']],
    ['a number for a string', { ...patient, language: 1 }, ['Patient.language type']],
    ['a string for an object', { ...patient, maritalStatus: 'M' }, ['Patient.maritalStatus type']],
    [
      'two types of one choice',
      { ...observation, valueString: 'a', valueInteger: 1 },
      ['Observation.valueString choice'],
    ],
    [
      'a choice and an extension of another',
      { ...observation, valueString: 'a', _valueInteger: { id: 'x' } },
      ['Observation.valueString choice'],
    ],
    [
      'a type that the choice does not have',
      { ...observation, valueAddress: {} },
      ['Observation.valueAddress unknown-element'],
    ],
    [
      'an extension beside an object',
      { ...observation, _code: { id: 'a' } },
      ['Observation._code unknown-element'],
    ],
    [
      'extensions that do not align',
      { ...patient, name: [{ given: ['a', 'b'], _given: [{ id: 'x' }] }] },
      ['Patient.name[0].given type'],
    ],
    [
      'a comparator in a SimpleQuantity',
      { ...observation, referenceRange: [{ low: { value: 1, comparator: '<' } }] },
      [
        'Observation.referenceRange[0].low.comparator cardinality',
        'Observation.referenceRange[0].low invariant:sqty-1',
      ],
    ],
    [
      'a repeated backbone element of content elsewhere',
      { ...observation, component: [{ code: { text: 'a' }, referenceRange: [{ low: {} }] }] },
      ['Observation.component[0].referenceRange[0].low empty'],
    ],
  ])('%s is found', (_title, resource, expected) => expect(findings(resource)).toEqual(expected));

  test('a primitive with extensions in place of its value is valid', () => {
    const absent = {
      extension: [
        { url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' },
      ],
    };
    expect(
      findings({ ...patient, _birthDate: absent, name: [{ given: ['a', null], _given: [null, absent] }] }),
    ).toEqual([]);
    expect(findings({ resourceType: 'Observation', code: observation.code, _status: absent })).toEqual([]);
  });
});

describe('primitive values', () => {
  test.each<[string, object, string[]]>([
    [
      'a birth date that no calendar has',
      { ...patient, birthDate: '2023-02-29' },
      ['Patient.birthDate date'],
    ],
    ['the year 0', { ...patient, birthDate: '0000' }, ['Patient.birthDate date']],
    [
      'a time without a zone',
      { ...observation, effectiveDateTime: '2023-01-01T10:00:00' },
      ['Observation.effectiveDateTime dateTime'],
    ],
    [
      'an instant without seconds',
      { ...observation, issued: '2023-01-01T10:00Z' },
      ['Observation.issued instant'],
    ],
    ['an id with a slash', { ...patient, id: 'a/b' }, ['Patient.id id']],
    ['an id of 65 characters', { ...patient, id: 'a'.repeat(65) }, ['Patient.id id']],
    ['a code with two spaces', { ...patient, language: 'a  b' }, ['Patient.language code']],
    ['a URI with a space', { ...patient, implicitRules: 'http://a b' }, ['Patient.implicitRules uri']],
    [
      'a control character',
      { ...patient, name: [{ family: 'a\u0000b' }] },
      ['Patient.name[0].family string'],
    ],
    [
      'an integer with a fraction',
      { ...observation, valueInteger: 1.5 },
      ['Observation.valueInteger integer', 'Observation.valueInteger integer'],
    ],
    [
      'an integer beyond 32 bits',
      { ...observation, valueInteger: 2147483648 },
      ['Observation.valueInteger integer'],
    ],
    [
      'a positive integer of 0',
      { ...patient, telecom: [{ rank: 0 }] },
      ['Patient.telecom[0].rank positiveInt'],
    ],
    [
      'base64 that is none',
      { ...patient, photo: [{ contentType: 'image/png', data: 'abc' }] },
      ['Patient.photo[0].data base64Binary'],
    ],
  ])('%s is found', (_title, resource, expected) => expect(findings(resource)).toEqual(expected));

  test('an integer written as a decimal is found in the text', () => {
    const { resource, text } = parseResource(
      JSON.stringify(observation).replace('{', '{"valueInteger":1.0,'),
    );
    expect(validate(resource)).toEqual([]);
    expect(validate(resource, text)).toMatchObject([
      { rule: 'integer', expression: 'Observation.valueInteger' },
    ]);
  });

  test('a decimal is limited by nothing but the range of numbers', () => {
    for (const digits of ['1.50', '1e3', '0.10', '100000000000000000000.12', '-1E-300']) {
      const { resource, text } = parseResource(
        JSON.stringify(observation).replace('{', `{"valueQuantity":{"value":${digits}},`),
      );
      expect(validate(resource, text)).toEqual([]);
      expect(text).toContain(`"value":${digits}}`);
    }
    const { resource } = parseResource(
      JSON.stringify(observation).replace('{', '{"valueQuantity":{"value":1e999},'),
    );
    expect(validate(resource)).toMatchObject([{ rule: 'decimal' }]);
  });

  test('white space inside base64 and a no-break space inside a code are valid, as R4 publishes them', () => {
    expect(findings({ ...patient, photo: [{ contentType: 'image/gif', data: 'R0lG\n  ODlh' }] })).toEqual([]);
    expect(findings({ ...patient, language: 'KIDN\u00c2\u00a0' })).toEqual([]);
  });
});

describe('required bindings', () => {
  const allergy = { resourceType: 'AllergyIntolerance', patient: { reference: 'Patient/1' } };
  const clinical = (...coding: object[]) => ({ ...allergy, clinicalStatus: { coding } });
  const system = 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical';

  test.each<[string, object, string[]]>([
    ['a code', { ...observation, status: 'nope' }, ['Observation.status required-binding']],
    ['a code of other case', { ...patient, gender: 'Male' }, ['Patient.gender required-binding']],
    [
      'a code in an array',
      { resourceType: 'HealthcareService', availableTime: [{ daysOfWeek: ['mon', 'xyz'] }] },
      ['HealthcareService.availableTime[0].daysOfWeek[1] required-binding'],
    ],
    [
      'a concept of another system',
      clinical({ system: 'http://example.org', code: 'active' }),
      ['AllergyIntolerance.clinicalStatus required-binding'],
    ],
    [
      'a concept without a system',
      clinical({ code: 'active' }),
      ['AllergyIntolerance.clinicalStatus required-binding'],
    ],
    [
      'a media type without a subtype',
      { ...patient, photo: [{ contentType: 'png' }] },
      ['Patient.photo[0].contentType required-binding'],
    ],
    [
      'a currency in words',
      { resourceType: 'Invoice', status: 'draft', totalNet: { value: 1, currency: 'Euro' } },
      ['Invoice.totalNet.currency required-binding'],
    ],
  ])('%s outside the value set is found', (_title, resource, expected) =>
    expect(findings(resource)).toEqual(expected),
  );

  test('one coding of the value set is enough', () => {
    expect(
      findings(clinical({ system: 'http://example.org', code: 'x' }, { system, code: 'active' })),
    ).toEqual([]);
    expect(findings({ ...allergy, clinicalStatus: { text: 'active' } })).toEqual([
      'AllergyIntolerance.clinicalStatus required-binding',
    ]);
  });
});

describe('references and contained resources', () => {
  test.each<[string, object, string[]]>([
    [
      'a wrong type',
      { ...observation, subject: { reference: 'Practitioner/1' } },
      ['Observation.subject reference-type'],
    ],
    [
      'a wrong type by URL',
      { ...observation, subject: { reference: 'http://a.org/fhir/Medication/1' } },
      ['Observation.subject reference-type'],
    ],
    [
      'a wrong conditional type',
      { ...observation, subject: { reference: 'Practitioner?identifier=1' } },
      ['Observation.subject reference-type'],
    ],
    [
      'a type that contradicts the text',
      { ...observation, subject: { reference: 'Patient/1', type: 'Group' } },
      ['Observation.subject reference-type'],
    ],
    [
      'a wrong contained type',
      { ...observation, subject: { reference: '#a' }, contained: [{ resourceType: 'Medication', id: 'a' }] },
      ['Observation.subject reference-type'],
    ],
    [
      'a contained resource that is not there',
      { ...observation, subject: { reference: '#a' } },
      ['Observation.subject invariant:ref-1'],
    ],
    [
      'a contained resource that nothing refers to',
      { ...observation, contained: [{ resourceType: 'Patient', id: 'a' }] },
      ['Observation invariant:dom-3'],
    ],
    [
      'a contained resource without id',
      { ...observation, contained: [{ resourceType: 'Patient' }] },
      ['Observation.contained[0].id contained-id'],
    ],
    [
      'a contained resource of no type',
      { ...observation, contained: [{ id: 'a' }] },
      ['Observation.contained[0].resourceType resource-type', 'Observation invariant:dom-3'],
    ],
    [
      'an abstract type',
      { resourceType: 'Bundle', type: 'collection', entry: [{ resource: { resourceType: 'Resource' } }] },
      ['Bundle.entry[0].resource.resourceType resource-type'],
    ],
  ])('%s is found', (_title, resource, expected) => expect(findings(resource)).toEqual(expected));

  test('references of any form that R4 has are valid', () => {
    const inside = {
      resourceType: 'Patient',
      id: 'p',
      link: [{ type: 'refer', other: { reference: 'Patient/2' } }],
    };
    for (const subject of [
      'Patient/1',
      'Patient/1/_history/2',
      'http://a.org/fhir/Patient/1',
      'urn:uuid:c757873d-ec9a-4326-a141-556f43239520',
      'Patient?identifier=a|b',
    ]) {
      expect(findings({ ...observation, subject: { reference: subject } })).toEqual([]);
    }
    expect(findings({ ...observation, subject: { reference: '#p' }, contained: [inside] })).toEqual([]);
    expect(findings({ ...observation, subject: { identifier: { value: '1' } } })).toEqual([]);
  });
});

describe('invariants', () => {
  test.each<[string, object, string[]]>([
    [
      'obs-6',
      { ...observation, valueString: 'a', dataAbsentReason: { text: 'x' } },
      ['Observation invariant:obs-6'],
    ],
    [
      'obs-7',
      { ...observation, valueString: 'a', component: [{ code: observation.code }] },
      ['Observation invariant:obs-7'],
    ],
    [
      'ext-1',
      { ...patient, extension: [{ url: 'http://a.org/x' }] },
      ['Patient.extension[0] invariant:ext-1'],
    ],
    [
      'per-1',
      { ...patient, name: [{ family: 'a', period: { start: '2020-02', end: '2020-01' } }] },
      ['Patient.name[0].period invariant:per-1'],
    ],
    ['pat-1', { ...patient, contact: [{ gender: 'male' }] }, ['Patient.contact[0] invariant:pat-1']],
    [
      'bdl-7',
      {
        resourceType: 'Bundle',
        type: 'collection',
        entry: [
          { fullUrl: 'urn:a:1', resource: patient },
          { fullUrl: 'urn:a:1', resource: patient },
        ],
      },
      ['Bundle invariant:bdl-7'],
    ],
  ])('%s is found', (_title, resource, expected) => expect(findings(resource)).toEqual(expected));

  test('times of different precision are no contradiction', () => {
    expect(
      findings({ ...patient, name: [{ family: 'a', period: { start: '2020-01-15', end: '2020-01' } }] }),
    ).toEqual([]);
  });
});

test('issues name the element, the rule and its clause, and never a value', () => {
  const secret = 'Ada Lovelace';
  const issues = validate({
    resourceType: 'Patient',
    gender: secret,
    birthDate: secret,
    name: secret,
    managingOrganization: { reference: secret },
  });
  expect(issues.map(({ rule }) => rule)).toEqual(['required-binding', 'date', 'type']);
  expect(JSON.stringify(issues)).not.toContain(secret);
  for (const { clause } of issues) expect(clause).toMatch(/^R4 \w+/);
});

test('a resource with very many faults has a short list of them', () => {
  const issues = validate({ resourceType: 'Patient', name: Array.from({ length: 10_000 }, () => ({})) });
  expect(issues.length).toBeLessThanOrEqual(101);
  expect(issues.at(-1)?.rule).toBe('too-many-issues');
});

test('validation never throws, whatever JSON stands under a resource type', () => {
  const names = fc.constantFrom(
    'id',
    'meta',
    'text',
    'contained',
    'extension',
    '_id',
    'name',
    'value',
    'code',
    'entry',
    'resource',
    'reference',
    'resourceType',
    'subject',
    'status',
    'item',
    '__proto__',
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      fc.jsonValue({ maxDepth: 1 }),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(names, tie('tree'), { maxKeys: 5 }),
    ),
  }));
  fc.assert(
    fc.property(fc.constantFrom(...resourceTypes()), fc.dictionary(names, tree), (resourceType, members) => {
      const resource = { ...members, resourceType } as unknown as Resource;
      const { resource: parsed, text } = parseResource(JSON.stringify(resource));
      expect(Array.isArray(validate(parsed, text))).toBe(true);
    }),
    { numRuns: 2000 },
  );
});
