import type { Location, Organization, Practitioner, Reference } from '@medplum/fhirtypes';
import type { OrganisationName } from '../profile.ts';

/** Where a visit takes place. */
export type Setting = 'ambulatory' | 'emergency' | 'inpatient' | 'virtual';

/** An organisation as its records refer to it; every reference is local to it. */
export interface Site {
  readonly name: OrganisationName;
  readonly organisation: Reference<Organization>;
  readonly locations: Readonly<Record<Setting, Reference<Location>>>;
  /** Those who see patients, at least one. */
  readonly clinicians: readonly [Reference<Practitioner>, ...Reference<Practitioner>[]];
  /** Whether medicines are handed out in house, so that each prescription leaves a MedicationDispense. */
  readonly pharmacy: boolean;
}
