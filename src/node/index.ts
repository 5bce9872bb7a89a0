export type { Application } from '../identity/index.ts';
export {
  CONFIGURATION_FILE,
  type Configuration,
  dataFolder,
  loadConfiguration,
  parseConfiguration,
} from './configuration.ts';
export { demoConfiguration } from './demo/demo-configuration.ts';
export { openDemo, removeDemo, requireDemoFolder } from './demo/demo-folder.ts';
export {
  type ConsortiumMember,
  type FabricConsortium,
  layOutConsortium,
  removeConsortium,
} from './demo/fabric-consortium.ts';
export { NodeError, type NodeErrorCode } from './errors.ts';
export { admitByCard, applicationOn } from './fabric/admit-card.ts';
export type { AgreedKind, OpenProposal } from './fabric/agreement.ts';
export { backupOrganisation, type OrganisationBackupRequest } from './fabric/backup/backup-organisation.ts';
export type { OrganisationManifest } from './fabric/backup/organisation-manifest.ts';
export {
  type OrganisationRestoreRequest,
  type RestoredOrganisation,
  restoreOrganisation,
} from './fabric/backup/restore-organisation.ts';
export {
  type DemoNetwork,
  type DemoNetworkRequest,
  networkProfile,
  openDemoNetwork,
  removeDemoNetwork,
} from './fabric/demo-network.ts';
export { ledgerDrift } from './fabric/ledger-drift.ts';
export {
  addLedgerOrganisation,
  type LedgerOperation,
  suspendLedgerOrganisation,
  upgradeLedgerChaincode,
} from './fabric/ledger-operations.ts';
export {
  applicationOf,
  approveChange,
  type ChangeStanding,
  type MembershipChange,
  proposeChange,
} from './fabric/membership-change.ts';
export {
  chaincodeSource,
  type LedgerNetworkRequest,
  type LedgerOrganisation,
  networkBinaries,
  openLedgerNetwork,
  prepareLedgerNetwork,
} from './fabric/open-ledger-network.ts';
export { makeOrganisationAuthorities, organisationAuthorities } from './fabric/organisation-authorities.ts';
export {
  issueMaterial,
  issueTls,
  type MaterialRequest,
  type SigningAuthorities,
} from './fabric/organisation-material.ts';
export { type PreparePartRequest, preparePart } from './fabric/prepare-part.ts';
export { rotateLedgerCertificates, signLedgerRotation } from './fabric/rotate-ledger.ts';
export { shippedParts } from './fabric/shipped-parts.ts';
export { type FolderTargetRequest, folderTarget } from './import/folder-target.ts';
export { type HttpTargetRequest, httpTarget } from './import/http-target.ts';
export type { ImportReport, Refused, Skipped } from './import/import-report.ts';
export type { ImportTarget } from './import/import-target.ts';
export { type ImportRequest, importFiles } from './import/importer.ts';
export { type Initialised, type InitialiseRequest, initialise } from './initialise.ts';
export {
  type Migrated,
  type MigrationRequest,
  migrateLedger,
  type NetworkWanted,
} from './migration/migrate.ts';
export { createNodeLog, type NodeLog } from './node-log.ts';
export { type OpenNode, type OpenOptions, openNode } from './open-node.ts';
export { type BackupRequest, backupFolder } from './operations/backup.ts';
export { cloneFolder } from './operations/clone.ts';
export { folderConfiguration } from './operations/folder-configuration.ts';
export type { FolderCounts, FolderProblem, FolderReport } from './operations/folder-report.ts';
export { checkFolder, type FolderCheck } from './operations/fsck.ts';
export { type Invitation, inviteToFolder } from './operations/invite.ts';
export type { Manifest } from './operations/manifest.ts';
export { type Restored, type RestoreRequest, restoreFolder } from './operations/restore.ts';
export { type RotationRequest, rotateOrganisationKeys } from './operations/rotate.ts';
export { DEMO_PASSPHRASE, passphraseFor } from './passphrase.ts';
export { type RunningNode, type StartOptions, startNode } from './start.ts';
export { VERSION } from './version.ts';
