import { IdentityError } from '../errors.ts';
import { isFhirUser, isRepresentative } from '../principal.ts';
import { isRole, type Role } from './role.ts';

/** Somebody who signs in at this organisation. */
export interface Account {
  /** 32 hexadecimal digits: the `sub` of their tokens. */
  readonly id: string;
  readonly login: string;
  readonly name: string;
  readonly roles: readonly Role[];
  /** Relative reference of their resource here, such as `Practitioner/12`. */
  readonly fhirUser?: string;
  /** At the organisation's own provider: how it names them. */
  readonly outside?: { readonly issuer: string; readonly subject: string };
  /** A closed account signs in no more, and its tokens end at once. */
  readonly closed: boolean;
}

/** What is said of somebody when their account is made. */
export type NewAccount = Omit<Account, 'id' | 'closed'>;

/** What an administrator may change. */
export type AccountChange = Partial<Pick<Account, 'name' | 'roles' | 'fhirUser' | 'closed' | 'outside'>>;

const loginPattern = /^[^\s@<>"'\\]{1,64}(@[A-Za-z0-9.-]{1,190})?$/;
const MAX_NAME_CHARACTERS = 200; // a person's name with titles
const MAX_OUTSIDE_CHARACTERS = 255; // OpenID Connect Core §2 limits `sub` to this

/** The login as it is compared: `Ada` and `ada` are one person. */
export function foldLogin(login: string): string {
  return login.trim().normalize('NFKC').toLowerCase();
}

/** Throws IdentityError `account-invalid` naming what is wrong. */
export function checkAccount({ login, name, roles, fhirUser, outside }: NewAccount): void {
  if (!loginPattern.test(login)) throw invalid('login', 'a name without spaces, or an e-mail address');
  if (name.trim() === '' || name.length > MAX_NAME_CHARACTERS) throw invalid('name', 'the person’s name');
  if (roles.length === 0 || !roles.every(isRole)) throw invalid('roles', 'at least one role that there is');
  if (fhirUser !== undefined && !isFhirUser(fhirUser))
    throw invalid('fhirUser', 'a reference such as Practitioner/12');
  const isPatient = fhirUser?.startsWith('Patient/') === true;
  // A patient's own record is what a patient's role reaches: with a staff role in the same account it would be everybody's.
  if (roles.includes('patient') !== isPatient || (isPatient && roles.length > 1))
    throw invalid('roles', 'patient alone for somebody whose fhirUser is a Patient, and for nobody else');
  // Likewise for who asks for a patient: as staff they would ask for everybody.
  const isRelated = isRepresentative(fhirUser);
  if (roles.includes('representative') !== isRelated || (isRelated && roles.length > 1))
    throw invalid(
      'roles',
      'representative alone for somebody whose fhirUser is a RelatedPerson or Person, and for nobody else',
    );
  if (
    outside !== undefined &&
    [outside.issuer, outside.subject].some((text) => text === '' || text.length > MAX_OUTSIDE_CHARACTERS)
  )
    throw invalid('outside', 'issuer and subject at the organisation’s own provider');
}

function invalid(member: string, what: string): IdentityError {
  return new IdentityError('account-invalid', `${member} must be ${what}.`);
}
