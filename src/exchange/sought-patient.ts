import { timingSafeEqual } from 'node:crypto';
import type { FhirServices } from '../fhir/index.ts';
import { utf8 } from '../proof/index.ts';
import type { ConsentDirectory } from './consent-directory.ts';
import type { SoughtPatient } from './emergency-question.ts';
import { handleFor } from './locator.ts';

/** Where a patient is looked for. */
export interface PatientPlace {
  readonly services: Pick<FhirServices, 'vault'>;
  readonly consents: Pick<ConsentDirectory, 'grant'>;
  readonly handleKey: Uint8Array;
}

interface StoredPatient {
  readonly birthDate?: string;
}

/** Patients that the handles of grants name: a handle was given to this asker by this custodian, whatever became of the grant. */
async function byHandles(
  { consents, handleKey }: PatientPlace,
  asker: string,
  { handles }: SoughtPatient,
): Promise<string[]> {
  const found: string[] = [];
  for (const { consent, handle } of handles) {
    const grant = await consents.grant(consent);
    const expected = utf8(handleFor(handleKey, consent, asker));
    const given = utf8(handle);
    const matches = given.length === expected.length && timingSafeEqual(given, expected);
    if (grant !== undefined && matches && grant.grantees.includes(asker)) found.push(grant.patient);
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

/** The one patient here who is sought; undefined when there is none, or when it cannot be told which. */
export async function findSought(
  place: PatientPlace,
  asker: string,
  sought: SoughtPatient,
): Promise<string | undefined> {
  const found = new Set([...(await byHandles(place, asker, sought)), ...(await byIds(place, sought))]);
  const [patient] = found;
  if (patient === undefined || found.size > 1) return undefined;
  const head = await place.services.vault.head('Patient', patient);
  return head === undefined || head.deleted === true || head.erased === true ? undefined : patient;
}
