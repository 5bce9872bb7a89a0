import type { RegisteredClient } from '../clients/client-configuration.ts';
import { type Role, reachOfRoles } from '../directory/role.ts';
import { IdentityError } from '../errors.ts';
import { isContextScope } from '../scope/scope.ts';
import { covers, narrowed, parseResourceScopes } from '../scope/scopes.ts';

/** Scope with which the portal administers the organisation; for no other client, and for administrators only. */
export const ADMINISTRATION = 'administration';

/** Launch and identity scopes that the library keeps apart from those of FHIR. */
export const CONTEXT_SCOPES = [
  'openid',
  'fhirUser',
  'profile',
  'offline_access',
  'online_access',
  'launch',
  'launch/patient',
  'launch/encounter',
] as const;

/**
 * The FHIR scopes that an app may be given for a person, out of those it asks for. What the app is not registered for is
 * refused (`scope-insufficient`), what the person may not do is left out: RFC 6749 §3.3 lets the answer be smaller than the
 * question, and the token says what was granted. Without `roles`, when nobody has signed in yet, nothing is left out. Pure.
 */
export function scopesForPerson(
  client: RegisteredClient,
  asked: string,
  roles: readonly Role[] | undefined,
): readonly string[] {
  const scopes = parseResourceScopes(asked);
  const beyond = scopes.find((scope) => scope.level === 'system' || !covers(client.scopes, scope));
  if (beyond !== undefined)
    throw new IdentityError(
      'scope-insufficient',
      'A scope asked for exceeds what this app is registered for.',
    );
  const words = asked.split(' ').filter((word) => isContextScope(word));
  const administers = words.includes(ADMINISTRATION);
  if (administers && !client.isPortal)
    throw new IdentityError('scope-insufficient', 'Only the organisation’s own portal administers it.');
  if (roles === undefined)
    return [...scopes.map(({ text }) => text), ...(administers ? [ADMINISTRATION] : [])];
  const reach = reachOfRoles(roles);
  const granted = scopes.flatMap((scope) => narrowed(reach, scope).map(({ text }) => text));
  return [...new Set(granted), ...(administers && roles.includes('administrator') ? [ADMINISTRATION] : [])];
}

/** Whether these scopes need a patient in context. */
export function needsPatient(scope: string): boolean {
  return scope.split(' ').some((word) => word === 'launch/patient' || word.startsWith('patient/'));
}
