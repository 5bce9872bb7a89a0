import { existsSync, readFileSync } from 'node:fs';
import {
  CryptoError,
  open,
  openWithPassphrase,
  randomBytes,
  randomId,
  SEALING_KEY_BYTES,
  seal,
  sealWithPassphrase,
} from '../../crypto/index.ts';
import { fromUtf8, toBase64, utf8 } from '../../proof/index.ts';
import { VaultError } from '../error.ts';
import { writeDurably } from './durable-file.ts';
import type { Epoch, EpochKeys, KeyManagement } from './key-management.ts';
import { emptyContents, type KeyringContents, parseContents } from './keyring-contents.ts';

const MASTER_CONTEXT = utf8('holdfast/keyring/v1/master');
const CONTENTS_CONTEXT = utf8('holdfast/keyring/v1/contents');
/** Length of the sealed master key, as a big-endian number before it. */
const LENGTH_BYTES = 2;
/** Id of the key-encryption key before what it wrapped. */
const KEK_ID_BYTES = 16;

/** How a keyring is opened. */
export interface KeyringOptions {
  /** log₂ of scrypt's cost, 15 to 20, for a new file (`src/crypto`). */
  readonly costLog2?: number;
}

/** A key of one use, such as a signing seed. */
export interface KeyringKey {
  /** 32 hexadecimal digits. */
  readonly id: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

/**
 * A file of one organisation's keys, sealed by a passphrase: key-encryption keys, signing and sealing keys by use, epoch
 * keys. Every change is on disk when the call returns. Keep copies of it apart from backups of data and of the key store.
 */
export interface Keyring extends KeyManagement {
  /** The keys of a use such as `log` or `exchange-seal`, oldest first; empty when there are none. */
  keys(use: string): readonly KeyringKey[];
  /** The newest key of a use; makes one with `make` (default: 32 random bytes) when there is none. */
  key(use: string, make?: () => Uint8Array): KeyringKey;
  /** Adds a key of 32 bytes, which becomes the newest of its use. */
  add(use: string, key: Uint8Array): KeyringKey;
  /** Removes a key; false when it was not there. */
  remove(use: string, id: string): boolean;
  /** Keys for key-store backups. */
  readonly epochs: EpochKeys;
}

/**
 * Opens the keyring at `path`, or makes one there. Throws `VaultError` `sealed-key-missing` for a wrong passphrase or a
 * changed file. Takes about half a second (scrypt).
 */
export function openKeyring(path: string, passphrase: string, options: KeyringOptions = {}): Keyring {
  if (existsSync(path)) {
    const file = readFileSync(path);
    const { sealedMaster, sealedContents } = split(file);
    try {
      const master = openWithPassphrase(passphrase, sealedMaster, MASTER_CONTEXT);
      const contents = parseContents(fromUtf8(open(master, sealedContents, CONTENTS_CONTEXT)));
      return new FileKeyring(path, sealedMaster, master, contents);
    } catch (cause) {
      if (cause instanceof CryptoError) throw locked(cause);
      throw cause;
    }
  }
  const master = randomBytes(SEALING_KEY_BYTES);
  const sealedMaster = sealWithPassphrase(passphrase, master, MASTER_CONTEXT, options.costLog2);
  const keyring = new FileKeyring(path, sealedMaster, master, emptyContents());
  keyring.renew();
  return keyring;
}

function locked(cause?: unknown): VaultError {
  return new VaultError(
    'sealed-key-missing',
    'The keyring does not open: check the passphrase, or restore the file.',
    cause,
  );
}

function split(file: Buffer): { sealedMaster: Buffer; sealedContents: Buffer } {
  if (file.length < LENGTH_BYTES) throw locked();
  const end = LENGTH_BYTES + file.readUInt16BE(0);
  return { sealedMaster: file.subarray(LENGTH_BYTES, end), sealedContents: file.subarray(end) };
}

class FileKeyring implements Keyring, EpochKeys {
  readonly #path: string;
  readonly #sealedMaster: Buffer;
  readonly #master: Buffer;
  #contents: KeyringContents;

