import assert from 'node:assert/strict';
import type { Primitives } from '../../proof/index.ts';
import { conflict, LedgerError, reject } from '../error.ts';
import type { LedgerEvent, Write } from '../ledger.ts';
import { type Context, MAX_RANGE, type RangeOptions, type Role } from './context.ts';
import type { Contract, TransactionDefinition } from './contract.ts';
import type { ContractSet } from './contract-set.ts';
import { LEDGER_KEY, type LedgerState, MEMBERSHIP, type MemberState, memberKey } from './member-state.ts';
import { checkStep, recordStep } from './object-sequence.ts';
import { Overlay, type StateReader } from './state-reader.ts';
import {
  assertKey,
  decodeState,
  encodeState,
  encodeValue,
  type StateObject,
  type StateValue,
} from './state-value.ts';

/** A transaction as an engine hands it to its contract, its submitter already authenticated. */
export interface Execution {
  readonly contracts: ContractSet;
  readonly state: StateReader;
  readonly primitives: Primitives;
  readonly height: number;
  readonly transaction: {
    readonly id: string;
    readonly contract: string;
    readonly name: string;
    readonly args: unknown;
    readonly digest: string;
    readonly time: string;
  };
  readonly submitter: { readonly organisation: string; readonly role: Role };
}

/** What a transaction did: `duplicate` names the transaction that had already done it. */
export type Outcome =
  | { readonly kind: 'applied'; readonly writes: readonly Write[]; readonly events: readonly LedgerEvent[] }
  | { readonly kind: 'duplicate'; readonly transaction: string };

/**
 * Runs one transaction against state and returns its writes; changes nothing itself. The same on every engine and at
 * every endorsing peer. Throws `LedgerError` when the kit or the contract refuses.
 */
export function execute(execution: Execution): Outcome {
  const { contracts, state, transaction, submitter, height } = execution;
  const ledger = state.get(MEMBERSHIP, LEDGER_KEY) as LedgerState | undefined;
  const contract = contracts.active(transaction.contract, height, (key) => state.get(MEMBERSHIP, key));
  const definition = definitionOf(contract, transaction.name);
  assertMayRun(execution, definition, ledger);
  const args = definition.args.parse(transaction.args, 'args');
  const overlay = new Overlay(state);
  const context = new TransactionContext(execution, overlay, contract.name, ledger?.id ?? '');
  if (definition.mode === 'stateless') {
    definition.apply(context, args);
    assert.equal(context.writes.length, 0, 'a stateless transaction writes nothing');
    return { kind: 'applied', writes: [], events: context.events };
  }
  const step = {
    contract: contract.name,
    object: definition.object(args, submitter.organisation),
    sequence: definition.sequence(args),
    digest: transaction.digest,
    time: transaction.time,
  };
  const done = checkStep(state, step);
  if (done !== undefined) return { kind: 'duplicate', transaction: done };
  if (definition.mode === 'genesis' && ledger !== undefined)
    conflict('begun', 'this ledger has already begun');
  definition.apply(context, args);
  const own = recordStep(step, transaction.id).map(({ key, value }) => ({
    contract: contract.name,
    key,
    value: encodeState(value),
  }));
  return { kind: 'applied', writes: [...context.writes, ...own], events: context.events };
}

function definitionOf(contract: Contract, name: string): TransactionDefinition {
  const definition = Object.hasOwn(contract.transactions, name) ? contract.transactions[name] : undefined;
  if (definition === undefined)
    reject('unknown-transaction', 'the contract has no such transaction; check its name');
  return definition;
}

