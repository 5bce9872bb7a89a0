import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { CryptoError, open, seal } from '../../crypto/index.ts';
import { VaultError } from '../error.ts';
import { associatedData } from '../sealing/associated-data.ts';
import type { Epoch, EpochKeys } from './key-management.ts';
import type { KeyStore } from './key-store.ts';

const MAGIC = 'holdfast key-store backup 1\n';
const EPOCH_CHARACTERS = 32; // an id of 128 bits in hexadecimal
const HEADER_CHARACTERS = MAGIC.length + EPOCH_CHARACTERS;
const LENGTH_BYTES = 4; // before each sealed piece
/** Read and sealed at a time, so that a large store needs little memory. */
const CHUNK_BYTES = 1024 * 1024;
/** A sealed chunk is little longer than its content; more is no backup of ours. */
const MAX_SEALED_BYTES = CHUNK_BYTES + 1024;
/** How long a key-store backup can bring keys back (DESIGN §5). */
const DEFAULT_BACKUP_DAYS = 30;
const DAY_MS = 86_400_000; // 24 h
/** Only the owner reads a file of keys. */
const OWNER_ONLY = 0o600;

/** What a backup was sealed under. */
export interface KeyBackup {
  readonly epoch: string;
  readonly expires: string;
}

/** When a backup made now stops to open. */
export function backupExpiry(now: Date, days = DEFAULT_BACKUP_DAYS): Date {
  return new Date(now.getTime() + days * DAY_MS);
}

/** Where keys are sealed to, and until when they open. */
export interface SealOptions {
  readonly path: string;
  readonly organisation: string;
  readonly now: Date;
  readonly expires: Date;
}

/**
 * Copies the key store to a new file, sealed under an epoch key that the keyring destroys at `expires`: from then on no
 * backup brings back a key that was destroyed since. Expired epochs are destroyed first. The copy that is sealed stands beside the new file
 * meanwhile, in a folder that only its owner enters.
 */
export async function backupKeyStore(
  store: Pick<KeyStore, 'copyTo'>,
  epochs: EpochKeys,
  options: SealOptions,
): Promise<KeyBackup> {
  const staging = stagingFolder(options.path);
  try {
    const copy = join(staging, 'keys');
    await store.copyTo(copy);
    return sealFile(epochs, copy, options);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** `mkdtemp` makes a folder for its owner alone (POSIX `mkdtemp`: mode 0700), whatever rights SQLite gives to what it makes in it. */
function stagingFolder(path: string): string {
  return mkdtempSync(`${path}.staging-`);
}

/**
 * Opens a key-store backup into a new file `to`. Throws `VaultError`: `sealed-key-missing` when its epoch has expired,
 * `damaged` when it was changed or cut short.
 */
export function restoreKeyStore(options: {
  from: string;
  to: string;
  organisation: string;
  epochs: EpochKeys;
}): void {
  const { from, to, organisation, epochs } = options;
  const source = openSync(from, 'r');
  try {
    const header = readAt(source, 0, HEADER_CHARACTERS).toString('latin1');
    if (!header.startsWith(MAGIC)) throw damaged();
    const epoch = epochs.find(header.slice(MAGIC.length));
    if (epoch === undefined) {
      throw new VaultError('sealed-key-missing', 'This backup has expired: its epoch key is destroyed.');
    }
    writeChunks(to, openedChunks(source, epoch, organisation));
  } finally {
    closeSync(source);
  }
}

/**
 * Seals other keys of an organisation from memory into a new file, under an epoch key that the keyring destroys at `expires`; opened as
 * a key store is ({@link restoreKeyStore}). They are nowhere on disk in clear meanwhile.
 */
export function sealKeys(epochs: EpochKeys, keys: Uint8Array, options: SealOptions): KeyBackup {
  const content = Buffer.from(keys);
  return sealInto(epochs, options, {
    sizeBytes: content.length,
    at: (position, lengthBytes) => content.subarray(position, position + lengthBytes),
  });
}

/** The file has no name any more once it is open: who ends the process while it is sealed leaves no copy that never expires. */
function sealFile(epochs: EpochKeys, from: string, options: SealOptions): KeyBackup {
  const file = openSync(from, 'r');
  try {
    unlinkSync(from);
    return sealInto(epochs, options, {
      sizeBytes: fstatSync(file).size,
      at: (position, lengthBytes) => readAt(file, position, lengthBytes),
    });
  } finally {
    closeSync(file);
  }
}

/** What is sealed, piece by piece. */
interface Content {
  readonly sizeBytes: number;
  readonly at: (position: number, lengthBytes: number) => Uint8Array;
}

function sealInto(
  epochs: EpochKeys,
  { path, organisation, now, expires }: SealOptions,
  content: Content,
): KeyBackup {
  epochs.expire(now);
  const epoch = epochs.begin(expires);
  writeChunks(path, sealedChunks(content, epoch, organisation));
  return { epoch: epoch.id, expires: epoch.expires };
}

function* sealedChunks(
  { sizeBytes: size, at: read }: Content,
  epoch: Epoch,
  organisation: string,
): Generator<Buffer, undefined, undefined> {
  yield Buffer.from(MAGIC + epoch.id, 'latin1');
  for (let index = 0, at = 0; index === 0 || at < size; index += 1) {
    const chunk = read(at, Math.min(CHUNK_BYTES, size - at));
    at += chunk.length;
    const sealed = seal(epoch.key, chunk, contextOf(organisation, epoch, index, at === size));
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(sealed.length);
    yield Buffer.concat([length, sealed]);
  }
}

function* openedChunks(
  source: number,
  epoch: Epoch,
  organisation: string,
): Generator<Buffer, undefined, undefined> {
  const size = fstatSync(source).size;
  let at = HEADER_CHARACTERS;
  for (let index = 0; index === 0 || at < size; index += 1) {
    const length = readAt(source, at, LENGTH_BYTES).readUInt32BE(0);
    if (length > MAX_SEALED_BYTES) throw damaged();
    const sealed = readAt(source, at + LENGTH_BYTES, length);
    at += LENGTH_BYTES + length;
    try {
      yield open(epoch.key, sealed, contextOf(organisation, epoch, index, at === size));
    } catch (cause) {
      if (cause instanceof CryptoError) throw damaged(cause);
      throw cause;
    }
  }
}

/** Exactly these bytes. Throws `VaultError` `damaged` when the file is too short. */
function readAt(file: number, position: number, lengthBytes: number): Buffer {
  const bytes = Buffer.alloc(lengthBytes);
  for (let done = 0; done < lengthBytes; ) {
    const count = readSync(file, bytes, done, lengthBytes - done, position + done);
    if (count === 0) throw damaged();
    done += count;
  }
  return bytes;
}

function writeChunks(path: string, chunks: Iterable<Uint8Array>): void {
  const file = openSync(path, 'wx', OWNER_ONLY);
  try {
    for (const chunk of chunks) {
      for (let done = 0; done < chunk.length; ) done += writeSync(file, chunk, done);
    }
    fsyncSync(file);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

/** The place of a chunk; the last one is bound too, so that a shortened file does not open. */
function contextOf(organisation: string, { id }: Epoch, index: number, final: boolean): Buffer {
  return associatedData('key-store-backup', organisation, id, index, final ? 'final' : 'more');
}

function damaged(cause?: unknown): VaultError {
  return new VaultError('damaged', 'The key-store backup was changed or cut short.', cause);
}
