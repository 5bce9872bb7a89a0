export {
  type BinariesRequest,
  cacheFolder,
  canBuild,
  FABRIC_VERSION,
  type FabricBinaries,
  fabricBinaries,
} from './binaries.ts';
export type { ConnectionProfile } from './connection-profile.ts';
export type { CreateNetworkOptions } from './create-network.ts';
export type { ChaincodeSource } from './deploy-chaincode.ts';
export { type NetworkDescription, readDescription } from './network-description.ts';
export { NetworkError, type NetworkErrorCode } from './network-error.ts';
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
