import type { Account } from '../directory/account.ts';
import { reachOfRoles } from '../directory/role.ts';
import { isConfined, type Principal } from '../principal.ts';
import { narrowed, parseResourceScopes, parseScopes } from '../scope/scopes.ts';
import { personAt } from './person.ts';

/** A patient as somebody tells them apart who may see them: a name and a day of birth as far as these may be shown. */
export interface ShownPatient {
  readonly id: string;
  readonly name?: string | undefined;
  readonly birthDate?: string | undefined;
}

/**
 * Of these patients those whom the asker may see now, in their order. To show them is to read their record: each look is decided as one,
 * and is durably in the trail before this resolves.
 */
export type PatientsShown = (
  asker: Principal,
  patients: readonly string[],
  requestId: string,
) => Promise<readonly ShownPatient[]>;

/** Whom somebody looks for: the beginning of a family name, and the whole day of birth (YYYY-MM-DD). */
export interface PatientSought {
  readonly family: string;
  readonly birthDate: string;
}

/**
 * The patients sought, as far as the asker may see them and no further: a search like any other, decided and durably in the trail before
 * this resolves. Empty where nobody is found, and where the asker may not search.
 */
export type PatientsFound = (
  asker: Principal,
  sought: PatientSought,
  requestId: string,
) => Promise<readonly ShownPatient[]>;

const OF_ONE = parseScopes('patient/Patient.r');
const OF_ANYBODY = parseScopes('user/Patient.r');

/** Somebody at the authorisation screen, as who looks at the patients on it. */
export function lookingAt(organisation: string, account: Account, client: string): Principal {
  const scopes = isConfined(account.fhirUser) ? OF_ONE : OF_ANYBODY;
  return { ...personAt(organisation, account, client), scopes };
}

/** Staff who look for a patient: with what their own roles reach, and no more or less by what the app asks for. */
export function searchingAs(organisation: string, account: Account, client: string): Principal {
  const scopes = parseResourceScopes('user/Patient.rs')
    .flatMap((scope) => narrowed(reachOfRoles(account.roles), scope))
    .map(({ text }) => text);
  return { ...personAt(organisation, account, client), scopes: parseScopes(scopes.join(' ')) };
}

/** A patient in a line: what is known of them, and the id in any case. */
export function patientWords({ id, name, birthDate }: ShownPatient): string {
  const born = birthDate === undefined ? '' : `, born ${birthDate}`;
  return name === undefined ? `${id}${born}` : `${name}${born} (${id})`;
}
