import type { DecisionFacts } from '../../r4/index.ts';
import { type CompiledConsent, type ConsentStatus, compileConsent, type DecisionRequest } from '../index.ts';
import { consentResource } from './consent-resource.ts';

/** A consent of the patient `p1` with this root provision; `more` are further elements of the Consent. Throws when it is refused. */
export function compiledConsent(
  provision: object,
  { id = 'c1', status = 'active', more = {} }: { id?: string; status?: ConsentStatus; more?: object } = {},
): CompiledConsent {
  const outcome = compileConsent(consentResource('p1', provision, more), id, status);
  if ('refused' in outcome) throw new Error(JSON.stringify(outcome.refused));
  return outcome.consent;
}

/** What decisions know of an Observation of `p1`: a measured glucose. */
export const OBSERVATION: DecisionFacts = {
  type: 'Observation',
  id: 'o1',
  classes: ['http://hl7.org/fhir/resource-types|Observation'],
  categories: [],
  codes: ['http://loinc.org|2339-0'],
  labels: [],
  patients: ['p1'],
};

/** A member that asks for something of `p1`, for treatment. */
export const FROM_LAKESIDE: DecisionRequest = {
  custodian: 'st-mary',
  actorOrganisation: 'lakeside',
  kind: 'member',
  purposes: ['TREAT'],
  nowMs: Date.parse('2026-05-01T00:00:00Z'),
  subject: 'p1',
};
