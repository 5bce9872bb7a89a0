import { BREAK_GLASS, type ConsentAction, type DecisionRequest, noRight } from '../consent/index.ts';
import { isRepresentative, type Principal } from '../identity/index.ts';
import type { Context } from './context.ts';
import type { FhirServices } from './services.ts';

/** What is done with the data. Reading serves use, and for another organisation is disclosure; writing answers with what it wrote. */
export interface Deed {
  readonly actions: readonly ConsentAction[];
  readonly alongside: readonly ConsentAction[];
}
const READING: Deed = { actions: ['access'], alongside: ['use'] };
const DISCLOSING: Deed = { actions: ['access', 'disclose'], alongside: ['use'] };
/** FHIR R4 consentaction: what is new is collected, what is there corrected. */
export const WRITING: Readonly<Record<'c' | 'u' | 'd', Deed>> = {
  c: { actions: ['collect'], alongside: ['access', 'use'] },
  u: { actions: ['correct'], alongside: ['access', 'use'] },
  d: { actions: ['correct'], alongside: ['access', 'use'] },
};

/**
 * The purposes that count for one patient, and the glass that was broken for them. A token that says BTG says nothing by itself: who
 * asks must have broken the glass, with a reason and for a time. It opens for reading alone.
 */
function purposesFor(
  { services, principal }: Context,
  subject: string | undefined,
  isReading: boolean,
): Pick<DecisionRequest, 'purposes' | 'emergency'> {
  const { purposes } = principal;
  if (!purposes.includes(BREAK_GLASS)) return { purposes };
  const emergency =
    subject === undefined || !isReading ? undefined : services.emergencies?.openFor(principal, subject);
  if (emergency !== undefined) return { purposes, emergency };
  return { purposes: purposes.filter((purpose) => purpose !== BREAK_GLASS) };
}

/** A request as the decision takes it: a reading unless another deed is named. */
export function asking(
  context: Context,
  subject: string | undefined,
  deed: Deed | undefined,
): DecisionRequest {
  const { services, principal, time } = context;
  const reading = principal.actorOrganisation === services.organisation ? READING : DISCLOSING;
  return {
    ...(deed ?? reading),
    custodian: services.organisation,
    actorOrganisation: principal.actorOrganisation,
    kind: principal.kind,
    ...purposesFor(context, subject, deed === undefined),
    nowMs: time.getTime(),
    patient: principal.patient,
    subject,
    fhirUser: principal.fhirUser,
    roles: principal.roles,
    ...(principal.actorOrganisation === services.organisation ? affiliated(services, principal) : {}),
  };
}

/** What the custodian's records say of its own people. */
function affiliated(
  { affiliations }: FhirServices,
  { fhirUser, patient = '' }: Principal,
): Pick<DecisionRequest, 'groups' | 'unknownGroups' | 'capacities' | 'representative'> {
  if (fhirUser === undefined) return {};
  if (affiliations === undefined)
    return isRepresentative(fhirUser) ? { representative: noRight(patient) } : {};
  const { representations } = affiliations;
  return {
    ...affiliations.groupsOf(fhirUser),
    capacities: representations.capacitiesOf(fhirUser),
    representative: representations.representing({ fhirUser, patient }),
  };
}
