import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { canonicalize, type JsonObject } from '../../proof/index.ts';
import { maskedText, parseResource, validate } from '../index.ts';

const DATA_ABSENT_REASON = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason';
const MASKED = { extension: [{ url: DATA_ABSENT_REASON, valueCode: 'masked' }] };
const SECRET = 'seventh-secret';
const CODE = { coding: [{ system: 'http://loinc.org', code: '8302-2' }] };

const observation = (more: JsonObject): string =>
  canonicalize({
    resourceType: 'Observation',
    id: 'a',
    meta: { versionId: '2', tag: [{ system: 'urn:a', code: 'b' }] },
    status: 'final',
    code: CODE,
    subject: { reference: 'Patient/p' },
    ...more,
  });

const errorsOf = (text: string): string[] => {
  const parsed = parseResource(text);
  return validate(parsed.resource, parsed.text)
    .filter(({ severity }) => severity === 'error')
    .map(({ expression, rule }) => `${expression} ${rule}`);
};

const masked = (text: string, ...paths: string[]) => {
  const left = maskedText(text, paths);
  if (left === undefined) throw new Error('nothing may be shown');
  expect(errorsOf(left)).toEqual([]);
  return { text: left, resource: parseResource(left).resource as JsonObject };
};

describe('what is masked', () => {
  test('is gone, tagged as redacted and as no whole resource, and the rest stays as it was', () => {
    const text = observation({ valueString: SECRET, text: { status: 'generated', div: SECRET } });
    const { text: left, resource } = masked(text, 'Observation.valueString');
    expect(left).not.toContain(SECRET);
    expect(resource._valueString).toEqual(MASKED);
    expect(resource.meta).toEqual({
      versionId: '2',
      security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'REDACTED' }],
      tag: [
        { system: 'urn:a', code: 'b' },
        { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' },
      ],
    });
    expect(resource.subject).toEqual({ reference: 'Patient/p' });
  });

  test('keeps what must be there, masked as well', () => {
    const component = [
      { code: CODE, valueString: 'shown' },
      { code: { text: SECRET }, valueString: SECRET },
    ];
    const { text, resource } = masked(observation({ component }), 'Observation.component[1]');
    expect(text).not.toContain(SECRET);
    expect(resource.component).toEqual([component[0], { ...MASKED, code: MASKED }]);
  });

  test('leaves a number in its place, and the digits of others', () => {
    const quantity = '{"unit":"mg","value":1.50}';
    const text = observation({ valueQuantity: 0, referenceRange: 0 })
      .replace('"valueQuantity":0', `"valueQuantity":${quantity}`)
      .replace('"referenceRange":0', '"referenceRange":[{"high":{"value":2.00},"low":{"value":1.00}}]');
    const { text: left } = masked(text, 'Observation.valueQuantity.value');
    expect(left).not.toContain('1.50');
    expect(left).toContain('"high":{"value":2.00}');
    expect(masked(text, 'Observation.referenceRange[0].low.value').text).not.toContain('1.00');
  });

  test('leaves a hole in a list of primitives', () => {
    const patient = canonicalize({ resourceType: 'Patient', id: 'a', name: [{ given: ['Anna', SECRET] }] });
    const { text, resource } = masked(patient, 'Patient.name[0].given[1]');
    expect(text).not.toContain(SECRET);
    expect(resource.name).toEqual([{ given: ['Anna', null], _given: [null, MASKED] }]);
  });

  test('in an extension takes the whole extension, whatever else is masked in the same list', () => {
    const extension = ['a', 'b', 'c'].map((name) => ({
      url: `urn:${name}`,
      valueString: `${SECRET} ${name}`,
    }));
    const { text, resource } = masked(
      observation({ extension }),
      'Observation.extension[0]',
      'Observation.extension[1]',
    );
    expect(text).not.toContain(`${SECRET} a`);
    expect(resource.extension).toEqual([extension[2]]);
    expect(
      masked(observation({ extension: [extension[0]] }), 'Observation.extension[0]').resource,
    ).not.toHaveProperty('extension');
  });

  test('of a contained resource leaves one that can be referred to', () => {
    const contained = [{ resourceType: 'Practitioner', id: 'who', name: [{ family: SECRET }] }];
    const text = observation({ contained, performer: [{ reference: '#who' }] });
    const { text: left, resource } = masked(text, 'Observation.contained[0]');
    expect(left).not.toContain(SECRET);
    expect(resource.contained).toEqual([{ resourceType: 'Practitioner', id: 'who', ...MASKED }]);
  });

  test('takes the narrative of every resource inside along', () => {
    const contained = [
      {
        resourceType: 'Practitioner',
        id: 'who',
        gender: 'female',
        text: { status: 'generated', div: SECRET },
      },
    ];
    const text = observation({ contained, performer: [{ reference: '#who' }] });
    expect(masked(text, 'Observation.contained[0].gender').text).not.toContain(SECRET);
  });

  test('takes the narrative of the sections of a document along, also of one stored whole', () => {
    const div = `<div xmlns="http://www.w3.org/1999/xhtml">${SECRET}</div>`;
    const narrative = { status: 'additional', div };
    const composition = {
      resourceType: 'Composition',
      id: 'c',
      status: 'final',
      type: CODE,
      date: '2026-03-01',
      author: [{ reference: 'Practitioner/p' }],
      title: 'Summary',
      section: [
        { title: 'In words', text: narrative },
        { text: narrative, section: [{ text: narrative, entry: [{ reference: 'Condition/c' }] }] },
      ],
    };
    const bundle = {
      resourceType: 'Bundle',
      id: 'b',
      type: 'document',
      identifier: { system: 'urn:ietf:rfc:3986', value: 'urn:uuid:6f2c0ac0-2d7e-4b52-9d6b-5f6b6c1a0b01' },
      timestamp: '2026-03-01T10:00:00Z',
      entry: [{ fullUrl: 'urn:uuid:6f2c0ac0-2d7e-4b52-9d6b-5f6b6c1a0b02', resource: composition }],
    };
    const entry = 'section[1].section[0].entry[0]';
    const { text, resource } = masked(canonicalize(composition), `Composition.${entry}`);
    expect(text).not.toContain(SECRET);
    expect(resource.section).toMatchObject([{ title: 'In words', text: { status: 'empty' } }, {}]);
    const inBundle = masked(canonicalize(bundle), `Bundle.entry[0].resource.${entry}`).text;
    expect([inBundle.includes(SECRET), inBundle.includes('In words')]).toEqual([false, true]);
  });

  test('hides the whole where a version would be none without it', () => {
    for (const path of ['Observation.meta.tag[0]', 'Observation.modifierExtension[0]', 'Observation.id'])
      expect(maskedText(observation({}), [path])).toBeUndefined();
  });

  test('passes over what an outer path took along', () => {
    const { resource } = masked(
      observation({ valueCodeableConcept: { text: SECRET, coding: [{ code: SECRET }] } }),
      'Observation.valueCodeableConcept',
      'Observation.valueCodeableConcept.coding[0]',
    );
    expect(resource.valueCodeableConcept).toEqual(MASKED);
  });

  test('takes along what nothing refers to any more, since it was a part of it', () => {
    const contained = [{ resourceType: 'Patient', id: 'who', birthDate: '1970-01-01' }];
    const text = observation({ contained, subject: { reference: '#who' } });
    const { text: left } = masked(text, 'Observation.subject');
    expect(left).not.toContain('1970-01-01');
  });

  test('is left out where a mask in its place would not be valid', () => {
    const text = canonicalize({
      resourceType: 'Condition',
      id: 'a',
      subject: { reference: 'Patient/p' },
      verificationStatus: {
        coding: [
          { system: 'http://terminology.hl7.org/CodeSystem/condition-ver-status', code: 'provisional' },
        ],
      },
    });
    const { resource } = masked(text, 'Condition.verificationStatus');
    expect(resource).not.toHaveProperty('verificationStatus');
  });

  test('takes along what it stands in where that would not be valid without it', () => {
    const expectedSupplyDuration = { value: 3, unit: 'days', system: 'http://unitsofmeasure.org', code: 'd' };
    const text = canonicalize({
      resourceType: 'MedicationRequest',
      id: 'a',
      status: 'active',
      intent: 'order',
      medicationCodeableConcept: { text: 'a' },
      subject: { reference: 'Patient/p' },
      dispenseRequest: { numberOfRepeatsAllowed: 1, expectedSupplyDuration },
    });
    const { resource } = masked(text, 'MedicationRequest.dispenseRequest.expectedSupplyDuration.system');
    expect(resource.dispenseRequest).toEqual({ numberOfRepeatsAllowed: 1, expectedSupplyDuration: MASKED });
  });
});