  constructor(path: string, sealedMaster: Buffer, master: Buffer, contents: KeyringContents) {
    this.#path = path;
    this.#sealedMaster = sealedMaster;
    this.#master = master;
    this.#contents = contents;
  }

  get epochs(): EpochKeys {
    return this;
  }

  wrap(key: Uint8Array, context: string): Uint8Array {
    const kek = this.keys('key-encryption').at(-1);
    if (kek === undefined) throw locked();
    return Buffer.concat([Buffer.from(kek.id, 'hex'), seal(kek.key, key, utf8(context))]);
  }

  unwrap(wrapped: Uint8Array, context: string): Uint8Array {
    const bytes = Buffer.from(wrapped.buffer, wrapped.byteOffset, wrapped.byteLength);
    const id = bytes.toString('hex', 0, KEK_ID_BYTES);
    const kek = this.keys('key-encryption').find((each) => each.id === id);
    if (kek === undefined) {
      throw new VaultError('sealed-key-missing', 'The keyring does not hold the key that wrapped this one.');
    }
    try {
      return open(kek.key, bytes.subarray(KEK_ID_BYTES), utf8(context));
    } catch (cause) {
      throw new VaultError('damaged', 'A wrapped key was changed or stands in the wrong place.', cause);
    }
  }

  renew(): void {
    this.add('key-encryption', randomBytes(SEALING_KEY_BYTES));
  }

  retire(): void {
    const newest = this.keys('key-encryption').slice(-1);
    this.#save({ ...this.#contents, keys: { ...this.#contents.keys, 'key-encryption': newest } });
  }

  keys(use: string): readonly KeyringKey[] {
    return this.#contents.keys[use] ?? [];
  }

  key(use: string, make: () => Uint8Array = () => randomBytes(SEALING_KEY_BYTES)): KeyringKey {
    return this.keys(use).at(-1) ?? this.add(use, make());
  }

  add(use: string, key: Uint8Array): KeyringKey {
    if (key.length !== SEALING_KEY_BYTES) throw new VaultError('malformed', 'A key has 32 bytes.');
    const added = { id: randomId(), key: Uint8Array.from(key) };
    this.#save({
      ...this.#contents,
      keys: { ...this.#contents.keys, [use]: [...this.keys(use), added] },
    });
    return added;
  }

  remove(use: string, id: string): boolean {
    const kept = this.keys(use).filter((each) => each.id !== id);
    if (kept.length === this.keys(use).length) return false;
    this.#save({ ...this.#contents, keys: { ...this.#contents.keys, [use]: kept } });
    return true;
  }

  begin(expires: Date): Epoch {
    const epoch = {
      id: randomId(),
      key: Uint8Array.from(randomBytes(SEALING_KEY_BYTES)),
      expires: expires.toISOString(),
    };
    this.#save({ ...this.#contents, epochs: [...this.#contents.epochs, epoch] });
    return epoch;
  }

  find(id: string): Epoch | undefined {
    return this.#contents.epochs.find((epoch) => epoch.id === id);
  }

  expire(now: Date): readonly string[] {
    const limit = now.toISOString();
    const gone = this.#contents.epochs.filter((epoch) => epoch.expires <= limit);
    if (gone.length === 0) return [];
    this.#save({
      ...this.#contents,
      epochs: this.#contents.epochs.filter((epoch) => epoch.expires > limit),
    });
    return gone.map((epoch) => epoch.id);
  }

  /** The new contents count only once they are on disk. */
  #save(contents: KeyringContents): void {
    const encode = (key: Uint8Array) => toBase64(key);
    const text = JSON.stringify(contents, (_name, value: unknown) =>
      value instanceof Uint8Array ? encode(value) : value,
    );
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt16BE(this.#sealedMaster.length);
    const sealed = seal(this.#master, utf8(text), CONTENTS_CONTEXT);
    writeDurably(this.#path, Buffer.concat([length, this.#sealedMaster, sealed]));
    this.#contents = parseContents(text);
  }
}
