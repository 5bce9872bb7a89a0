/**
 * What can go wrong in the vault.
 * - `version-conflict`: somebody else wrote this resource first; read it again.
 * - `not-found`: there is no such resource, hold or backup.
 * - `erased`: the resource or its patient was erased; nothing more is stored under it.
 * - `retained`: a retention rule or legal hold forbids the erasure; the message names it.
 * - `full`: no room on the disk; nothing was changed.
 * - `busy`: too many writes are waiting; try again.
 * - `not-ready`: no ledger block has been seen yet, so no event can say when it happened.
 * - `sealed-key-missing`: a key that should be there is not: restore the key store, or open the right keyring.
 * - `damaged`: stored bytes are not what was stored; run `holdfast fsck`.
 * - `too-costly`: the search would look at too many rows; narrow it.
 * - `malformed`: an argument is not of its form.
 * - `unavailable`: the storage failed; the cause says how.
 */
export type VaultErrorCode =
  | 'version-conflict'
  | 'not-found'
  | 'erased'
  | 'retained'
  | 'full'
  | 'busy'
  | 'not-ready'
  | 'sealed-key-missing'
  | 'damaged'
  | 'too-costly'
  | 'malformed'
  | 'unavailable';

/** An operational failure of the vault. The message says what to do and holds no health data. */
export class VaultError extends Error {
  readonly code: VaultErrorCode;

  constructor(code: VaultErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'VaultError';
    this.code = code;
  }
}
