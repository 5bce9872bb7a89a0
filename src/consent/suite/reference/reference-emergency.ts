import type { ConsentCase } from './consent-case.ts';
import type { ReferenceRule } from './reference-law.ts';

/*
 * Breaking the glass, read from 45 CFR 164.522(a)(1)(iii), 164.508(a)(2)(ii), 42 CFR 2.51 and the state laws, without a look at the
 * decision.
 */

type Reason = NonNullable<ConsentCase['request']['emergency']>['reason'];

/** Whether the glass is broken for what is asked: this patient, this moment, and clinical data. */
export function isBroken({ request, resource }: ConsentCase): Reason | undefined {
  const { emergency, now, subject } = request;
  if (emergency === undefined || emergency.patient !== subject) return undefined;
  const at = Date.parse(now);
  if (at < Date.parse(emergency.from) || at >= Date.parse(emergency.until)) return undefined;
  return ['AuditEvent', 'Consent'].includes(resource.resourceType) ? undefined : emergency.reason;
}

/** Whether a protection by law gives way: notes on psychotherapy to a threat, HIV, mental health and Part 2 to treatment, others to nothing. */
export function givesWay({ labels }: ReferenceRule, reason: Reason): boolean {
  const has = (...codes: string[]) =>
    codes.some((code) => labels.some((label) => label.endsWith(`|${code}`)));
  if (has('PSYTHPN')) return reason === 'serious-threat';
  return has('42CFRPart2', 'HIV', 'MH') && reason !== 'serious-threat';
}

/** 45 CFR 164.502(b), of the types and roles that the suite asks about. */
export function isMoreThanNeeded({ request, resource }: ConsentCase, purpose: string): boolean {
  const { resourceType: type } = resource;
  const isBilled = [
    'Patient',
    'Condition',
    'Encounter',
    'MedicationRequest',
    'Procedure',
    'ServiceRequest',
  ].includes(type);
  if (['HPAYMT', 'COVERAGE', 'ELIGVER'].includes(purpose) && !isBilled) return true;
  if (request.roles === undefined || request.roles.includes('clinician')) return false;
  return !(request.roles.includes('front-desk') && ['Patient', 'Encounter'].includes(type));
}
