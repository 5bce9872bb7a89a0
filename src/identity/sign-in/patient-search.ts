import type { FastifyRequest } from 'fastify';
import type { Account } from '../directory/account.ts';
import { IdentityError } from '../errors.ts';
import type { Interaction } from './interaction.ts';
import type { PatientSearch } from './pages.ts';
import { type PatientSought, searchingAs } from './shown-patient.ts';
import type { SignInServices } from './sign-in-services.ts';
import { fields } from './step.ts';

/** Longest family name that is looked for, in characters. */
const MAX_FAMILY = 100; // the longest surnames have a few dozen
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Whether the form of the authorisation screen asks to look for a patient, and not to let the app in. */
export const asksToFind = (given: URLSearchParams): boolean => given.has('find');

/**
 * The patient that the form names: the one chosen among those found, or the id that was typed. Throws IdentityError `request-invalid`
 * when it names two: an app about the wrong patient is a danger to both.
 */
export function patientNamed(given: URLSearchParams): string | undefined {
  const names = [given.get('found'), given.get('patient')]
    .map((name) => (name ?? '').trim().replace(/^Patient\//, ''))
    .filter((name) => name !== '');
  if (new Set(names).size > 1)
    throw new IdentityError(
      'request-invalid',
      'You chose one patient and typed the id of another: give one.',
    );
  return names[0];
}

/**
 * Looks for the patient that the form names. Both the name and the whole day of birth must be there: a list of everybody of a name is
 * more than choosing one takes (45 CFR 164.502(b)).
 */
export async function patientSearch(
  { patientsFound, realm }: Pick<SignInServices, 'patientsFound' | 'realm'>,
  request: FastifyRequest,
  { client }: Interaction,
  account: Account,
): Promise<PatientSearch> {
  const given = fields(request);
  const family = (given.get('family') ?? '').trim();
  const birthDate = given.get('birthdate') ?? '';
  const search = { family, birthDate, kept: given.getAll('scope') };
  if (!isSought(search)) return search;
  const asker = searchingAs(realm.organisation, account, client.id);
  return { ...search, found: await patientsFound(asker, { family, birthDate }, request.id) };
}

function isSought({ family, birthDate }: PatientSought): boolean {
  return family !== '' && family.length <= MAX_FAMILY && DAY.test(birthDate);
}
