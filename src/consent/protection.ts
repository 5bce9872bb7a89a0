import type { Asked } from './asked.ts';
import type { Ground } from './decision.ts';
import type { LawProfile, Protection } from './law-profile.ts';
import { purposesCovered } from './purpose-of-use.ts';

/** The rules of law that protect a resource; undefined when none does. */
export type Protections = readonly Protection[] | undefined;

const TREATMENT: ReadonlySet<string> = new Set(purposesCovered('TREAT'));

/** Labels that some rule protects, for each profile: most resources have none of them. */
const protectedLabels = new WeakMap<LawProfile, ReadonlySet<string>>();

/** The rules that protect what is labelled so. */
export function protectionsOf(law: LawProfile, labels: readonly string[]): Protections {
  if (labels.length === 0) return undefined;
  let known = protectedLabels.get(law);
  if (known === undefined) {
    known = new Set(law.protections.flatMap((protection) => protection.labels));
    protectedLabels.set(law, known);
  }
  if (!labels.some((label) => known.has(label))) return undefined;
  return law.protections.filter((protection) => labels.some((label) => protection.labels.includes(label)));
}

/** Whether a consent that permits satisfies a rule of law for one purpose. */
export function satisfies({ consent, provision }: Ground, protection: Protection, purpose: string): boolean {
  const { part2, legalOnly, notesOnly } = consent.authorises;
  const isNamed = protection.labels.some((label) => provision.criteria.labels?.others.has(label) === true);
  switch (protection.needs) {
    case 'part-2-consent':
      return part2 && (purpose !== 'HLEGAL' || legalOnly);
    case 'named':
      return isNamed;
    case 'authorisation':
      return notesOnly && isNamed;
  }
}

/** Whether a rule of law leaves a purpose to the policy inside the organisation. */
export function letsInside(
  { inside, notInsideFor }: Protection,
  purpose: string,
  { request, facts }: Asked,
): boolean {
  if (notInsideFor.includes(purpose)) return false;
  if (inside === 'anyone') return true;
  // 45 CFR 164.508(a)(2)(i)(A): use by the originator, for treatment.
  const { fhirUser } = request;
  return TREATMENT.has(purpose) && fhirUser !== undefined && facts.authors?.includes(fhirUser) === true;
}
