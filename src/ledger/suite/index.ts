/** Door of the contract suite, for tests alone: it imports the test runner and is not reachable from the room's own door. */
export { describeLedger } from './describe-ledger.ts';
export { SuiteFabric } from './fabric-network.ts';
export { startEmbedded } from './start-embedded.ts';
export { testContracts } from './test-contracts.ts';
export { FOUNDERS, TEST_LEDGER, testKeys, testPolicy, testPublicKey, testSigner } from './test-member.ts';
export {
  type EngineUnderTest,
  genesis,
  refusal,
  type StartEngine,
  SuiteNetwork,
  set,
  type TestConnection,
} from './test-network.ts';