describe('in the official examples', () => {
  const folder = join(import.meta.dirname, '../../../node_modules/hl7.fhir.r4.examples');
  const types = ['Observation', 'Condition', 'Encounter', 'MedicationRequest', 'CarePlan', 'Claim'];
  const names = readdirSync(folder).filter((name) => types.some((type) => name.startsWith(`${type}-`)));

  test('whatever single element is masked, the rest is valid', () => {
    let count = 0;
    for (const [at, name] of names.filter((each) => each.endsWith('.json')).entries()) {
      const raw = readFileSync(join(folder, name), 'utf8');
      const { resource, text } = parseResource(raw);
      const paths = Object.entries(resource)
        .filter(([key]) => !['resourceType', 'id', 'meta', 'text'].includes(key) && !key.startsWith('_'))
        .map(([key, value]) => `${resource.resourceType}.${key}${Array.isArray(value) ? '[0]' : ''}`);
      const path = paths[at % paths.length] ?? '';
      const left = maskedText(text, [path]);
      if (left === undefined) continue;
      count += 1;
      expect(
        errorsOf(left).filter((each) => !errorsOf(text).includes(each)),
        `${name} ${path}`,
      ).toEqual([]);
      expect(left).not.toBe(text);
    }
    expect(count).toBeGreaterThan(100);
  });
});
