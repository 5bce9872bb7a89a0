import { describe, expect, test } from 'vitest';
import { generatePopulation, ORGANISATION_NAMES, type Population, type SyntheticResource } from './index.ts';

const NOW = '2026-11-23T12:00:00Z';
const population = generatePopulation({ seed: 'a seed', now: NOW });

/** Every resource of an organisation, in the order in which it is loaded. */
function loaded(from: Population, organisation: (typeof ORGANISATION_NAMES)[number]): SyntheticResource[] {
  const { resources, patients } = from.organisations[organisation];
  return [...resources, ...patients.flatMap((record) => record.resources)];
}

const everything = ORGANISATION_NAMES.flatMap((name) => loaded(population, name));

function* referencesIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    if (name === 'reference' && typeof member === 'string') yield member;
    else yield* referencesIn(member);
  }
}

describe('a population', () => {
  test('is refused for a date or a number of people that makes no sense', () => {
    expect(() => generatePopulation({ seed: 's', now: 'tomorrow' })).toThrow(RangeError);
    for (const patients of [0, -1, 1.5, 501, Number.NaN]) {
      expect(() => generatePopulation({ seed: 's', now: NOW, patients })).toThrow(RangeError);
    }
  });

  test('is the same, byte for byte, for the same seed and day, and shares no id with that of another seed', () => {
    expect(generatePopulation({ seed: 'a seed', now: NOW })).toEqual(population);
    const ids = new Set(everything.map((resource) => resource.id));
    const other = generatePopulation({ seed: 'another seed', now: NOW });
    expect(ORGANISATION_NAMES.flatMap((name) => loaded(other, name)).some(({ id }) => ids.has(id))).toBe(
      false,
    );
    expect(other.people.map((person) => person.seed)).not.toEqual(
      population.people.map((person) => person.seed),
    );
  });

  test('grows without changing those who were there, and gives nobody a name twice', () => {
    const larger = generatePopulation({ seed: 'a seed', now: NOW, patients: 300 });
    expect(larger.people.slice(0, 24)).toEqual(population.people);
    expect(larger.organisations.lakeside.patients.slice(0, 5)).toEqual(
      population.organisations.lakeside.patients.slice(0, 5),
    );
    expect(new Set(larger.people.map((person) => person.id)).size).toBe(300);
    expect(generatePopulation({ seed: 'a seed', now: NOW, patients: 3 }).people).toEqual(
      population.people.slice(0, 3),
    );
  });

  test('has 24 people or more, six at two organisations, two at three, and not all of them linked', () => {
    const at = (count: number) => population.people.filter((person) => person.records.length === count);
    expect(population.people.length).toBeGreaterThanOrEqual(24);
    expect(at(2).length).toBeGreaterThanOrEqual(6);
    expect(at(3).length).toBeGreaterThanOrEqual(2);
    const shared = population.people.filter((person) => person.records.length > 1);
    expect(new Set(shared.map((person) => person.linked))).toEqual(new Set([true, false]));
    expect(
      population.people.filter((person) => person.records.length === 1).some(({ linked }) => linked),
    ).toBe(false);
  });

  test('fills every organisation, some thousand resources in all', () => {
    for (const name of ORGANISATION_NAMES)
      expect(population.organisations[name].patients.length).toBeGreaterThan(2);
    expect(everything.length).toBeGreaterThanOrEqual(2500);
    expect(everything.length).toBeLessThanOrEqual(4600);
  });

  test('is generated within 400 ms once warm', () => {
    const runs = Array.from({ length: 5 }, () => {
      const beganMs = performance.now();
      generatePopulation({ seed: 'a seed', now: NOW });
      return performance.now() - beganMs;
    });
    expect(Math.min(...runs)).toBeLessThan(400);
  });
});

