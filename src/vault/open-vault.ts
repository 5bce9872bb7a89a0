import type { Database } from '../database/index.ts';
import { BlindIndex } from './blind-index/blind-index.ts';
import type { LedgerHead } from './entries/event-making.ts';
import type { ErasureServices } from './erasure/eraser.ts';
import { VaultError } from './error.ts';
import { KeyHierarchy } from './keys/key-hierarchy.ts';
import type { EpochKeys, KeyManagement } from './keys/key-management.ts';
import { KeyStore } from './keys/key-store.ts';
import { MergedPatients } from './keys/merged-patients.ts';
import { OrganisationVault } from './organisation-vault.ts';
import { EntryReader } from './reading/entry-reader.ts';
import { VersionCache } from './reading/version-cache.ts';
import { VersionReader } from './reading/version-reader.ts';
import { type Append, SqliteStorage } from './storage/sqlite/sqlite-storage.ts';
import type { Storage } from './storage/storage.ts';
import type { Vault } from './vault.ts';
import { Numbers } from './writing/numbers.ts';

/** Decrypted versions kept in memory when nothing else is said. */
const DEFAULT_CACHE_BYTES = 64 * 1024 * 1024;
/** SQLite's page cache of one organisation: index pages of a day's work. Negative: KiB. */
const PAGE_CACHE_KIB = -32 * 1024;
/** Pages of write-ahead log between two checkpoints (16 MB): hot pages are then written back once for many commits. */
const CHECKPOINT_PAGES = 4_000;

/** How a vault is opened. */
export interface VaultOptions {
  /** The organisation's database, opened with `vaultMigrations` among its own. */
  readonly database: Database;
  /** The key store, opened with `keyStoreMigrations` and `secureDelete`. */
  readonly keyStore: Database;
  readonly log: { readonly append: Append };
  readonly organisation: string;
  readonly keyManagement: KeyManagement;
  /** Newest ledger block seen; undefined before block 0. */
  readonly ledgerHead: () => LedgerHead | undefined;
  readonly now: () => Date;
  readonly cacheBytes?: number;
  /** Needed to erase. */
  readonly erasures?: ErasureServices;
  /** Needed to back up keys. */
  readonly epochs?: EpochKeys;
  /** Days after which a key-store backup can no longer be opened; 30 when absent. */
  readonly keyBackupDays?: number;
  /** Both databases are snapshots: erasures that were cut short stay as they are. */
  readonly readOnly?: boolean;
}

/**
 * Opens an organisation's vault, and finishes erasures that were cut short. Throws `VaultError` `sealed-key-missing` when
 * the key store belongs to another organisation or key management.
 */
export async function openVault(options: VaultOptions): Promise<Vault> {
  options.database.exec(
    `PRAGMA cache_size = ${PAGE_CACHE_KIB}; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`,
  );
  return openVaultOn(
    new SqliteStorage(options.database, (commitments) => options.log.append(commitments)),
    options,
  );
}

/** The vault over a storage; for stores other than SQLite. */
export async function openVaultOn(
  storage: Storage,
  options: Omit<VaultOptions, 'database' | 'log'>,
): Promise<Vault> {
  const { organisation, keyManagement, ledgerHead, now, erasures, epochs, keyBackupDays } = options;
  const store = new KeyStore(options.keyStore);
  requireSameOwner(store, organisation);
  const inData = await storage.lastNumbers();
  if (inData.entry > 0 && store.series('index', 0) === undefined) {
    throw new VaultError(
      'sealed-key-missing',
      'The key store is empty and the data is not: restore the key store first.',
    );
  }
  const inKeys = store.lastNumbers();
  const keys = new KeyHierarchy({
    store,
    management: keyManagement,
    organisation,
    lastCompartment: inKeys.compartment,
  });
  const index = new BlindIndex({ resource: keys.series('index', 0), audit: keys.series('audit-index', 0) });
  store.flush();
  const cache = new VersionCache(options.cacheBytes ?? DEFAULT_CACHE_BYTES);
  const entries = new EntryReader(storage, keys, organisation);
  const merges = new MergedPatients(keys, organisation);
  const reading = { organisation, storage, keys, index, cache, entries, merges };
  // One of the two files may be older than the other after a restore: no number is given twice.
  const numbers = new Numbers({ entry: inData.entry, rid: Math.max(inData.rid, inKeys.rid) });
  const vault = new OrganisationVault({
    ...reading,
    reader: new VersionReader(reading),
    numbers,
    ledgerHead,
    management: keyManagement,
    epochs,
    erasures,
    now,
    ...(keyBackupDays === undefined ? {} : { keyBackupDays }),
  });
  if (options.readOnly === true) return vault;
  const tombstones = await vault.tombstones();
  await vault.applyErasures(tombstones.flatMap(({ keys: ids }) => ids));
  return vault;
}

function requireSameOwner(store: KeyStore, organisation: string): void {
  const owner = store.about('organisation');
  if (owner === undefined) store.setAbout('organisation', organisation);
  else if (owner !== organisation) {
    throw new VaultError(
      'sealed-key-missing',
      `This key store belongs to ${owner}: open the one of ${organisation}.`,
    );
  }
}
