/** Why the log refused or could not do something; the set is closed. */
export type LogErrorCode =
  /** A request, path, bundle or proof is not in its format. */
  | 'malformed'
  /** A named limit of this room is exceeded. */
  | 'too-large'
  /** No such log, leaf, tile or checkpoint here. */
  | 'not-found'
  /** The origin is not one of a current member's log, nor mirrored here. */
  | 'unknown-log'
  /** A proof does not fit the tree that this organisation holds. */
  | 'invalid-proof'
  /** No cosigned checkpoint covers the leaf yet; try again in a second. */
  | 'not-covered'
  /** Another member could not be asked, or its answer could not be used; nothing follows from it. */
  | 'unavailable'
  /** What was fetched does not hash to the checkpoint that its owner signed. */
  | 'tiles-mismatch'
  /** Two histories of one log exist. Nothing more is signed until people have looked at it. */
  | 'forked'
  /** Entries were appended since an old backup was restored and nobody takes their new leaf numbers. */
  | 'unrelocated-tail'
  /** No signing key or no policy is known for what was asked. */
  | 'not-configured';

/** An operational failure of the log room: a stable `code` and a sentence that says what to do. */
export class LogError extends Error {
  readonly code: LogErrorCode;

  constructor(code: LogErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LogError';
    this.code = code;
  }
}
