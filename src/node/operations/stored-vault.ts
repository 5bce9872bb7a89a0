import type { Database } from '../../database/index.ts';
import { type Keyring, openVault, type Vault } from '../../vault/index.ts';

/** What a vault is opened from, without ledger and log. */
export interface StoredVaultParts {
  readonly organisation: string;
  readonly data: Database;
  readonly keys: Database;
  readonly keyring: Keyring;
  /** Both databases are snapshots. */
  readonly readOnly?: boolean;
  readonly keyBackupDays?: number;
}

/** A vault for work on its files: nothing can be stored in it, since no log takes entries and no ledger is seen. */
export function openStoredVault(parts: StoredVaultParts): Promise<Vault> {
  const { organisation, data, keys, keyring, readOnly = false, keyBackupDays } = parts;
  return openVault({
    database: data,
    keyStore: keys,
    log: {
      append: () => {
        throw new Error('a vault without a log stores nothing');
      },
    },
    organisation,
    keyManagement: keyring,
    epochs: keyring.epochs,
    ledgerHead: () => undefined,
    now: () => new Date(),
    readOnly,
    ...(keyBackupDays === undefined ? {} : { keyBackupDays }),
  });
}
