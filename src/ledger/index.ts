export {
  type Continuation,
  type ContinuedFrom,
  type ContinuedLedger,
  continuationMessage,
  continuationOf,
  parseSignedContinuation,
  type SignedContinuation,
  signersOf,
} from './continuation/continuation.ts';
export { type StateHash, stateHash } from './continuation/state-tree.ts';
export type { LedgerProblem, LedgerProblemCode } from './embedded/chain-check.ts';
export {
  type Connection,
  type EmbeddedEngine,
  type EmbeddedOptions,
  openEmbeddedLedger,
} from './embedded/engine.ts';
export { openStoredLedger, type StoredLedger, type StoredLedgerOptions } from './embedded/stored-ledger.ts';
export type { CarriedLedger, CarryProgress } from './fabric/carried-ledger.ts';
export type { FabricConnection, FabricEngine, FabricOptions } from './fabric/engine.ts';
export * from './fabric/network/index.ts';
export { openFabricEngine } from './fabric/open.ts';
export { type FabricProfile, readProfile } from './fabric/profile.ts';
export * from './kit/index.ts';
export type {
  Block,
  Committed,
  CommittedTransaction,
  Ledger,
  LedgerEvent,
  Sign,
  Transaction,
  TransactionArgs,
  Write,
} from './ledger.ts';
export { checkLedgerLog, type LedgerLogProblem, type LedgerLogProblemCode } from './log/check-ledger-log.ts';
export { cosignRoute } from './log/cosign-route.ts';
export { type LeafSource, takeEarlierLeaves } from './log/earlier-leaves.ts';
export { cosignOverHttp } from './log/http-cosigner.ts';
export { leavesOverHttp } from './log/http-leaves.ts';
export { leavesRoute } from './log/leaves-route.ts';
export { LedgerLog, type LedgerLogOptions } from './log/ledger-log.ts';
export {
  type BlockHandler,
  Projection,
  type ProjectionHead,
  type ProjectionOptions,
  type ProjectionStore,
} from './projection.ts';
