/** An invariant whose published expression does not say what its text says. */
export interface CorrectedInvariant {
  readonly expression: string;
  readonly reason: string;
}

/** By invariant id. The published expression stays in `r4.ndjson`; this one is evaluated in its place. */
export const CORRECTED_INVARIANTS: ReadonlyMap<string, CorrectedInvariant> = new Map([
  [
    'app-4',
    {
      expression: "cancelationReason.exists() implies (status = 'noshow' or status = 'cancelled')",
      reason: 'The code is noshow (value set appointmentstatus); the published form says no-show.',
    },
  ],
  [
    'bdl-8',
    {
      expression: "fullUrl.exists() implies fullUrl.contains('/_history/').not()",
      reason: 'fullUrl is optional; the published form is empty, hence not true, without it.',
    },
  ],
  [
    'inv-1@Task',
    {
      expression: 'iif(lastModified < authoredOn, false, true)',
      reason: 'Of two times of different precision neither is earlier; the published form fails them.',
    },
  ],
  [
    'mdd-1',
    {
      expression: 'iif(whenHandedOver < whenPrepared, false, true)',
      reason: 'Of two times of different precision neither is earlier; the published form fails them.',
    },
  ],
  [
    'per-1',
    {
      expression: 'iif(start > end, false, true)',
      reason:
        'Of two times of different precision (2012-02, 2012-02-15) neither is later; the published form fails them.',
    },
  ],
  [
    'ras-2',
    {
      expression: '(probability is decimal).not() or probability.empty() or (probability as decimal) <= 100',
      reason: 'probability is optional; the published form is empty, hence not true, without it.',
    },
  ],
  [
    'ref-1',
    {
      expression:
        "reference.exists().not() or reference.startsWith('#').not() or reference = '#' or (reference.substring(1) in %rootResource.contained.id)",
      reason:
        "A reference may be an identifier or a text alone, and '#' points from a contained resource to its container (R4 §2.3.0.2); the published form is empty for both.",
    },
  ],
  [
    'tim-9',
    {
      expression: "offset.empty() or (when.exists() and when.all($this in ('C' | 'CM' | 'CD' | 'CV')).not())",
      reason: 'when repeats, and in takes a single item.',
    },
  ],
]);
