import type { Criteria, Effect } from './criteria.ts';

/** A compiled provision with the exceptions nested in it. */
export interface Provision {
  /** FHIRPath in the Consent, for explanations. */
  readonly path: string;
  /** Undefined at a root that only holds exceptions (FHIR R4: `type` is not permitted in the root rule). */
  readonly effect: Effect | undefined;
  /** Own criteria, and the parent's where this provision sets none of that kind. */
  readonly criteria: Criteria;
  readonly exceptions: readonly Provision[];
}

/** Whether a provision or an exception in it denies anything. */
export function denies({ effect, exceptions }: Provision): boolean {
  return effect === 'deny' || exceptions.some(denies);
}
