export type { StaffMember } from './organisation.ts';
export {
  generatePopulation,
  type OrganisationRecords,
  type PatientRecord,
  type Person,
  type Population,
  type PopulationRequest,
} from './population.ts';
export { ORGANISATION_NAMES, type OrganisationName } from './profile.ts';
export type { SyntheticResource } from './records/resource-list.ts';
export type { StaffRole } from './staff-roster.ts';
