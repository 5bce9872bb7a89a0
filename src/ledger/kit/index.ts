/** Door of the contract kit: what `contract.ts` files import. It loads no engine and no database. */
export { conflict, LedgerError, type LedgerErrorCode, reject } from '../error.ts';
export type { Address } from './address.ts';
export { address, origin } from './address.ts';
export { type ArgsOf, type Fields, list, object, optional } from './composite.ts';
export { type Context, MAX_RANGE, type QueryContext, type RangeOptions, type Role } from './context.ts';
export {
  type Contract,
  type ContractDescription,
  defineContract,
  describeContract,
  query,
  type TransactionSource,
  transaction,
} from './contract.ts';
export { ContractSet } from './contract-set.ts';
export { ask, type Execution, execute, type Outcome } from './execute.ts';
export { type Field, type FieldDescription, isField, type ValueOf } from './field.ts';
export {
  CONTINUATION_KEY,
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
} from './member-state.ts';
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
} from './scalar.ts';
export { Overlay, type StateReader } from './state-reader.ts';
export type { StateEntry, StateObject, StateValue } from './state-value.ts';