describe('ids and references', () => {
  test('no two resources anywhere share an id, and each is 32 hexadecimal digits', () => {
    const ids = everything.map((resource) => resource.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true);
  });

  test('the text of each resource says the same type and id', () => {
    for (const { type, id, text } of everything) {
      expect(JSON.parse(text)).toMatchObject({ resourceType: type, id });
    }
  });

  test('every reference leads to a resource loaded earlier at the same organisation, and of a patient to the own record', () => {
    for (const name of ORGANISATION_NAMES) {
      const { resources, patients } = population.organisations[name];
      const known = new Set<string>();
      const load = (reachable: Set<string>) => (resource: SyntheticResource) => {
        for (const reference of referencesIn(JSON.parse(resource.text))) {
          expect(reachable, `${name} ${resource.type}`).toContain(reference);
        }
        reachable.add(`${resource.type}/${resource.id}`);
      };
      resources.forEach(load(known));
      for (const record of patients) record.resources.forEach(load(new Set(known)));
    }
  });
});

describe('people and staff', () => {
  const patientOf = (organisation: (typeof ORGANISATION_NAMES)[number], id: string) => {
    const record = population.organisations[organisation].patients.find(({ patient }) => patient === id);
    const [first] = record?.resources ?? [];
    expect(first?.id).toBe(id);
    return { record, patient: JSON.parse(first?.text ?? '{}') };
  };

  test('a person has another id and number at each organisation, and the same name and birth date', () => {
    for (const person of population.people) {
      const patients = person.records.map(({ organisation, patient }) => patientOf(organisation, patient));
      expect(patients.every(({ record }) => record?.person === person.id)).toBe(true);
      const numbers = patients.map(
        ({ patient }) => `${patient.identifier[0].system} ${patient.identifier[0].value}`,
      );
      expect(new Set(numbers).size).toBe(person.records.length);
      expect(
        new Set(patients.map(({ patient }) => JSON.stringify([patient.name, patient.birthDate]))).size,
      ).toBe(1);
    }
  });

  test('the records of a linked person name each other, those of others name nobody', () => {
    for (const { records, linked } of population.people) {
      for (const { organisation, patient } of records) {
        const { identifier } = patientOf(organisation, patient).patient;
        const links = identifier.filter(({ system }: { system: string }) =>
          system.startsWith('urn:holdfast:patient:'),
        );
        const elsewhere = records.filter((other) => other.organisation !== organisation);
        expect(links).toEqual(
          linked
            ? elsewhere.map((other) => ({
                system: `urn:holdfast:patient:${other.organisation}`,
                value: other.patient,
              }))
            : [],
        );
      }
    }
  });

  test('every person has a seed of 32 bytes that nobody else has', () => {
    const seeds = population.people.map((person) => person.seed);
    expect(new Set(seeds).size).toBe(seeds.length);
    for (const seed of seeds) expect(Buffer.from(seed, 'base64')).toHaveLength(32);
  });

  test('ages reach from infant to ninety', () => {
    const years = population.people.map(({ records: [record] }) => {
      const { patient } = patientOf(record!.organisation, record!.patient);
      return (Date.parse(NOW) - Date.parse(patient.birthDate)) / (365.25 * 86_400_000);
    });
    expect(Math.min(...years)).toBeLessThan(1);
    expect(Math.max(...years)).toBeGreaterThan(89);
  });

  test('every organisation has the staff that its part in the demonstration needs', () => {
    const roles = (name: string) =>
      population.staff.filter(({ organisation }) => organisation === name).map(({ role }) => role);
    for (const name of ['st-mary', 'lakeside']) {
      expect(roles(name).filter((role) => role === 'clinician')).toHaveLength(2);
      expect(roles(name)).toContain('front-desk');
    }
    for (const name of ORGANISATION_NAMES) {
      expect(roles(name)).toContain('compliance-officer');
      expect(roles(name)).toContain('privacy-officer');
    }
    expect(roles('aurora')).toContain('researcher');
    expect(new Set(population.staff.map(({ id }) => id)).size).toBe(population.staff.length);
  });

  test('every member of staff is a Practitioner with that name', () => {
    for (const { name, organisation, practitioner } of population.staff) {
      const found = population.organisations[organisation].resources.find(({ id }) => id === practitioner);
      expect(found?.type).toBe('Practitioner');
      const [{ given, family }] = JSON.parse(found?.text ?? '{}').name;
      expect(`${given[0]} ${family}`).toBe(name);
    }
  });
});
