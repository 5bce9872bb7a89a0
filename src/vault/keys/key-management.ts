/**
 * The organisation's key-encryption key, wherever it lives: a file keyring, an HSM or a KMS. It never leaves; keys are
 * handed in to be wrapped. `context` says what a key is for and is bound into the wrapping.
 */
export interface KeyManagement {
  /** Wraps a key of 32 bytes under the newest key-encryption key. */
  wrap(key: Uint8Array, context: string): Uint8Array;
  /** The wrapped key. Throws `VaultError` `sealed-key-missing` when no key-encryption key held here opens it. */
  unwrap(wrapped: Uint8Array, context: string): Uint8Array;
  /** Makes a new key-encryption key, which wraps from now on; older ones still unwrap. */
  renew(): void;
  /** Forgets every key-encryption key but the newest: called when nothing is wrapped under them any more. */
  retire(): void;
}

/** A key that key-store backups of one period are sealed under, gone when the period is over. */
export interface Epoch {
  /** 32 hexadecimal digits. */
  readonly id: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** RFC 3339 UTC. */
  readonly expires: string;
}

/** Keeper of epoch keys. It must itself stay out of the backups that it protects. */
export interface EpochKeys {
  /** Makes a new epoch that ends at `expires`. */
  begin(expires: Date): Epoch;
  /** The epoch; undefined when it never was here or has expired. */
  find(id: string): Epoch | undefined;
  /** Destroys what expired before `now`; returns the ids. Backups sealed under them can never be read again. */
  expire(now: Date): readonly string[];
}
