import type { RefusalIssue } from './unit-answer.ts';

/** Something that was not stored, and why (FORMATS §7). */
export interface Refused {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** `Type/id`, or the type alone. */
  readonly resource: string;
  /** FHIRPath of the first element at fault; empty when it is the whole. */
  readonly element: string;
  /** Stable code of the rule it breaks. */
  readonly rule: string;
  readonly message: string;
  /** Every issue, when there is more than one. */
  readonly issues?: readonly RefusalIssue[];
}

/** A file of a folder that holds no FHIR. */
export interface Skipped {
  readonly file: string;
  readonly reason: 'not-fhir';
}

/** What an import came to. `read` is what was stored, found unchanged, or refused. */
export interface ImportReport {
  readonly read: number;
  readonly stored: number;
  readonly unchanged: number;
  readonly refused: readonly Refused[];
  readonly skipped: readonly Skipped[];
  /** Files that an interrupted import had finished before; their counts are in the sums. */
  readonly resumed: number;
  /** False when it was stopped before everything was read. */
  readonly complete: boolean;
}

/** One line about a refusal, from its issues. */
export function refusal(
  place: Pick<Refused, 'file' | 'line' | 'resource'>,
  issues: readonly RefusalIssue[],
): Refused {
  const [first = { element: '', rule: 'unknown', message: '' }] = issues;
  return { ...place, ...first, ...(issues.length > 1 ? { issues } : {}) };
}
