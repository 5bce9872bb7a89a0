export type { Awaitable } from './awaitable.ts';
export type { AuditWrite, Change, EventWrite, Logged, ResourceName, VersionWrite } from './change.ts';
export type { LedgerHead } from './entries/event-making.ts';
export type { ErasureServices } from './erasure/eraser.ts';
export {
  type ErasureOrder,
  type ErasureReason,
  type ErasureSubject,
  type Hold,
  type HoldOrder,
  type RetentionRule,
  type Tombstone,
  tombstoneMessage,
} from './erasure/tombstone.ts';
export { VaultError, type VaultErrorCode } from './error.ts';
export type { FsckOptions, FsckReport, Problem, ProblemCode } from './integrity/report.ts';
export { type KeyBackup, restoreKeyStore, sealKeys } from './keys/key-backup.ts';
export type { Epoch, EpochKeys, KeyManagement } from './keys/key-management.ts';
export { keyStoreMigrations } from './keys/key-store-migrations.ts';
export { type Keyring, type KeyringKey, type KeyringOptions, openKeyring } from './keys/keyring.ts';
export type { Merge } from './keys/merged-patients.ts';
export type { RotationProgress } from './keys/rotation.ts';
export { openVault, type VaultOptions } from './open-vault.ts';
export { type Relocation, relocateEntries } from './relocation.ts';
export { vaultMigrations } from './storage/sqlite/migrations.ts';
export type { Head, Opening, StoredVersion } from './stored-version.ts';
export type {
  AuditStretch,
  CompartmentQuery,
  FollowedAudit,
  FollowedVersion,
  HistoryPage,
  HistoryQuery,
  Hit,
  Reader,
  SearchPage,
  Vault,
  VaultQuery,
  VersionStretch,
} from './vault.ts';
