export {
  CONFIGURATION_FILE,
  type Configuration,
  dataFolder,
  loadConfiguration,
  parseConfiguration,
} from './configuration.ts';
export { NodeError, type NodeErrorCode } from './errors.ts';
export { type Initialised, type InitialiseRequest, initialise } from './initialise.ts';
export { DEMO_PASSPHRASE, passphraseFor } from './passphrase.ts';
export { type RunningNode, type StartOptions, startNode } from './start.ts';
export { VERSION } from './version.ts';
