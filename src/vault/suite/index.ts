/** Door of the vault suite, for tests and benchmarks alone. */
export { type OrganisationStorage, openStorage, type StorageOptions } from './organisation-storage.ts';
