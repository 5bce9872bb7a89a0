import type { RightsKind, RightsRequest, RightsStep } from '../api/rights.ts';
import { onDay } from './when.ts';

/** What was asked for. */
export const KINDS: Readonly<Record<RightsKind, string>> = {
  access: 'Access to the record',
  amendment: 'An amendment',
  accounting: 'An accounting of disclosures',
};

/** What a request is about, in a line. */
export const aboutWords = ({ kind, object }: RightsRequest, nameOf?: (object: string) => string): string =>
  object === undefined ? KINDS[kind] : `${KINDS[kind]} of ${nameOf?.(object) ?? object}`;

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
    'accurate-and-complete': '164.526(a)(2)(iv): it is accurate and complete',
    'not-created-here': '164.526(a)(2)(i): it was not created by this organisation',
    'not-in-record-set': '164.526(a)(2)(ii): it is not part of the designated record set',
    'not-for-inspection': '164.526(a)(2)(iii): it would not be available for inspection',
  },
  access: {
    'psychotherapy-notes-or-proceedings': '164.524(a)(1): psychotherapy notes, or made for legal proceedings',
    'correctional-institution':
      '164.524(a)(2)(ii): a copy would endanger safety in a correctional institution',
    'research-in-progress': '164.524(a)(2)(iii): research in progress, agreed to beforehand',
    'promise-of-confidentiality': '164.524(a)(2)(v): from somebody who was promised confidentiality',
    'endangers-life': '164.524(a)(3)(i): it would endanger life or physical safety',
    'harms-another-person': '164.524(a)(3)(ii): it names another person, whom it would harm',
    'harm-by-representative': '164.524(a)(3)(iii): a representative asks, and it would cause harm',
  },
  accounting: {},
};
