import { type Awaitable, after } from './awaitable.ts';
import type { Change, Logged } from './change.ts';
import { erase } from './erasure/erase.ts';
import { Eraser, type ErasureServices } from './erasure/eraser.ts';
import { erasuresIn } from './erasure/erasures-in.ts';
import { placeHold, releaseHold } from './erasure/hold-orders.ts';
import { HoldRegister } from './erasure/hold-register.ts';
import type { ErasureOrder, Hold, HoldOrder, Tombstone } from './erasure/tombstone.ts';
import { VaultError } from './error.ts';
import { fsck } from './integrity/fsck.ts';
import type { FsckOptions, FsckReport } from './integrity/report.ts';
import { backupExpiry, backupKeyStore, type KeyBackup } from './keys/key-backup.ts';
import type { EpochKeys, KeyManagement } from './keys/key-management.ts';
import type { Rewrapping } from './keys/key-rows.ts';
import type { Merge } from './keys/merged-patients.ts';
import { type RotationProgress, rotateKeys } from './keys/rotation.ts';
import { Merger } from './merging/merger.ts';
import { rewrap } from './merging/rewrap.ts';
import { EntryFollower } from './reading/entry-follower.ts';
import { HistoryReader } from './reading/history-reader.ts';
import { OpeningReader } from './reading/opening-reader.ts';
import { SearchReader } from './search/search-reader.ts';
import type { Head, Opening, StoredVersion } from './stored-version.ts';
import type {
  AuditStretch,
  CompartmentQuery,
  HistoryPage,
  HistoryQuery,
  Reader,
  SearchPage,
  Vault,
  VaultQuery,
  VersionStretch,
} from './vault.ts';
import { Writer, type WritingParts } from './writing/writer.ts';

/** Erasures and holds exclude one another. */
const ERASURE_LOCK = 'vault/erasure';

/** What the vault is composed of. */
export interface VaultParts extends WritingParts {
  readonly management: KeyManagement;
  readonly epochs: EpochKeys | undefined;
  readonly erasures: ErasureServices | undefined;
  readonly now: () => Date;
  readonly keyBackupDays?: number;
}

/** The one implementation of {@link Vault}, over any storage. */
export class OrganisationVault implements Vault {
  readonly #parts: VaultParts;
  readonly #writer: Writer;
  readonly #search: SearchReader;
  readonly #history: HistoryReader;
  readonly #openings: OpeningReader;
  readonly #follower: EntryFollower;
  readonly #holds: HoldRegister;
  readonly #merger: Merger;
  readonly #eraser: Eraser;

  constructor(parts: VaultParts) {
    this.#parts = parts;
    this.#writer = new Writer(parts);
    this.#search = new SearchReader(parts, parts.reader);
    this.#history = new HistoryReader(parts, parts.reader);
    this.#openings = new OpeningReader(parts, parts.reader);
    this.#follower = new EntryFollower(parts, parts.reader);
    this.#holds = new HoldRegister(parts);
    this.#merger = new Merger(parts, parts.reader);
    this.#eraser = new Eraser(parts, parts.reader, this.#holds);
  }

  transact<T>(
    locks: readonly string[],
    build: (read: Reader) => { change: Change; result: T },
  ): Promise<{ result: T; receipts: Logged[] }> {
    return this.#writer.transact(locks, build);
  }

  commit(change: Change): Promise<Logged[]> {
    return this.#writer.commit(change);
  }

  problem(): string | undefined {
    return this.#parts.committer.problem();
  }

  read(type: string, id: string, version?: number): Awaitable<StoredVersion | undefined> {
    return this.#parts.reader.read(type, id, version);
  }

  head(type: string, id: string): Awaitable<Head | undefined> {
    return this.#parts.reader.head(type, id);
  }

  search(query: VaultQuery): Awaitable<SearchPage> {
    return this.#search.search(query);
  }

  count(query: Pick<VaultQuery, 'search' | 'patient'>): Awaitable<number> {
    return this.#search.count(query);
  }

  history(query: HistoryQuery): Awaitable<HistoryPage> {
    return this.#history.history(query);
  }

