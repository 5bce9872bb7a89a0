import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseError } from '../../database/index.ts';
import { type Change, type Vault, VaultError } from '../../vault/index.ts';

/**
 * Room kept for AuditEvents when the disk is full: about 10,000 reads at 1.5 kB. A read is answered only after its entry is
 * durable, so without it a full disk would stop care as well as writing.
 */
const RESERVE_BYTES = 16 * 1024 * 1024; // small beside any disk, hours of reads for a ward
const CHUNK_BYTES = 1024 * 1024; // written at a time
const FILE = 'reserve';

const isFull = (error: unknown): boolean =>
  (error instanceof VaultError && error.code === 'full') ||
  (error instanceof DatabaseError && error.code === 'full');

const isAuditOnly = (change: Change): boolean =>
  (change.versions?.length ?? 0) === 0 && (change.events?.length ?? 0) === 0;

/** A file of zeros that takes up room until that room is needed. */
export class DiskReserve {
  readonly #folder: string;
  readonly #path: string;

  /** Takes the room at once when it is there. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#path = join(folder, FILE);
    this.refill();
  }

  /** Whether the room is set aside: while it is not, the disk is, or was just, full. */
  get isHeld(): boolean {
    return existsSync(this.#path);
  }

  /** Gives the room to whoever writes next. */
  release(): void {
    rmSync(this.#path, { force: true });
  }

  /** Sets the room aside again, when there is enough beyond it; called every few seconds. */
  refill(): void {
    if (this.isHeld) return;
    const { bavail, bsize } = statfsSync(this.#folder);
    // Twice the room has to be free: else refilling would itself fill the disk.
    if (bavail * bsize < 2 * RESERVE_BYTES) return;
    const partial = `${this.#path}.partial`;
    const file = openSync(partial, 'w', 0o600);
    try {
      const zeros = Buffer.alloc(CHUNK_BYTES);
      for (let size = 0; size < RESERVE_BYTES; size += CHUNK_BYTES) writeSync(file, zeros);
      fsyncSync(file);
      renameSync(partial, this.#path);
    } catch {
      // Somebody else took the room meanwhile: the next round tries again.
      rmSync(partial, { force: true });
    } finally {
      closeSync(file);
    }
  }
}

/** Every method of a vault, bound to it. */
function delegate(vault: Vault): Vault {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(vault)).filter(
    (name) => name !== 'constructor',
  );
  const bound = names.map((name) => [
    name,
    (vault as unknown as Record<string, () => unknown>)[name]?.bind(vault),
  ]);
  return Object.fromEntries(bound) as unknown as Vault;
}

/**
 * The vault of an organisation whose disk may be full: reads go on while the reserve lasts, everything else is refused with
 * `full` and changes nothing, and writing resumes by itself once there is room.
 */
export function withReserve(vault: Vault, reserve: DiskReserve): Vault {
  const refuse = (): never => {
    throw new VaultError('full', 'There is no room on the disk: nothing was changed.');
  };
  const noted = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      // What filled the disk is refused; the room goes to the entries of reads.
      if (isFull(error)) reserve.release();
      throw error;
    });
  const commit: Vault['commit'] = async (change) => {
    if (!isAuditOnly(change)) return reserve.isHeld ? noted(vault.commit(change)) : refuse();
    return noted(vault.commit(change)).catch((error: unknown) => {
      if (!isFull(error)) throw error;
      return vault.commit(change);
    });
  };
  const transact: Vault['transact'] = async (locks, build) =>
    reserve.isHeld ? noted(vault.transact(locks, build)) : refuse();
  return { ...delegate(vault), commit, transact };
}
