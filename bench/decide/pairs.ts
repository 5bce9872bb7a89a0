import type { DecisionRequest } from '../../src/consent/index.ts';
import { type DecisionFacts, decisionFacts, type Resource } from '../../src/r4/index.ts';
import { CONFIDENTIALITY, generator, LOINC, MEMBERS, PURPOSES, pick, TYPES } from './vocabulary.ts';

/** Pairs of one round. */
export const PAIRS_PER_ROUND = 100_000; // used once each

/** A request for one resource of a patient. */
export interface Pair {
  readonly patient: number;
  readonly request: DecisionRequest;
  readonly facts: DecisionFacts;
}

/** Where each type says what it is about and when. */
const ELEMENTS: Readonly<Record<string, readonly [concept: string, time: string]>> = {
  Observation: ['code', 'effectiveDateTime'],
  Condition: ['code', 'onsetDateTime'],
  MedicationRequest: ['medicationCodeableConcept', 'authoredOn'],
  Encounter: ['serviceType', ''],
  DiagnosticReport: ['code', 'effectiveDateTime'],
  Immunization: ['vaccineCode', 'occurrenceDateTime'],
};

/** A resource with two codings and a label, such as a record is full of. */
function resourceOf(
  type: string,
  patient: number,
  random: (below: number) => number,
  periodMs: number,
): Resource {
  const [concept = '', element = ''] = ELEMENTS[type] ?? [];
  const time = new Date(periodMs).toISOString();
  const coding = [0, 1].map(() => ({ system: LOINC, code: `${random(400)}-1` }));
  return {
    resourceType: type,
    meta: { security: [{ system: CONFIDENTIALITY, code: random(10) === 0 ? 'R' : 'N' }] },
    [type === 'Immunization' ? 'patient' : 'subject']: { reference: `Patient/p${patient}` },
    [concept]: { coding },
    ...(element === '' ? { period: { start: time, end: time } } : { [element]: time }),
  } as unknown as Resource;
}

/** Pairs of a round, no two alike, made before the clock starts. The facts are those that are made of any resource. */
export function pairs(round: number, patients: number): Pair[] {
  const random = generator(1_000 + round);
  const nowMs = Date.parse('2026-06-01T00:00:00Z');
  return Array.from({ length: PAIRS_PER_ROUND }, (_, index) => {
    const patient = random(patients);
    const type = pick(TYPES, random(6));
    const period = nowMs - random(300_000_000_000);
    return {
      patient,
      request: {
        custodian: 'st-mary',
        actorOrganisation: pick(MEMBERS, random(6)),
        kind: 'member',
        purposes: [pick(PURPOSES, random(7))],
        nowMs: nowMs + round * PAIRS_PER_ROUND + index,
        subject: `p${patient}`,
      },
      facts: decisionFacts(resourceOf(type, patient, random, period)),
    };
  });
}
