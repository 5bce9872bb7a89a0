import type { RightsKind, RightsRequest, RightsStep } from '../api/rights.ts';
import { onDay } from './when.ts';

/** What was asked for. */
export const KINDS: Readonly<Record<RightsKind, string>> = {
  access: 'Access to the record',
  amendment: 'An amendment',
  accounting: 'An accounting of disclosures',
};

/** What happened, as a step is headed. */
export const STEPS: Readonly<Record<RightsStep['what'], string>> = {
  received: 'Asked for',
  extended: 'More time was taken',
  granted: 'Accepted',
  denied: 'Denied',
  enclosed: 'The request and its denial go with every later disclosure',
  disagreed: 'Statement of disagreement',
  rebutted: 'Rebuttal by the organisation',
};

/** Where a request stands, in a word or two. */
export function standing({ status, overdue }: RightsRequest): string {
  if (overdue) return 'overdue';
  return { open: 'open', granted: 'accepted', denied: 'denied', disputed: 'denied, disputed' }[status];
}

/** By when there must be an answer, and the rule that says so; undefined once there is one. */
export function dueWords({ status, due, overdue, clause }: RightsRequest): string | undefined {
  if (status !== 'open') return undefined;
  const rule = clause === undefined ? '' : ` (${clause})`;
  return overdue
    ? `An answer was due on ${onDay(due)}${rule}. It is overdue.`
    : `An answer is due by ${onDay(due)}${rule}.`;
}

/** Grounds of a denial by kind of request, with the words that an officer chooses among; an accounting has none. */
export const GROUNDS: Readonly<Record<RightsKind, Readonly<Record<string, string>>>> = {
  amendment: {
    'accurate-and-complete': 'It is accurate and complete: 164.526(a)(2)(iv)',
    'not-created-here': 'It was not created by this organisation: 164.526(a)(2)(i)',
    'not-in-record-set': 'It is not part of the designated record set: 164.526(a)(2)(ii)',
    'not-for-inspection': 'It would not be available for inspection: 164.526(a)(2)(iii)',
  },
  access: {
    'psychotherapy-notes-or-proceedings': 'Psychotherapy notes, or made for legal proceedings: 164.524(a)(1)',
    'correctional-institution':
      'A copy would endanger safety in a correctional institution: 164.524(a)(2)(ii)',
    'research-in-progress': 'Research in progress, agreed to beforehand: 164.524(a)(2)(iii)',
    'promise-of-confidentiality': 'From somebody who was promised confidentiality: 164.524(a)(2)(v)',
    'endangers-life': 'It would endanger life or physical safety: 164.524(a)(3)(i)',
    'harms-another-person': 'It names another person, whom it would harm: 164.524(a)(3)(ii)',
    'harm-by-representative': 'A representative asks, and it would cause harm: 164.524(a)(3)(iii)',
  },
  accounting: {},
};
