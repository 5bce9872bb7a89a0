import type { DecisionFacts } from '../r4/index.ts';
import type { DecisionRequest, DecisionRule } from './decision.ts';
import type { LawProfile } from './law-profile.ts';

/** Somebody who may ask as the patient does (45 CFR 164.502(g)). */
export interface Representative {
  /** Logical id of the patient. */
  readonly patient: string;
  /** A parent or guardian of a minor, or an agent under a power of attorney or a court's order. */
  readonly relationship: 'parent' | 'guardian' | 'agent';
  /** The patient's birth, in milliseconds since 1970; undefined when it is not known. */
  readonly birthMs: number | undefined;
  readonly fromMs: number;
  /** First millisecond at which the right is over. */
  readonly untilMs: number;
}

/** A right that there is not: it never holds. */
export function noRight(patient: string): Representative {
  return { patient, relationship: 'agent', birthMs: undefined, fromMs: 0, untilMs: 0 };
}

/**
 * What a representative may have of the patient's own rights: everything the patient has, while the right lasts. A parent's and a
 * guardian's of a minor ends on the day of age; where no birth date is known it cannot be told that it has not. What the law lets
 * a minor obtain alone stays with the minor (45 CFR 164.502(g)(3)(i)(A)).
 */
export function decideRepresentative(
  { subject, nowMs }: DecisionRequest,
  { patient, relationship, birthMs, fromMs, untilMs }: Representative,
  facts: DecisionFacts,
  law: LawProfile,
): DecisionRule {
  if (patient !== subject) return 'not-own-record';
  if (nowMs < fromMs || nowMs >= untilMs) return 'representation-ended';
  if (relationship === 'agent') return 'representative';
  if (birthMs === undefined || nowMs >= birthday(birthMs, law.majorityYears)) return 'representation-ended';
  return isConfidential({ birthMs }, facts.labels, law, nowMs) ? 'confidential-service' : 'representative';
}

/** FHIRPaths of the parts of a resource that stay with the minor where the rest of it is the representative's to see; mostly none. */
export function confidentialParts(
  { nowMs }: Pick<DecisionRequest, 'nowMs'>,
  { relationship, birthMs }: Representative,
  { parts = [] }: Pick<DecisionFacts, 'parts'>,
  law: LawProfile,
): readonly string[] {
  if (relationship === 'agent') return [];
  return parts.flatMap(({ path, labels }) => (isConfidential({ birthMs }, labels, law, nowMs) ? [path] : []));
}

/** Whether labels are those of care that the law lets a minor of this age obtain alone; of one whose age is not known, of any age. */
export function isConfidential(
  { birthMs }: Pick<Representative, 'birthMs'>,
  labels: readonly string[],
  { minorServices }: Pick<LawProfile, 'minorServices'>,
  nowMs: number,
): boolean {
  return minorServices.some(
    (service) =>
      (birthMs === undefined || nowMs >= birthday(birthMs, service.fromYears)) &&
      labels.some((label) => service.labels.includes(label)),
  );
}

/** The first instant of a birthday in UTC; of somebody born on a 29 February, 1 March in other years. */
export function birthday(birthMs: number, years: number): number {
  const born = new Date(birthMs);
  return Date.UTC(born.getUTCFullYear() + years, born.getUTCMonth(), born.getUTCDate());
}
