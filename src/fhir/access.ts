import { decide } from '../consent/index.ts';
import { allowedBy, type Principal } from '../identity/index.ts';
import type { DecisionFacts } from '../r4/index.ts';
import type { StoredVersion } from '../vault/index.ts';
import type { Context } from './context.ts';
import { FhirError } from './errors.ts';

/** SMART scopes v2 permission letters. */
export type Permission = 'c' | 'r' | 'u' | 'd' | 's';

/** How a token reaches a type: for all patients, or for the one it names. */
export interface Reach {
  readonly patientOnly: string | undefined;
}

/**
 * What the token's scopes allow on a type. Throws FhirError `not-permitted` when nothing: the answer is the
 * same whether or not any resource of the type exists.
 */
export function reachOf(principal: Principal, type: string, permission: Permission): Reach {
  const contexts = allowedBy(principal.scopes, type, permission);
  if (contexts?.system === true || contexts?.user === true) return { patientOnly: undefined };
  if (contexts?.patient === true && principal.patient !== undefined)
    return { patientOnly: principal.patient };
  throw new FhirError('not-permitted', `The token's scopes do not allow this on ${type}.`);
}

function withinReach(reach: Reach, patients: readonly string[]): boolean {
  return reach.patientOnly === undefined || patients.length === 0 || patients.includes(reach.patientOnly);
}

/** One decision per patient of the resource: any denial denies (DESIGN §1.5). Returns the consents relied on, or undefined. */
export function permitted(
  context: Context,
  facts: DecisionFacts,
  patients: readonly string[],
): readonly string[] | undefined {
  const { services, principal, time } = context;
  const request = {
    custodian: services.organisation,
    actorOrganisation: principal.actorOrganisation,
    purposes: principal.purposes,
    nowMs: time.getTime(),
    patient: principal.patient,
    kind: principal.kind,
    fhirUser: principal.fhirUser,
  };
  if (patients.length === 0) {
    const decision = decide(request, facts, [], services.policy);
    return decision.permit ? decision.consents : undefined;
  }
  const relied: string[] = [];
  for (const patient of patients) {
    const decision = decide(
      { ...request, subject: patient },
      facts,
      services.consentsOf(patient),
      services.policy,
    );
    if (!decision.permit) return undefined;
    relied.push(...decision.consents);
  }
  return relied;
}

/** Whether a stored version may be shown. What is shown is noted on the trail; what is not leaves no trace there. */
export function disclose(context: Context, reach: Reach, stored: StoredVersion): boolean {
  if (!withinReach(reach, stored.patients)) return false;
  const relied = permitted(context, stored.facts, stored.patients);
  if (relied === undefined) return false;
  for (const patient of stored.patients) context.trail.patients.add(patient);
  for (const consent of relied) context.trail.consents.add(consent);
  context.trail.objects.add(`${stored.type}/${stored.id}`);
  return true;
}

/** Whether a version would be shown, without noting it. */
export function wouldDisclose(context: Context, reach: Reach, stored: StoredVersion): boolean {
  return (
    withinReach(reach, stored.patients) && permitted(context, stored.facts, stored.patients) !== undefined
  );
}

/** Throws FhirError `not-permitted` unless the principal may write a resource with these facts for these patients. */
export function mayWrite(
  context: Context,
  reach: Reach,
  facts: DecisionFacts,
  patients: readonly string[],
): void {
  const inside =
    reach.patientOnly === undefined ||
    (patients.length > 0 && patients.every((id) => id === reach.patientOnly));
  const relied = inside ? permitted(context, facts, patients) : undefined;
  if (relied === undefined) throw new FhirError('not-permitted', 'You may not write this resource.');
  for (const patient of patients) context.trail.patients.add(patient);
  for (const consent of relied) context.trail.consents.add(consent);
}
