import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateEd25519, signEd25519Native } from '../../crypto/index.ts';
import { openDatabase } from '../../database/index.ts';
import { logMigrations, type OrganisationLog } from '../../log/index.ts';
import { openOwnLog } from '../../log/suite/index.ts';
import {
  keyStoreMigrations,
  openKeyring,
  openVault,
  type Vault,
  vaultMigrations,
} from '../../vault/index.ts';

/** Vault and log of one organisation, in files of their own. */
export interface OrganisationStorage {
  readonly vault: Vault;
  readonly log: OrganisationLog;
  /** What the log's proofs are checked against. */
  readonly policy: string;
  /** Seals paging links. */
  readonly pagingKey: Uint8Array;
  /** Closes everything and removes the files. */
  close(): Promise<void>;
}

/** A new folder with everything that an organisation keeps. */
export async function openStorage(organisation: string, now: () => Date): Promise<OrganisationStorage> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-fhir-'));
  const database = openDatabase({
    path: join(folder, 'data.db'),
    migrations: [...logMigrations, ...vaultMigrations],
  });
  const keyStore = openDatabase({
    path: join(folder, 'keys.db'),
    migrations: keyStoreMigrations,
    secureDelete: true,
  });
  const keyring = openKeyring(join(folder, 'keyring'), 'a passphrase for tests', { costLog2: 15 });
  const { log, policy } = openOwnLog(database, organisation);
  const key = generateEd25519();
  const vault = await openVault({
    database,
    keyStore,
    log,
    organisation,
    keyManagement: keyring,
    ledgerHead: () => ({ height: 7, block: 'ab'.repeat(32) }),
    now,
    erasures: {
      sign: (message) => signEd25519Native(key.privateKey, message),
      commitErasure: async () => undefined,
    },
  });
  const close = async () => {
    log.close();
    await vault.close();
    database.close();
    keyStore.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { vault, log, policy, pagingKey: keyring.key('paging').key, close };
}
