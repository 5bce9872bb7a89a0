/** Why a cryptographic operation was refused; the set is closed. */
export type CryptoErrorCode =
  /** A key, nonce or message has a length or a first byte that the format does not allow. */
  | 'malformed'
  /** The suite byte names algorithms that this program does not know. */
  | 'unknown-suite'
  /** Wrong key, wrong associated data, wrong passphrase, or a changed byte: these cannot be told apart, by design. */
  | 'not-authentic'
  /** A public key that would make the shared secret known to everybody. */
  | 'weak-key'
  /** The content is larger than the caller's limit. */
  | 'too-large';

/** A refused cryptographic operation. The message never holds key material or content. */
export class CryptoError extends Error {
  readonly code: CryptoErrorCode;

  constructor(code: CryptoErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CryptoError';
    this.code = code;
  }
}

/** Throws `malformed` unless `bytes` has exactly this length. */
export function requireLength(bytes: Uint8Array, lengthBytes: number, what: string): void {
  if (bytes.length !== lengthBytes) {
    throw new CryptoError('malformed', `${what} must have ${lengthBytes} bytes and has ${bytes.length}`);
  }
}
