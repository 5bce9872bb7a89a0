import { ProofError } from '../proof/index.ts';
import { LedgerError } from './error.ts';
import { encodeValue, type StateValue } from './kit/state-value.ts';
import type { TransactionArgs } from './ledger.ts';

/** Arguments as an engine orders them: JSON of integers, sharing nothing with the caller's. */
export type PlainArgs = { readonly [name: string]: StateValue | undefined };

/** A copy of the arguments that holds only what the ledger carries. Throws `LedgerError` `rejected` `malformed`. */
export function plainArgs(args: TransactionArgs): PlainArgs {
  try {
    return JSON.parse(encodeValue(args as PlainArgs)) as PlainArgs;
  } catch (cause) {
    if (!(cause instanceof ProofError) && !(cause instanceof Error && cause.name === 'AssertionError'))
      throw cause;
    throw new LedgerError('rejected', 'the arguments must be JSON without fractions', {
      reason: 'malformed',
      cause,
    });
  }
}
