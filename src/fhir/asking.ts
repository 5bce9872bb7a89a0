import type { ConsentAction, DecisionRequest } from '../consent/index.ts';
import type { Context } from './context.ts';

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

/** The request as the decision takes it: a reading unless another deed is named. */
export function asking(
  { services, principal, time }: Context,
  subject: string | undefined,
  deed: Deed | undefined,
): DecisionRequest {
  const reading = principal.actorOrganisation === services.organisation ? READING : DISCLOSING;
  return {
    ...(deed ?? reading),
    custodian: services.organisation,
    actorOrganisation: principal.actorOrganisation,
    kind: principal.kind,
    purposes: principal.purposes,
    nowMs: time.getTime(),
    patient: principal.patient,
    subject,
    fhirUser: principal.fhirUser,
  };
}
