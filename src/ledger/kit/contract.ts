import assert from 'node:assert/strict';
import { type ArgsOf, type Fields, object } from './composite.ts';
import type { Context, QueryContext, Role } from './context.ts';
import type { Field, FieldDescription } from './field.ts';
import { isField } from './field.ts';
import { MEMBERSHIP } from './member-state.ts';

/** One kind of transaction, ready to run. */
export interface TransactionDefinition {
  /** The arguments, as an object field of the kit. */
  readonly args: Field<unknown>;
  /** Roles that may submit it. */
  readonly roles: readonly Role[];
  /** `genesis`: only on empty state. `stateless`: names no object, changes no state. */
  readonly mode: 'ordinary' | 'genesis' | 'stateless';
  /** The object that the transaction belongs to, within the contract. */
  object(args: unknown, organisation: string): string;
  /** The object's sequence that it makes: one more than the last, the first is 1. */
  sequence(args: unknown): number;
  apply(context: Context, args: unknown): void;
}

/** One kind of query, ready to run. */
export interface QueryDefinition {
  readonly args: Field<unknown>;
  run(context: QueryContext, args: unknown): unknown;
}

/** A contract in one version: pure functions over committed state. */
export interface Contract {
  readonly name: string;
  /** 1 is active from the beginning; a higher one once a majority has activated it in `membership`. */
  readonly version: number;
  readonly transactions: { readonly [name: string]: TransactionDefinition };
  readonly queries: { readonly [name: string]: QueryDefinition };
}

/** How a contract writes down a transaction. */
export interface TransactionSource<F extends Fields> {
  readonly args: F;
  /** Who may submit it; both roles when left out. */
  readonly roles?: readonly Role[];
  readonly mode?: TransactionDefinition['mode'];
  object?(args: ArgsOf<F>, organisation: string): string;
  sequence?(args: ArgsOf<F>): number;
  apply(context: Context, args: ArgsOf<F>): void;
}

/** Defines one kind of transaction. `object` is required unless it is stateless; `sequence` is always 1 when left out. */
export function transaction<F extends Fields>(source: TransactionSource<F>): TransactionDefinition {
  const mode = source.mode ?? 'ordinary';
  assert.equal(
    source.object === undefined,
    mode === 'stateless',
    'every transaction names its object, unless it is stateless',
  );
  return {
    args: object(source.args),
    roles: source.roles ?? ['node', 'admin'],
    mode,
    object: (args, organisation) => source.object?.(args as ArgsOf<F>, organisation) ?? '',
    sequence: (args) => source.sequence?.(args as ArgsOf<F>) ?? 1,
    apply: (context, args) => source.apply(context, args as ArgsOf<F>),
  };
}

/** Defines one kind of query; its arguments are not recorded anywhere. */
export function query<F extends Fields>(source: {
  readonly args: F;
  run(context: QueryContext, args: ArgsOf<F>): unknown;
}): QueryDefinition {
  return { args: object(source.args), run: (context, args) => source.run(context, args as ArgsOf<F>) };
}

const CONTRACT_NAME = /^[a-z][a-z0-9-]{0,31}$/;
const MEMBER_NAME = /^[a-z][A-Za-z0-9]{0,31}$/;

/** Defines a contract. That its fields are of the kit, and addresses only where they may be, is checked here. */
export function defineContract<const C extends Contract>(contract: C): C {
  assert.ok(
    CONTRACT_NAME.test(contract.name) && Number.isSafeInteger(contract.version) && contract.version >= 1,
  );
  describeContract(contract);
  const begins = Object.values(contract.transactions).some(({ mode }) => mode === 'genesis');
  assert.ok(!begins || contract.name === MEMBERSHIP, 'a ledger begins with membership alone');
  return Object.freeze(contract);
}

/** What a contract takes, as plain data. */
export interface ContractDescription {
  readonly name: string;
  readonly version: number;
  readonly transactions: { readonly [name: string]: FieldDescription };
  readonly queries: { readonly [name: string]: FieldDescription };
}

/**
 * Walks a contract and returns what it takes. A field that the kit did not make, an address outside `membership` or an
 * origin in a transaction is a broken invariant: those are the only ways to bring text of one's own onto the ledger.
 */
export function describeContract(contract: Contract): ContractDescription {
  const describe = (
    definitions: { readonly [name: string]: { args: Field<unknown> } },
    forbidden: readonly string[],
  ) =>
    Object.fromEntries(
      Object.entries(definitions).map(([name, { args }]) => {
        assert.ok(
          MEMBER_NAME.test(name) && isField(args),
          `${contract.name}.${name} takes a field that is not of the kit`,
        );
        for (const kind of kindsOf(args.description)) {
          assert.ok(
            !forbidden.includes(kind),
            `${contract.name}.${name} must not take a field of kind ${kind}`,
          );
        }
        return [name, args.description];
      }),
    );
  return {
    name: contract.name,
    version: contract.version,
    transactions: describe(
      contract.transactions,
      contract.name === MEMBERSHIP ? ['origin'] : ['origin', 'address'],
    ),
    queries: describe(contract.queries, []),
  };
}

function kindsOf(description: FieldDescription): string[] {
  if (description.kind === 'list' || description.kind === 'optional')
    return [description.kind, ...kindsOf(description.of)];
  if (description.kind === 'object') return ['object', ...Object.values(description.fields).flatMap(kindsOf)];
  return [description.kind];
}
