/** Closed set of reasons why something in this room was refused. */
export type ProofErrorCode =
  /** Text or bytes are not in the format; nothing was taken from them. */
  | 'malformed'
  /** A named limit of this room is exceeded (depth, signatures, path length, size). */
  | 'too-large'
  /** A JSON object names the same member twice (RFC 8785 §3.1, I-JSON). */
  | 'duplicate-name'
  /** The version or type line is one this code does not know. */
  | 'unsupported'
  /** A signature by a known key does not verify. */
  | 'invalid-signature'
  /** No signature by a known key was found. */
  | 'no-verifiable-signature'
  /** A Merkle proof does not lead to the root. */
  | 'invalid-proof';

/** Refusal by the proof room: a stable `code` and a sentence that says what was expected. */
export class ProofError extends Error {
  readonly code: ProofErrorCode;

  constructor(code: ProofErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ProofError';
    this.code = code;
  }
}