/** What every contract refuses, so that none can forget to. */
function assertMayRun(
  execution: Execution,
  definition: TransactionDefinition,
  ledger: LedgerState | undefined,
): void {
  const { state, submitter } = execution;
  if (!definition.roles.includes(submitter.role)) {
    reject('role', `this takes the role ${definition.roles.join(' or ')}`);
  }
  // On a ledger that has begun, a genesis goes on only to be recognised as the one that was committed, or refused.
  if (definition.mode === 'genesis') return;
  if (ledger === undefined)
    reject('no-genesis', 'the ledger has not begun; the founders sign its genesis first');
  if (ledger.closed !== undefined) reject('ledger-closed', 'this ledger was closed; use its successor');
  const member = state.get(MEMBERSHIP, memberKey(submitter.organisation)) as MemberState | undefined;
  if (member === undefined) reject('not-a-member', 'the organisation is not a member of this ledger');
  if (member.status !== 'active') reject('suspended', 'the organisation is suspended');
}

class TransactionContext implements Context {
  readonly ledger: string;
  readonly organisation: string;
  readonly role: Role;
  readonly time: string;
  readonly height: number;
  readonly primitives: Primitives;
  readonly writes: Write[] = [];
  readonly events: LedgerEvent[] = [];
  readonly #overlay: Overlay;
  readonly #contract: string;

  constructor(execution: Execution, overlay: Overlay, contract: string, ledger: string) {
    this.ledger = ledger;
    this.organisation = execution.submitter.organisation;
    this.role = execution.submitter.role;
    this.time = execution.transaction.time;
    this.height = execution.height;
    this.primitives = execution.primitives;
    this.#overlay = overlay;
    this.#contract = contract;
  }

  get<T extends StateObject>(key: string): T | undefined {
    return this.read<T>(this.#contract, key);
  }

  read<T extends StateObject>(contract: string, key: string): T | undefined {
    assertKey(key);
    return this.#overlay.get(contract, key) as T | undefined;
  }

  range<T extends StateObject>(prefix: string, options: RangeOptions = {}): { key: string; value: T }[] {
    return readRange<T>(this.#overlay, this.#contract, prefix, options);
  }

  put(key: string, value: StateObject): void {
    assertKey(key);
    const text = encodeState(value);
    const earlier = this.writes.findIndex((write) => write.key === key);
    if (earlier >= 0) this.writes.splice(earlier, 1);
    this.writes.push({ contract: this.#contract, key, value: text });
    this.#overlay.put(this.#contract, key, decodeState(text));
  }

  emit(name: string, value: { readonly [name: string]: StateValue }): void {
    this.events.push({ name, value: JSON.parse(encodeValue(value)) });
  }
}

function readRange<T extends StateObject>(
  state: StateReader,
  contract: string,
  prefix: string,
  options: RangeOptions,
) {
  const limit = options.limit ?? MAX_RANGE;
  assert.ok(
    Number.isSafeInteger(limit) && limit >= 1 && limit <= MAX_RANGE,
    `a range gives 1 to ${MAX_RANGE} entries`,
  );
  assertKey(prefix);
  if (options.after !== undefined) assertKey(options.after);
  return state.range(contract, prefix, options.after, limit) as { key: string; value: T }[];
}

/** Runs one query against committed state and returns the contract's answer. Throws `LedgerError` `rejected`. */
export function ask(
  contracts: ContractSet,
  state: StateReader,
  height: number,
  question: { readonly contract: string; readonly name: string; readonly args: unknown },
): unknown {
  const contract = contracts.active(question.contract, height, (key) => state.get(MEMBERSHIP, key));
  const definition = Object.hasOwn(contract.queries, question.name)
    ? contract.queries[question.name]
    : undefined;
  if (definition === undefined)
    throw new LedgerError('rejected', 'the contract has no such query', { reason: 'unknown-query' });
  const args = definition.args.parse(question.args, 'args');
  return definition.run(
    {
      get: <T extends StateObject>(key: string) => {
        assertKey(key);
        return state.get(contract.name, key) as T | undefined;
      },
      read: <T extends StateObject>(other: string, key: string) => {
        assertKey(key);
        return state.get(other, key) as T | undefined;
      },
      range: <T extends StateObject>(prefix: string, options: RangeOptions = {}) =>
        readRange<T>(state, contract.name, prefix, options),
    },
    args,
  );
}
