import { allowedBy, IdentityError, type Principal } from '../identity/index.ts';
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
