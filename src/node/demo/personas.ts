import type { Persona, PersonaRole } from '../../identity/index.ts';
import type { Population, StaffRole } from './population/index.ts';

const ROLES: Record<StaffRole, PersonaRole> = {
  clinician: 'clinician',
  'compliance-officer': 'compliance',
  'privacy-officer': 'compliance',
  'front-desk': 'front-desk',
  researcher: 'researcher',
};

/** Everybody to sign in as (FORMATS §8): patients with their seeds, staff by role. */
export function personasOf(population: Population): Persona[] {
  const patients = population.people.flatMap(({ id, name, records, seed }): Persona[] => {
    const [first] = records;
    if (first === undefined) return [];
    const { organisation, patient } = first;
    return [{ id, name, role: 'patient', organisation, patient, records: [...records], seed }];
  });
  const staff = population.staff.map(({ id, name, role, organisation, practitioner }): Persona => {
    const payer = organisation === 'meridian' && role === 'front-desk';
    return {
      id,
      name,
      role: payer ? 'payer' : ROLES[role],
      organisation,
      fhirUser: `Practitioner/${practitioner}`,
    };
  });
  return [...patients, ...staff];
}

/** Those who can sign in at organisations of this process, each with its records there alone. */
export function personasAt(personas: readonly Persona[], hosted: readonly string[]): Persona[] {
  return personas.flatMap((persona): Persona[] => {
    const { records } = persona;
    if (records === undefined) return hosted.includes(persona.organisation) ? [persona] : [];
    const here = records.filter(({ organisation }) => hosted.includes(organisation));
    const [first] = here;
    if (first === undefined) return [];
    return [{ ...persona, organisation: first.organisation, patient: first.patient, records: here }];
  });
}
