/** How a ledger answers when it does not commit; the set is closed. */
export type LedgerErrorCode =
  /** The contract, or the kit before it, refused; `reason` says why. Nothing changed and asking again changes nothing. */
  | 'rejected'
  /** The object has moved on, or the same sequence was committed with other content; read it and decide again. */
  | 'conflict'
  /** The ledger cannot take it now; nothing was committed. Try again later. */
  | 'unavailable'
  /** It may or may not have been committed. Sending the same again is safe and gives the answer. */
  | 'unknown-outcome';

/** A refusal or failure of the ledger. The message is a sentence that says what to do and holds no argument's value. */
export class LedgerError extends Error {
  readonly code: LedgerErrorCode;
  /** The contract's or kit's own stable code, lower case with hyphens; absent when `code` says it all. */
  readonly reason: string | undefined;

  constructor(code: LedgerErrorCode, message: string, details: { reason?: string; cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'LedgerError';
    this.code = code;
    this.reason = details.reason;
  }
}

/** Ends a transaction or query with `rejected`. `reason` is the contract's stable code, the sentence says what to do. */
export function reject(reason: string, sentence: string): never {
  throw new LedgerError('rejected', sentence, { reason });
}

/** Ends a transaction with `conflict`: what it was built on is no longer so. */
export function conflict(reason: string, sentence: string): never {
  throw new LedgerError('conflict', sentence, { reason });
}
