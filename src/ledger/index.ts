export type { LedgerProblem, LedgerProblemCode } from './embedded/chain-check.ts';
export {
  type Connection,
  type EmbeddedEngine,
  type EmbeddedOptions,
  openEmbeddedLedger,
} from './embedded/engine.ts';
export { conflict, LedgerError, type LedgerErrorCode, reject } from './error.ts';
export type { Address } from './kit/address.ts';
export { address, origin } from './kit/address.ts';
export { type ArgsOf, type Fields, list, object, optional } from './kit/composite.ts';
export { type Context, MAX_RANGE, type QueryContext, type RangeOptions, type Role } from './kit/context.ts';
export {
  type Contract,
  type ContractDescription,
  defineContract,
  describeContract,
  query,
  type TransactionSource,
  transaction,
} from './kit/contract.ts';
export { ContractSet } from './kit/contract-set.ts';
export { ask, type Execution, execute, type Outcome } from './kit/execute.ts';
export { type Field, type FieldDescription, isField, type ValueOf } from './kit/field.ts';
export {
  type ContractState,
  contractKey,
  isActiveKey,
  type KeyUse,
  LEDGER_KEY,
  type LedgerState,
  MEMBERSHIP,
  type MemberKey,
  type MemberLog,
  type MemberState,
  memberKey,
  POLICY_HEAD_KEY,
  type PolicyHeadState,
  type PolicyState,
  policyContent,
  policyKey,
} from './kit/member-state.ts';
export {
  commitment,
  count,
  id,
  key,
  oneOf,
  organisation,
  registryId,
  signature,
  time,
} from './kit/scalar.ts';
export { Overlay, type StateReader } from './kit/state-reader.ts';
export type { StateEntry, StateObject, StateValue } from './kit/state-value.ts';
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
export { LedgerLog, type LedgerLogOptions } from './log/ledger-log.ts';
export {
  type BlockHandler,
  Projection,
  type ProjectionHead,
  type ProjectionOptions,
  type ProjectionStore,
} from './projection.ts';
