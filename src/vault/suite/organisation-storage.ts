import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateEd25519, signEd25519Native } from '../../crypto/index.ts';
import { type Database, openDatabase } from '../../database/index.ts';
import { logMigrations, type OrganisationLog } from '../../log/index.ts';
import { openOwnLog } from '../../log/suite/index.ts';
import {
  type ErasureServices,
  type Keyring,
  keyStoreMigrations,
  openKeyring,
  openVault,
  type Vault,
  type VaultOptions,
  vaultMigrations,
} from '../index.ts';

/** The least that scrypt is allowed: suites open many keyrings. */
const COST_LOG2 = 15;

/** What one organisation stores, in real files of one folder. */
export interface OrganisationStorage {
  readonly folder: string;
  readonly database: Database;
  readonly keyStore: Database;
  readonly keyring: Keyring;
  readonly log: OrganisationLog;
  /** What the log's proofs are checked against. */
  readonly policy: string;
  readonly vault: Vault;
  /** Closes the files and keeps the folder. */
  close(): Promise<void>;
  /** Closes the files and removes the folder. */
  remove(): Promise<void>;
}

/** What a suite may set. */
export interface StorageOptions
  extends Partial<Pick<VaultOptions, 'cacheBytes' | 'ledgerHead' | 'now' | 'erasures'>> {
  readonly organisation: string;
  /** Where; a new temporary folder when left out. */
  readonly folder?: string;
  /** Tables of other rooms, after those of log and vault. */
  readonly migrations?: readonly string[];
  readonly passphrase?: string;
  /** Commits on a thread of its own, as a node does. */
  readonly thread?: boolean;
  /** Puts something between the vault and its files. */
  readonly wrap?: (database: Database) => Database;
}

/** Opens an organisation's database, key store, keyring, log and vault; a folder that was opened before keeps what it has. */
export async function openStorage(options: StorageOptions): Promise<OrganisationStorage> {
  const { organisation, migrations = [], wrap = (database) => database } = options;
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), `holdfast-${organisation}-`));
  mkdirSync(folder, { recursive: true });
  const database = wrap(
    openDatabase({
      path: join(folder, 'data.db'),
      migrations: [...logMigrations, ...vaultMigrations, ...migrations],
    }),
  );
  const keyStore = wrap(
    openDatabase({ path: join(folder, 'keys.db'), migrations: keyStoreMigrations, secureDelete: true }),
  );
  const passphrase = options.passphrase ?? 'a passphrase for tests';
  const keyring = openKeyring(join(folder, 'keyring'), passphrase, { costLog2: COST_LOG2 });
  const { log, policy } = openOwnLog(database, organisation);
  const vault = await openVault({
    database,
    keyStore,
    log,
    organisation,
    keyManagement: keyring,
    epochs: keyring.epochs,
    ledgerHead: options.ledgerHead ?? (() => ({ height: 7, block: 'ab'.repeat(32) })),
    now: options.now ?? (() => new Date()),
    erasures: options.erasures ?? erasuresOffLedger(),
    ...(options.cacheBytes === undefined ? {} : { cacheBytes: options.cacheBytes }),
    ...(options.thread === true ? { commitThread: { logOrigin: log.origin } } : {}),
  });
  const close = async () => {
    log.close();
    await vault.close();
    database.close();
    keyStore.close();
  };
  const remove = async () => {
    await close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { folder, database, keyStore, keyring, log, policy, vault, close, remove };
}

/** Erasing without a ledger: every key counts as announced. */
function erasuresOffLedger(): ErasureServices {
  const { privateKey } = generateEd25519();
  return {
    sign: (message) => signEd25519Native(privateKey, message),
    commitErasure: async () => undefined,
  };
}
