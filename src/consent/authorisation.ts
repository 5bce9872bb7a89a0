import type { Criteria } from './criteria.ts';
import { asElement, type Element, type Findings, refuse } from './element.ts';
import type { Provision } from './provision.ts';
import { ALL_PURPOSES, purposeBit, purposeSet } from './purpose-of-use.ts';
import { requireElements } from './required-elements.ts';
import { ACT_CODE, NOTE_LABELS, PART_2_LABELS } from './sensitivity.ts';

/** Special protections of law that a consent satisfies. */
export interface Authorisations {
  /** It has every element of 42 CFR 2.31(a). */
  readonly part2: boolean;
  /** It permits for legal proceedings and nothing else: 42 CFR 2.31(d). */
  readonly legalOnly: boolean;
  /** It permits notes of one kind and nothing else: 45 CFR 164.508(b)(3)(ii), 42 CFR 2.31(b). */
  readonly notesOnly: boolean;
}

/** What an ordinary consent satisfies. */
const NO_AUTHORISATIONS: Authorisations = { part2: false, legalOnly: false, notesOnly: false };

const LEGAL = purposeSet(['HLEGAL']);
const OPERATIONS = purposeBit('HOPERAT') ?? ALL_PURPOSES;

/**
 * Which special protections a Consent satisfies, notes refused together with what is missing or combined in it. One that claims
 * none is an ordinary consent: nothing more is asked of it.
 */
export function authorisationsOf(consent: Element, root: Provision, findings: Findings): Authorisations {
  const permits = permitsOf(root);
  const isAboutNotes = permits.some((permit) => names(permit, NOTE_LABELS));
  const isPart2 = claimsPart2(consent) || permits.some((permit) => names(permit, PART_2_LABELS));
  if (!isAboutNotes && !isPart2) return NO_AUTHORISATIONS;
  if (isAboutNotes) requireNotesAlone(permits, findings);
  if (isPart2) requireLegalAlone(permits, findings);
  requireElements(consent, permits, isPart2 ? 'part-2' : 'hipaa', findings);
  const legalOnly = permits.every(({ criteria }) => isOnlyLegal(criteria));
  return { part2: isPart2, legalOnly, notesOnly: isAboutNotes };
}

function permitsOf(provision: Provision): Provision[] {
  const own = provision.effect === 'permit' ? [provision] : [];
  return [...own, ...provision.exceptions.flatMap(permitsOf)];
}

function names({ criteria }: Provision, labels: readonly string[]): boolean {
  return labels.some((label) => criteria.labels?.others.has(label) === true);
}

/** A Consent is under 42 CFR Part 2 when its policy rule or a category says so. */
function claimsPart2({ policyRule, category }: Element): boolean {
  const concepts = [policyRule, ...(Array.isArray(category) ? category : [])];
  return concepts.some((concept) => {
    const codings = asElement(concept)?.coding;
    return (
      Array.isArray(codings) &&
      codings.some((one) => asElement(one)?.system === ACT_CODE && asElement(one)?.code === '42CFRPart2')
    );
  });
}

/** An authorisation for notes may be combined only with another for notes of that kind. */
function requireNotesAlone(permits: readonly Provision[], findings: Findings): void {
  const kind = NOTE_LABELS.find((label) => permits.some((permit) => names(permit, [label]))) ?? '';
  for (const { path, criteria } of permits) {
    const labels = [...(criteria.labels?.others ?? [])];
    if (labels.length > 0 && labels.every((label) => label === kind)) continue;
    refuse(
      findings,
      `${path}.securityLabel`,
      'contradiction',
      'Psychotherapy notes and counselling notes each need a consent of their own (45 CFR 164.508(b)(3)(ii), 42 CFR 2.31(b)).',
    );
  }
}

function isOnlyLegal({ purposes }: Criteria): boolean {
  return (
    !purposes.any &&
    purposes.low === LEGAL.low &&
    purposes.high === LEGAL.high &&
    purposes.others.length === 0
  );
}

/** Named as such: operations have legal services below them, which are not legal proceedings against the patient. */
function namesLegal({ purposes }: Criteria): boolean {
  const has = ({ low, high }: { low: number; high: number }) =>
    ((purposes.low & low) | (purposes.high & high)) !== 0;
  return !purposes.any && has(LEGAL) && !has(OPERATIONS);
}

function requireLegalAlone(permits: readonly Provision[], findings: Findings): void {
  if (!permits.some(({ criteria }) => namesLegal(criteria))) return;
  for (const { path, criteria } of permits) {
    if (isOnlyLegal(criteria)) continue;
    refuse(
      findings,
      `${path}.purpose`,
      'contradiction',
      'Consent for legal proceedings is given apart from any other (42 CFR 2.31(d)).',
    );
  }
}
