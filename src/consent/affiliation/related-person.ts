import { timeRange } from '../../r4/index.ts';
import { codingKeysOf, type Element, objectsIn } from '../element.ts';
import type { LawProfile } from '../law-profile.ts';
import { birthday, type Representative } from '../representative.ts';
import { referenceIn } from './group-members.ts';
import { ALWAYS, both, type Interval, intervalOf } from './period.ts';

const ROLE_CODE = 'http://terminology.hl7.org/CodeSystem/v3-RoleCode';
const ROLE_CLASS = 'http://terminology.hl7.org/CodeSystem/v3-RoleClass';

const all = (system: string, codes: string): readonly string[] =>
  codes.split(' ').map((code) => `${system}|${code}`);

/**
 * Parents by birth or adoption. Step and foster parents decide for a child only where a court says so, and are then guardians
 * (45 CFR 164.502(g)(3)(i): whoever has authority under applicable law).
 */
const PARENTS: readonly string[] = all(ROLE_CODE, 'PRN FTH MTH NPRN NFTH NMTH ADOPTP ADOPTF ADOPTM');
const GUARDIANS: readonly string[] = all(ROLE_CLASS, 'GUARD');
/**
 * Who may decide about health care for an adult (45 CFR 164.502(g)(2)). A power of attorney for something else, finances above all,
 * gives no such right, and neither does being next of kin.
 */
const AGENTS: readonly string[] = all(ROLE_CODE, 'HPOWATT');

/** Somebody's right to ask for a patient, and in which capacities they ask. */
export interface Relation extends Representative {
  /** `system|code` of the relationship. */
  readonly capacities: readonly string[];
}

/**
 * The rights that a RelatedPerson has, while it is active and in its period; none for a neighbour or an emergency contact. A
 * guardianship that begins when the patient is of age is a court's order about an adult and does not end with age. A minor gives no
 * power of attorney: who has one is an agent from the day of age on, and until then what else they are.
 * (FHIR R4 §RelatedPerson.active, .relationship, .period.)
 */
export function relationsOf(
  related: Element,
  patient: Element | undefined,
  law: Pick<LawProfile, 'majorityYears'>,
): readonly Relation[] {
  const id = referenceIn(related.patient)?.match(/^Patient\/(.+)$/)?.[1];
  if (id === undefined || related.active === false || patient === undefined) return [];
  const capacities = objectsIn(related.relationship).flatMap(({ coding }) => codingKeysOf(coding));
  const has = (codes: readonly string[]) => capacities.some((code) => codes.includes(code));
  const birthMs = birthOf(patient);
  const interval = intervalOf(related.period);
  const ofAgeMs = birthMs === undefined ? Number.POSITIVE_INFINITY : birthday(birthMs, law.majorityYears);
  const as = (relationship: Relation['relationship'], when: Interval): Relation => ({
    patient: id,
    relationship,
    birthMs,
    ...when,
    capacities,
  });
  const asAgent = as('agent', both(interval, { fromMs: ofAgeMs, untilMs: ALWAYS.untilMs }));
  if (has(GUARDIANS) && interval.fromMs >= ofAgeMs) return [asAgent];
  const ofMinor = has(GUARDIANS) ? 'guardian' : has(PARENTS) ? 'parent' : undefined;
  return [...(has(AGENTS) ? [asAgent] : []), ...(ofMinor === undefined ? [] : [as(ofMinor, interval)])];
}

/** The earliest instant at which a patient may have been born; undefined when the record does not say. */
export function birthOf({ birthDate }: Element): number | undefined {
  return typeof birthDate === 'string' ? timeRange(birthDate)?.low : undefined;
}
