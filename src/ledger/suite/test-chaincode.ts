/** The suite's contracts as a chaincode process; bundled by the test that starts a network. */
import { serveChaincode } from '../fabric/chaincode/index.ts';
import { testContracts } from './test-contracts.ts';

await serveChaincode({
  contracts: testContracts,
  semver: process.env.HOLDFAST_SEMVER ?? '',
  bundle: import.meta.filename,
});
