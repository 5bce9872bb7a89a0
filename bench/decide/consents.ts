import { type CompiledConsent, compileConsent, ORGANISATION_SYSTEM } from '../../src/consent/index.ts';
import {
  ACT_REASON,
  CONFIDENTIALITY,
  generator,
  LOINC,
  MEMBERS,
  PURPOSES,
  pick,
  RESOURCE_TYPES,
  TYPES,
} from './vocabulary.ts';

/** Consents of one patient. */
export const CONSENTS_PER_PATIENT = 20; // as the target says

/** A member who receives. */
export const actor = (value: string) => ({
  role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] },
  reference: { identifier: { system: ORGANISATION_SYSTEM, value } },
});

/** An exception as patients make them. */
function exceptionOf(kind: number, random: (below: number) => number): object {
  switch (kind % 4) {
    case 0:
      return { type: 'deny', securityLabel: [{ system: CONFIDENTIALITY, code: 'R' }] };
    case 1:
      return { type: 'deny', code: [{ coding: [{ system: LOINC, code: `${random(400)}-1` }] }] };
    case 2:
      return {
        type: 'permit',
        class: [{ system: RESOURCE_TYPES, code: pick(TYPES, random(6)) }],
        dataPeriod: { start: '2020' },
      };
    default:
      return { type: 'deny', dataPeriod: { end: '2015-12-31' } };
  }
}

/** Five provisions: a rule and four exceptions, two of which stand in another. */
function provisionOf(kind: number, random: (below: number) => number): object {
  const [first, second, third, fourth] = [0, 1, 2, 3].map((at) => exceptionOf(kind + at, random));
  return {
    ...ruleOf(kind, random),
    provision: [
      { ...first, provision: [third] },
      { ...second, provision: [fourth] },
    ],
  };
}

/** Kinds of rules as patients give them: for one clinic, for a study, by label, for a time, expired, for everyone. */
function ruleOf(kind: number, random: (below: number) => number): object {
  const base = {
    type: 'permit',
    actor: [actor(pick(MEMBERS, random(6)))],
    purpose: [{ system: ACT_REASON, code: pick(PURPOSES, random(7)) }],
  };
  const about = { class: [{ system: 'http://hl7.org/fhir/resource-types', code: pick(TYPES, random(6)) }] };
  const codes = [{ coding: Array.from({ length: 5 }, () => ({ system: LOINC, code: `${random(400)}-1` })) }];
  switch (kind % 6) {
    case 0:
      return base;
    case 1:
      return { ...base, ...about };
    case 2:
      return { ...base, securityLabel: [{ system: CONFIDENTIALITY, code: 'N' }] };
    case 3:
      return { ...base, period: { start: '2026-01-01', end: '2026-12-31' } };
    case 4:
      return { ...base, period: { end: '2024-12-31' } };
    default:
      return { type: 'permit', purpose: base.purpose, code: codes };
  }
}

/** The compiled consents of a patient, of five provisions each, or of one. */
export function consentsOf(patient: number, simple: boolean): CompiledConsent[] {
  const random = generator(patient + 1);
  return Array.from({ length: CONSENTS_PER_PATIENT }, (_, index) => {
    const resource = {
      resourceType: 'Consent',
      status: 'active',
      scope: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
      },
      provision: simple ? ruleOf(index, random) : provisionOf(index, random),
    };
    const outcome = compileConsent(resource, `${patient}-${index}`, 'active');
    if ('refused' in outcome) throw new Error(JSON.stringify(outcome.refused));
    return outcome.consent;
  });
}
