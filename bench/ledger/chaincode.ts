/** The benchmark's contracts as a chaincode process. */
import { serveChaincode } from '../../src/ledger/fabric/chaincode/index.ts';
import { benchContracts } from './contracts.ts';

await serveChaincode({
  contracts: benchContracts,
  semver: process.env.HOLDFAST_SEMVER ?? '',
  bundle: import.meta.filename,
});
