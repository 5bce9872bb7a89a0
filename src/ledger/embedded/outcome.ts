import { DatabaseError } from '../../database/index.ts';
import { LedgerError } from '../error.ts';

/** What everybody gets from a ledger that was closed. */
export function closed(): LedgerError {
  return new LedgerError('unavailable', 'the ledger is closed; open it again', { reason: 'closed' });
}

/** What submitters of a block get when storing it failed: a full disk refused it as a whole; after any other failure of the file it is not known what will be found in it. */
export function asOutcome(error: unknown): unknown {
  if (!(error instanceof DatabaseError)) return error;
  if (error.code === 'full' || error.code === 'locked') {
    return new LedgerError('unavailable', error.message, { reason: error.code, cause: error });
  }
  return new LedgerError('unknown-outcome', 'the ledger file failed; send the same again', {
    reason: error.code,
    cause: error,
  });
}
