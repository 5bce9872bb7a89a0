import type { FhirServices } from '../fhir/index.ts';
import type { SoughtPatient } from './emergency-question.ts';
import { notPermitted } from './errors.ts';
import type { FailedIdentifications } from './failed-identifications.ts';
import { type GrantPlace, grantOfHandle } from './grant-of-handle.ts';

/** Where a patient is looked for. */
export interface PatientPlace extends GrantPlace {
  readonly services: Pick<FhirServices, 'vault'>;
  readonly failed: FailedIdentifications;
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

/** Who was meant, and who of those here was guessed at. */
interface ByIds {
  readonly found: readonly string[];
  readonly guessed: readonly string[];
}

/**
 * Patients under the ids, who were born on the same day: the wrong record is a danger to the patient at hand. Each id counts by itself,
 * also beside a handle or another id: what is answered to several would else tell of one whether its day was right.
 */
async function byIds(
  { services, failed }: PatientPlace,
  member: string,
  { ids, birthDate }: SoughtPatient,
): Promise<ByIds> {
  const found: string[] = [];
  const guessed: string[] = [];
  if (birthDate === undefined) return { found, guessed };
  for (const id of new Set(ids)) {
    const text = (await services.vault.read('Patient', id))?.text;
    const born = text === undefined ? undefined : (JSON.parse(text) as StoredPatient).birthDate;
    const { identified, isGuessing } = failed.judge({ member, id, birthDate }, born === birthDate);
    if (identified) found.push(id);
    else if (isGuessing && text !== undefined) guessed.push(id);
  }
  return { found, guessed };
}

/** Whether there is a living record of a patient: not deleted, not erased. */
export async function isHere(vault: Pick<FhirServices['vault'], 'head'>, patient: string): Promise<boolean> {
  const head = await vault.head('Patient', patient);
  return head !== undefined && head.deleted !== true && head.erased !== true;
}

/** Who is sought, and who of those here the asker has been guessing at beside. */
export interface Found {
  readonly patient: string;
  readonly guessed: readonly string[];
}

/**
 * The one patient here who is sought. Throws ExchangeError `not-permitted` when there is none, when it cannot be told which, and when
 * the asker has named too many wrong days of birth.
 */
export async function findSought(place: PatientPlace, asker: string, sought: SoughtPatient): Promise<Found> {
  const handles = await byHandles(place, asker, sought);
  const ids = await byIds(place, asker, sought);
  const found = new Set([...handles, ...ids.found]);
  const [patient] = found;
  const isFound = patient !== undefined && found.size === 1 && (await isHere(place.services.vault, patient));
  if (!isFound) throw notPermitted(ids.guessed);
  return { patient, guessed: ids.guessed };
}
