import type { FhirServices } from '../fhir/index.ts';
import type { SoughtPatient } from './emergency-question.ts';
import { type GrantPlace, grantOfHandle } from './grant-of-handle.ts';

/** Where a patient is looked for. */
export interface PatientPlace extends GrantPlace {
  readonly services: Pick<FhirServices, 'vault'>;
}

interface StoredPatient {
  readonly birthDate?: string;
}

/** Patients that the handles of grants name: a handle was given to this asker by this custodian, whatever became of the grant. */
async function byHandles(place: PatientPlace, asker: string, { handles }: SoughtPatient): Promise<string[]> {
  const found: string[] = [];
  for (const each of handles) {
    const grant = await grantOfHandle(place, asker, each);
    if (grant !== undefined) found.push(grant.patient);
  }
  return found;
}

/** Patients under the ids, who were born on the same day: the wrong record is a danger to the patient at hand. */
async function byIds({ services }: PatientPlace, { ids, birthDate }: SoughtPatient): Promise<string[]> {
  if (birthDate === undefined) return [];
  const found: string[] = [];
  for (const id of ids) {
    const stored = await services.vault.read('Patient', id);
    if (stored?.text === undefined) continue;
    if ((JSON.parse(stored.text) as StoredPatient).birthDate === birthDate) found.push(id);
  }
  return found;
}

/** Whether there is a living record of a patient: not deleted, not erased. */
export async function isHere(vault: Pick<FhirServices['vault'], 'head'>, patient: string): Promise<boolean> {
  const head = await vault.head('Patient', patient);
  return head !== undefined && head.deleted !== true && head.erased !== true;
}

/** The one patient here who is sought; undefined when there is none, or when it cannot be told which. */
export async function findSought(
  place: PatientPlace,
  asker: string,
  sought: SoughtPatient,
): Promise<string | undefined> {
  const found = new Set([...(await byHandles(place, asker, sought)), ...(await byIds(place, sought))]);
  const [patient] = found;
  if (patient === undefined || found.size > 1) return undefined;
  return (await isHere(place.services.vault, patient)) ? patient : undefined;
}
