/** The chaincode process of a member: every contract of this program, in one file with all it needs. `npm run build` bundles it. */
import { serveChaincode } from '../../ledger/fabric/chaincode/index.ts';
import { contracts } from './contracts.ts';

await serveChaincode({ contracts, semver: process.env.HOLDFAST_SEMVER ?? '', bundle: import.meta.filename });
