import type { Criteria } from './criteria.ts';
import { asElement, type Element, elementsOf, type Findings, refuse } from './element.ts';
import type { Provision } from './provision.ts';
import { ALL_PURPOSES, purposeBit, purposeSet, purposesCovered } from './purpose-of-use.ts';
import { ACT_CODE, LABEL } from './sensitivity.ts';

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

const NOTES: readonly string[] = [LABEL.psychotherapyNotes, LABEL.counsellingNotes];
const PART_2: readonly string[] = [LABEL.part2, LABEL.counsellingNotes];
const LEGAL = purposeSet(['HLEGAL']);
const OPERATIONS = purposeBit('HOPERAT') ?? ALL_PURPOSES;
const TREATMENT_PAYMENT_OPERATIONS = purposeSet(['TREAT', 'HPAYMT', 'HOPERAT'].flatMap(purposesCovered));

/**
 * Which special protections a Consent satisfies, notes refused together with what is missing or combined in it. One that claims
 * none is an ordinary consent: nothing more is asked of it.
 */
export function authorisationsOf(consent: Element, root: Provision, findings: Findings): Authorisations {
  const permits = permitsOf(root);
  const isAboutNotes = permits.some((permit) => names(permit, NOTES));
  const isPart2 = claimsPart2(consent) || permits.some((permit) => names(permit, PART_2));
  if (!isAboutNotes && !isPart2) return NO_AUTHORISATIONS;
  if (isAboutNotes) requireNotesAlone(permits, findings);
  if (isPart2) requireLegalAlone(permits, findings);
  const clause = isPart2 ? '42 CFR 2.31(a)' : '45 CFR 164.508(c)';
  requireElements(consent, permits, clause, findings);
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
  const kind = NOTES.find((label) => permits.some((permit) => names(permit, [label]))) ?? '';
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

/** The elements of 42 CFR 2.31(a) and 45 CFR 164.508(c)(1), which differ in words only. */
function requireElements(
  consent: Element,
  permits: readonly Provision[],
  clause: string,
  findings: Findings,
): void {
  const need = (holds: boolean, path: string, what: string) => {
    if (!holds) refuse(findings, path, 'missing', `${clause} asks for ${what}.`);
  };
  const listed = (name: string) => elementsOf(consent[name], `Consent.${name}`, findings).length > 0;
  need(asElement(consent.patient) !== undefined, 'Consent.patient', 'the name of the patient');
  need(listed('organization'), 'Consent.organization', 'who is to disclose');
  need(listed('performer'), 'Consent.performer', 'who signed it');
  need(typeof consent.dateTime === 'string', 'Consent.dateTime', 'the date of signature');
  const hasForm =
    consent.sourceAttachment !== undefined || consent.sourceReference !== undefined || listed('policy');
  need(
    hasForm,
    'Consent.source',
    'the statement of the right to revoke, in the form or policy that was signed',
  );
  for (const { path, criteria } of permits) requireOfProvision(path, criteria, need);
}

function requireOfProvision(
  path: string,
  criteria: Criteria,
  need: (holds: boolean, path: string, what: string) => void,
): void {
  const { organisations, actors, purposes, untilMs, labels, types, kinds, codes, instances } = criteria;
  need(organisations !== undefined || actors !== undefined, `${path}.actor`, 'the recipients');
  need(!purposes.any, `${path}.purpose`, 'the purpose');
  const says = [labels, types, kinds, codes, instances].some((each) => each !== undefined);
  need(says, `${path}.securityLabel`, 'what kind of information it is about');
  const { low, high } = TREATMENT_PAYMENT_OPERATIONS;
  const isTpo = !purposes.any && (purposes.low & ~low) === 0 && (purposes.high & ~high) === 0;
  // 42 CFR 2.31(a)(7): "none" is enough for treatment, payment and operations; notes and the rest need an end.
  const mayBeOpen = isTpo && labels?.others.has(LABEL.psychotherapyNotes) !== true;
  need(mayBeOpen || untilMs !== Number.POSITIVE_INFINITY, `${path}.period.end`, 'an expiry');
}
