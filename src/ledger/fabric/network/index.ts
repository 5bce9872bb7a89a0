export { type AddLocalRequest, addLocalOrganisation } from './add-local-organisation.ts';
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
export {
  type ChannelConfiguration,
  configurationDrift,
  type Drift,
  organisationsIn,
} from './channel-configuration.ts';
export { channelConfiguration } from './channel-update.ts';
export { configureAnew } from './configure-anew.ts';
export type { ConnectionProfile, ProfileIdentity, ProfileServer } from './connection-profile.ts';
export { consentersOf } from './consenters.ts';
export { type CreateNetworkOptions, createNetwork } from './create-network.ts';
export { adoptChaincode, type ChaincodeSource, deployChaincode } from './deploy-chaincode.ts';
export { joinNetwork } from './join-network.ts';
export { type NetworkContext, networkContext } from './network-context.ts';
export {
  type ChaincodeDescription,
  type NetworkDescription,
  readDescription,
  writeDescription,
} from './network-description.ts';
export { NetworkError, type NetworkErrorCode } from './network-error.ts';
export { type NetworkFolder, networkFolder, type OrganisationFiles } from './network-folder.ts';
export {
  type NetworkStatus,
  networkStatus,
  type OrganisationStatus,
  type ProcessStatus,
} from './network-status.ts';
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
} from './organisation-plan.ts';
export { toleratedFaults, whilePaused } from './pause-organisation.ts';
export { blockHeight, leaderOf, ordererHeight } from './process-metrics.ts';
export { hostedProcesses } from './process-specs.ts';
export { rotateCertificates } from './rotate-certificates.ts';
export { layReady, readSnapshot, type Snapshot, takeSnapshot } from './snapshot.ts';
export { type RunningNetwork, type StartNetworkOptions, startNetwork } from './start-network.ts';
export { startSupervisor, stopNetwork, superviseNetwork } from './supervise-network.ts';
export { type ProcessEvent, Supervisor } from './supervisor.ts';
export { suspendOrganisation } from './suspend-organisation.ts';
