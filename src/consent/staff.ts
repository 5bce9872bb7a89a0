import { allowedBy, IdentityError, type Principal } from '../identity/index.ts';
import type { ConsentServices } from './consent-services.ts';
import { ConsentError } from './errors.ts';

/** Throws unless the principal is staff or software that may change Consents here: IdentityError `token-missing`, ConsentError `not-permitted`. */
export function requireStaff(principal: Principal | undefined): asserts principal is Principal {
  if (principal === undefined)
    throw new IdentityError(
      'token-missing',
      "This needs either the patient's signature or a token of the custodian's staff.",
    );
  const allowed = allowedBy(principal.scopes, 'Consent', 'u');
  if (principal.kind === 'patient' || (allowed?.system !== true && allowed?.user !== true))
    throw new ConsentError('not-permitted', 'This needs a scope such as user/Consent.u of the custodian.');
}

/** What steps without a patient's signature are checked with. */
export interface StaffStepServices extends ConsentServices {
  readonly mayChange: (principal: Principal, consent: string) => Promise<boolean>;
}

/**
 * Throws ConsentError `consent-unknown` unless the decision lets staff record a step of a consent in the patient's place: whom a
 * consent shuts out does not lift it. For a principal that {@link requireStaff} let through.
 */
export async function requireStaffStep(
  { mayChange }: Pick<StaffStepServices, 'mayChange'>,
  consent: string,
  principal: Principal,
): Promise<void> {
  if (!(await mayChange(principal, consent)))
    throw new ConsentError('consent-unknown', 'There is no such consent here, or you may not change it.');
}
