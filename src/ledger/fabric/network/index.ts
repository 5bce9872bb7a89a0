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
export type { ConnectionProfile, ProfileIdentity, ProfileServer } from './connection-profile.ts';
export { type CreateNetworkOptions, createNetwork } from './create-network.ts';
export { adoptChaincode, type ChaincodeSource, deployChaincode } from './deploy-chaincode.ts';
export { joinNetwork } from './join-network.ts';
export { type NetworkContext, networkContext } from './network-context.ts';
export {
  type ChaincodeDescription,
  type NetworkDescription,
  readDescription,
} from './network-description.ts';
export { NetworkError, type NetworkErrorCode } from './network-error.ts';
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
export { blockHeight, leaderOf, ordererHeight } from './process-metrics.ts';
export { type RunningNetwork, type StartNetworkOptions, startNetwork } from './start-network.ts';
export { startSupervisor, stopNetwork, superviseNetwork } from './supervise-network.ts';
export { type ProcessEvent, Supervisor } from './supervisor.ts';
