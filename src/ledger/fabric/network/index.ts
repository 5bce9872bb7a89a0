export { type AddLocalRequest, addLocalOrganisation } from './add-local-organisation.ts';
export { admitOrganisation, configurationWith, newestConfigurationBlock } from './add-organisation.ts';
export { type AdoptChannelRequest, adoptChannel } from './adopt-channel.ts';
export { assembleGenesis, blockHash } from './assemble-genesis.ts';
export {
  type BinariesRequest,
  cacheFolder,
  canBuild,
  FABRIC_VERSION,
  type FabricBinaries,
  fabricBinaries,
} from './binaries.ts';
export { type CertificateExpiry, certificateExpiries, expiryOf, WARNED_DAYS } from './certificate-expiry.ts';
export {
  type ChaincodePackage,
  definitionVersion,
  type PackageRequest,
  packChaincode,
} from './chaincode-package.ts';
export { type ChannelConfiguration, organisationsIn } from './channel-configuration.ts';
export { channelConfiguration } from './channel-update.ts';
export { assertHost } from './check-card.ts';
export { configureAnew } from './configure-anew.ts';
export type { ConnectionProfile, ProfileIdentity, ProfileServer } from './connection-profile.ts';
export { consentersOf } from './consenters.ts';
export { type CreateNetworkOptions, createNetwork } from './create-network.ts';
export { createPart } from './create-part.ts';
export { adoptChaincode, type ChaincodeSource, deployChaincode } from './deploy-chaincode.ts';
export { cardDrift, type KnownCard } from './drift/card-drift.ts';
export { channelDrift, mendPolicies } from './drift/channel-drift.ts';
export type { Drift, DriftCode } from './drift/drift.ts';
export type { AgreedMember } from './drift/member-drift.ts';
export { foremostPlans } from './foremost-plans.ts';
export { joinNetwork } from './join-network.ts';
export { isNewcomer, joinRunningChannel } from './join-running.ts';
export { type NetworkContext, networkContext } from './network-context.ts';
export {
  type ChaincodeDescription,
  type NetworkDescription,
  readDescription,
  writeDescription,
} from './network-description.ts';
export { NetworkError, type NetworkErrorCode } from './network-error.ts';
export {
  cardFile,
  type NetworkFolder,
  networkFolder,
  type OrganisationFiles,
  stagedMaterialFile,
} from './network-folder.ts';
export {
  type NetworkStatus,
  networkStatus,
  type OrganisationStatus,
  type ProcessStatus,
} from './network-status.ts';
export {
  type OrganisationCard,
  organisationCard,
  planFromCard,
  writeCard,
} from './organisation-card.ts';
export type {
  IdentityHolder,
  KeyPair,
  OrganisationAuthorityCertificates,
  OrganisationMaterial,
  TlsHolder,
} from './organisation-material.ts';
export {
  DEFAULT_BASE_PORT,
  localPlans,
  type OrganisationPlan,
  type OrganisationPorts,
  portsAt,
} from './organisation-plan.ts';
export { toleratedFaults, whilePaused } from './pause-organisation.ts';
export { blockHeight, leaderOf, ordererHeight } from './process-metrics.ts';
export { hostedProcesses } from './process-specs.ts';
export { cardOf, rotateCertificates, signRotation } from './rotate-certificates.ts';
export {
  cardFingerprint,
  cardMessage,
  parseSignedCard,
  type SignedCard,
  type UnsignedCard,
} from './signed-card.ts';
export { type AgreedSnapshot, layReady, readSnapshot, type Snapshot, takeSnapshot } from './snapshot.ts';
export { type RunningNetwork, type StartNetworkOptions, startNetwork } from './start-network.ts';
export { startSupervisor, stopNetwork, superviseNetwork } from './supervise-network.ts';
export { type ProcessEvent, Supervisor } from './supervisor.ts';
export { type Suspended, suspendOrganisation } from './suspend-organisation.ts';
export { replaceFile } from './write-material.ts';
