import { allowedBy, isRepresentative, type Principal } from '../identity/index.ts';
import type { StoredVersion } from '../vault/index.ts';
import type { AuditRouteServices } from './audit-services.ts';
import { AuditError } from './errors.ts';

/** The patient for themself, or staff that may read AuditEvents. Throws AuditError `not-permitted`. */
export function requireOwnOrStaff(principal: Principal, patient: string): void {
  if (isStaff(principal)) return;
  const allowed =
    allowedBy(principal.scopes, 'AuditEvent', 'r') ?? allowedBy(principal.scopes, 'AuditEvent', 's');
  const isOwn = principal.patient === patient && (principal.kind === 'patient' || allowed?.patient === true);
  if (!isOwn)
    throw new AuditError(
      'not-permitted',
      "This needs the patient's own token, or a scope such as user/AuditEvent.rs.",
    );
}

/** Whether the principal may read AuditEvents of everybody. */
export function isStaff(principal: Principal): boolean {
  if (principal.kind === 'patient' || principal.kind === 'member') return false;
  const allowed =
    allowedBy(principal.scopes, 'AuditEvent', 'r') ?? allowedBy(principal.scopes, 'AuditEvent', 's');
  return allowed?.system === true || allowed?.user === true;
}

/** Staff that may read AuditEvents. Throws AuditError `not-permitted`. */
export function requireStaff(principal: Principal): void {
  if (!isStaff(principal))
    throw new AuditError('not-permitted', 'This needs a scope such as user/AuditEvent.rs.');
}

/**
 * Whoever answers for privacy in the organisation (45 CFR 164.530(a)(1)): holds, suspensions, decisions on requests. AuditEvents
 * cannot be changed over REST, so `AuditEvent.u` has no other meaning; it must be named: a clinician's `user/*.crus` is no appointment.
 */
export function isOfficer({ kind, scopes }: Principal): boolean {
  if (kind === 'patient' || kind === 'member') return false;
  const named = (level: ReadonlyMap<string, number>) =>
    new Map([...level].filter(([type]) => type === 'AuditEvent'));
  const explicit = { ...scopes, system: named(scopes.system), user: named(scopes.user) };
  const allowed = allowedBy(explicit, 'AuditEvent', 'u');
  return allowed?.system === true || allowed?.user === true;
}

/** As {@link isOfficer}. Throws AuditError `not-permitted`. */
export function requireOfficer(principal: Principal): void {
  if (!isOfficer(principal))
    throw new AuditError('not-permitted', 'This needs the scope user/AuditEvent.u of a privacy officer.');
}

/**
 * Which AuditEvents an asker may see. The trail is the patient's own, and a privacy officer answers for it whatever a patient
 * permits (45 CFR 164.528, 164.530(a)(1)); other staff, and who asks for the patient, see what the decision lets them see through FHIR.
 */
export function readableFor(
  { mayRead }: Pick<AuditRouteServices, 'mayRead'>,
  principal: Principal,
): (event: StoredVersion) => boolean {
  const isOwn = principal.kind === 'patient' && !isRepresentative(principal.fhirUser);
  if (isOwn || isOfficer(principal)) return () => true;
  return (event) => mayRead(principal, event);
}

/** The patient for themself, or the privacy officer for them. Throws AuditError `not-permitted`. */
export function requireOwnOrOfficer(principal: Principal, patient: string): void {
  const isOwn = principal.kind === 'patient' && principal.patient === patient;
  if (!isOwn && !isOfficer(principal))
    throw new AuditError(
      'not-permitted',
      "This needs the patient's own token, or that of a privacy officer.",
    );
}
