import { describe, expect, test } from 'vitest';
import { canonicalize, type JsonObject } from '../proof/index.ts';
import { decisionFacts, maskedText, parseResource } from './index.ts';

const INLINE = 'http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label';
const LABEL = { system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' };
const SECRET = 'seventh-secret';
const labelled = { url: INLINE, valueCoding: LABEL };
const extended = {
  url: 'urn:a',
  extension: [labelled, { url: 'urn:b', valueString: SECRET }],
};
const coded = { url: 'urn:c', valueCoding: { system: 'urn:codes', code: 'secret' } };

const patient = (more: JsonObject) =>
  parseResource(canonicalize({ resourceType: 'Patient', id: 'a', ...more }));

describe('a label inside the extensions of a primitive', () => {
  test.each<[string, JsonObject, string, JsonObject]>([
    [
      'with a value',
      { birthDate: '1970-01-01', _birthDate: { extension: [coded, extended] } },
      'Patient.birthDate.extension[1]',
      { birthDate: '1970-01-01', _birthDate: { extension: [coded] } },
    ],
    [
      'with a value and nothing else',
      { birthDate: '1970-01-01', _birthDate: { extension: [extended] } },
      'Patient.birthDate.extension[0]',
      { birthDate: '1970-01-01' },
    ],
    [
      'in a list',
      { name: [{ given: ['A', 'B'], _given: [null, { extension: [coded, extended] }] }] },
      'Patient.name[0].given[1].extension[1]',
      { name: [{ given: ['A', 'B'], _given: [null, { extension: [coded] }] }] },
    ],
    [
      'in a list, and nothing else',
      { name: [{ given: ['A', 'B'], _given: [null, { extension: [extended] }] }] },
      'Patient.name[0].given[1].extension[0]',
      { name: [{ given: ['A', 'B'] }] },
    ],
    [
      'that stands in an extension',
      { extension: [{ url: 'urn:d', valueString: 'shown', _valueString: { extension: [extended] } }] },
      'Patient.extension[0].valueString.extension[0]',
      { extension: [{ url: 'urn:d', valueString: 'shown' }] },
    ],
  ])('%s is found and masked', (_case, more, path, left) => {
    const { resource, text } = patient(more);
    expect(decisionFacts(resource).parts).toEqual([{ path, labels: [`${LABEL.system}|${LABEL.code}`] }]);
    const masked = maskedText(text, [path]) ?? '';
    expect(masked).not.toContain(SECRET);
    expect(parseResource(masked).resource).toMatchObject(left);
    expect(masked).not.toContain('{}');
  });

  test('of a coding is found as well, and on the coding itself', () => {
    const coding = { system: 'urn:codes', code: 'secret', extension: [labelled] };
    const nested = { system: 'urn:codes', display: 'shown', _display: { extension: [extended] } };
    const { resource } = patient({ maritalStatus: { coding: [coding, nested] } });
    expect(decisionFacts(resource).parts?.map(({ path }) => path)).toEqual([
      'Patient.maritalStatus.coding[0]',
      'Patient.maritalStatus.coding[1].display.extension[0]',
    ]);
  });

  test('counts its codes as those of any other extension', () => {
    const { resource } = patient({ birthDate: '1970-01-01', _birthDate: { extension: [coded] } });
    expect(decisionFacts(resource).codes).toContain('urn:codes|secret');
  });
});

test('nothing is shown where one of the parts is not to be found', () => {
  const { text } = patient({ birthDate: '1970-01-01', gender: 'female' });
  for (const path of ['Patient.birthDate.extension[0]', 'Patient.name[0]', 'Patient.contact[1].gender'])
    expect(maskedText(text, ['Patient.gender', path])).toBeUndefined();
});
