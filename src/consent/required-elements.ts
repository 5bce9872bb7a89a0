import type { Criteria } from './criteria.ts';
import { asElement, type Element, elementsOf, type Findings, refuse } from './element.ts';
import type { Provision } from './provision.ts';
import {
  NOT_OPERATIONS,
  type PurposeSet,
  purposeSet,
  purposesCovered,
  TREATMENT_PAYMENT_OPERATIONS,
} from './purpose-of-use.ts';
import { NOTE_LABELS } from './sensitivity.ts';

/** The law that says what a consent must hold. */
export type Form = 'part-2' | 'hipaa';

const OPEN_PURPOSES = purposeSet(TREATMENT_PAYMENT_OPERATIONS.flatMap(purposesCovered));
const OPERATIONS = purposeSet(['HOPERAT']);
const OTHER_THAN_OPERATIONS = purposeSet(NOT_OPERATIONS);

/** An element by its paragraphs in 42 CFR 2.31(a) and in 45 CFR 164.508(c). */
interface Required {
  readonly what: string;
  readonly paragraph: Readonly<Record<Form, string>>;
}

const REQUIRED = {
  patient: { what: 'the name of the patient', paragraph: { 'part-2': '(1)', hipaa: '(1)(vi)' } },
  discloser: { what: 'who is to disclose', paragraph: { 'part-2': '(2)', hipaa: '(1)(ii)' } },
  information: {
    what: 'what kind of information it is about',
    paragraph: { 'part-2': '(3)', hipaa: '(1)(i)' },
  },
  recipients: { what: 'the recipients', paragraph: { 'part-2': '(4)', hipaa: '(1)(iii)' } },
  purpose: { what: 'the purpose', paragraph: { 'part-2': '(5)', hipaa: '(1)(iv)' } },
  // What the patient was told stands in the form that was signed: a Consent points to it and has no element for the words.
  statements: {
    what: 'the form or policy that was signed, with the right to revoke, what a refusal means and that recipients may disclose again',
    paragraph: { 'part-2': '(6) and (10)', hipaa: '(2)' },
  },
  expiry: { what: 'an expiry', paragraph: { 'part-2': '(7)', hipaa: '(1)(v)' } },
  signature: { what: 'who signed it', paragraph: { 'part-2': '(8)', hipaa: '(1)(vi)' } },
  date: { what: 'the date of signature', paragraph: { 'part-2': '(9)', hipaa: '(1)(vi)' } },
} as const satisfies Record<string, Required>;

const CLAUSE: Record<Form, string> = { 'part-2': '42 CFR 2.31(a)', hipaa: '45 CFR 164.508(c)' };

/** Refuses what is missing of the elements that a written consent must hold, each by name, paragraph and path. */
export function requireElements(
  consent: Element,
  permits: readonly Provision[],
  form: Form,
  findings: Findings,
): void {
  const need = (holds: boolean, path: string, { what, paragraph }: Required) => {
    if (!holds) refuse(findings, path, 'missing', `${CLAUSE[form]}${paragraph[form]} asks for ${what}.`);
  };
  const listed = (name: string) => elementsOf(consent[name], `Consent.${name}`, findings).length > 0;
  need(asElement(consent.patient) !== undefined, 'Consent.patient', REQUIRED.patient);
  need(listed('organization'), 'Consent.organization', REQUIRED.discloser);
  need(listed('performer'), 'Consent.performer', REQUIRED.signature);
  need(typeof consent.dateTime === 'string', 'Consent.dateTime', REQUIRED.date);
  const { sourceAttachment, sourceReference } = consent;
  const hasForm = sourceAttachment !== undefined || sourceReference !== undefined || listed('policy');
  need(hasForm, 'Consent.source', REQUIRED.statements);
  for (const { path, criteria } of permits) {
    const { organisations, actors, purposes } = criteria;
    need(organisations !== undefined || actors !== undefined, `${path}.actor`, REQUIRED.recipients);
    need(!purposes.any, `${path}.purpose`, REQUIRED.purpose);
    need(saysWhat(criteria), `${path}.securityLabel`, REQUIRED.information);
    need(mayBeOpen(criteria) || Number.isFinite(criteria.untilMs), `${path}.period.end`, REQUIRED.expiry);
  }
}

function saysWhat({ labels, types, kinds, codes, instances }: Criteria): boolean {
  return [labels, types, kinds, codes, instances].some((each) => each !== undefined);
}

/** 42 CFR 2.31(a)(7): "none" is enough for treatment, payment and operations; notes, and every other purpose, need an end. */
function mayBeOpen({ purposes, labels }: Criteria): boolean {
  const { low, high } = OPEN_PURPOSES;
  const isTpo =
    !purposes.any &&
    purposes.others.length === 0 &&
    (purposes.low & ~low) === 0 &&
    (purposes.high & ~high) === 0;
  // Named by itself: whoever names operations as a whole names what the code system puts below them without meaning it.
  const namesOther = meets(purposes, OTHER_THAN_OPERATIONS) && !meets(purposes, OPERATIONS);
  return isTpo && !namesOther && !NOTE_LABELS.some((label) => labels?.others.has(label) === true);
}

function meets(one: PurposeSet, other: PurposeSet): boolean {
  return ((one.low & other.low) | (one.high & other.high)) !== 0;
}
