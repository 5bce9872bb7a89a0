/** Door of the chaincode process, for the file that is bundled alone: it loads the chaincode server, which takes a process for itself. */
export { serveChaincode } from './serve.ts';