  compartment(query: CompartmentQuery): Awaitable<SearchPage> {
    return this.#search.compartment(query);
  }

  opening(objectOrEventId: string): Awaitable<Opening | undefined> {
    return this.#openings.opening(objectOrEventId);
  }

  auditsAfter(entry: number, limit: number): Awaitable<AuditStretch> {
    return this.#follower.audits(entry, limit);
  }

  versionsAfter(entry: number, limit: number, wants: (type: string) => boolean): Awaitable<VersionStretch> {
    return this.#follower.versions(entry, limit, wants);
  }

  eventAt(entry: number): Awaitable<string | undefined> {
    return this.#follower.eventAt(entry);
  }

  newestEntry(): Awaitable<number> {
    return after(this.#parts.storage.lastNumbers(), ({ entry }) => entry);
  }

  erase(order: ErasureOrder): Promise<Tombstone> {
    const services = this.#parts.erasures;
    if (services === undefined) {
      throw new VaultError(
        'unavailable',
        'Erasing needs the ledger and a signer: start the node, then try again.',
      );
    }
    const { now } = this.#parts;
    return this.#writer.exclusively([ERASURE_LOCK], () =>
      erase(this.#eraser, this.#writer, order, { services, now }),
    );
  }

  async tombstones(): Promise<Tombstone[]> {
    return (await this.erasures()).map(({ tombstone }) => tombstone);
  }

  erasures(): Promise<{ tombstone: Tombstone; event: string }[]> {
    return erasuresIn(this.#parts);
  }

  applyErasures(keyIds: readonly string[]): Promise<number> {
    return this.#writer.exclusively([ERASURE_LOCK], async () => {
      await this.#writer.idle();
      return this.#writer.alone(() => this.#eraser.apply(keyIds));
    });
  }

  merge(from: string, into: string, actor: string): Promise<Merge> {
    const merge = { from, into, actor, time: this.#parts.now().toISOString() };
    return this.#rewrap(merge, () => this.#merger.merging(merge));
  }

  async unmerge(from: string, actor: string): Promise<Merge> {
    const time = this.#parts.now().toISOString();
    return await this.#rewrap({ from, into: '', actor, time }, () => this.#merger.unmerging(from));
  }

  placeHold(order: HoldOrder): Promise<Hold> {
    return this.#writer.exclusively([ERASURE_LOCK], () =>
      placeHold(this.#holds, this.#writer, order, this.#parts.now().toISOString()),
    );
  }

  releaseHold(id: string, actor: string): Promise<void> {
    return releaseHold(this.#holds, this.#writer, id, { actor, now: this.#parts.now });
  }

  async holds(): Promise<Hold[]> {
    return this.#holds.all();
  }

  rotate(onProgress: (progress: RotationProgress) => void = () => undefined): Promise<RotationProgress> {
    const { keys, management } = this.#parts;
    return this.#writer.exclusively([ERASURE_LOCK], () => rotateKeys(keys, management, onProgress));
  }

  async fsck(options: FsckOptions = {}): Promise<FsckReport> {
    await this.#writer.idle();
    return fsck({ ...this.#parts, tombstones: () => this.tombstones(), holds: () => this.holds() }, options);
  }

  backupData(path: string): Promise<void> {
    return this.#parts.storage.copyTo(path);
  }

  backupKeys(path: string): Promise<KeyBackup> {
    const { epochs, keys, organisation, now, keyBackupDays } = this.#parts;
    if (epochs === undefined) {
      throw new VaultError('unavailable', 'Backing up keys needs a keyring that keeps epoch keys.');
    }
    const time = now();
    const expires = backupExpiry(time, keyBackupDays);
    return backupKeyStore(keys.store, epochs, { path, organisation, now: time, expires });
  }

  close(): Promise<void> {
    return this.#writer.close();
  }

  #rewrap(merge: Merge, work: () => Rewrapping | Promise<Rewrapping & { merge: Merge }>): Promise<Merge> {
    return this.#writer.exclusively([ERASURE_LOCK], () => rewrap(this.#parts, this.#writer, merge, work));
  }
}
