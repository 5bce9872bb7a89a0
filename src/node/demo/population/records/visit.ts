import type { Encounter, Practitioner, Reference } from '@medplum/fhirtypes';
import type { Term } from '../code-system.ts';
import type { Sensitivity } from '../sensitivity.ts';
import type { Setting } from './site.ts';

/** A visit as the rest of the record, and later the payer, needs it. */
export interface Visit {
  readonly encounter: Reference<Encounter>;
  readonly clinician: Reference<Practitioner>;
  readonly setting: Setting;
  readonly startMs: number;
  readonly endMs: number;
  readonly reason: Term;
  readonly type: Term;
  /** The number under which the organisation bills it. */
  readonly number: string;
  readonly sensitivity?: Sensitivity;
  /** What was done and is billed apart from the visit. */
  readonly services: Term[];
}
