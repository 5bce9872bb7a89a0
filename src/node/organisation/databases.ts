import { auditMigrations } from '../../audit/index.ts';
import { consentMigrations } from '../../consent/index.ts';
import { type Database, openDatabase } from '../../database/index.ts';
import { exchangeMigrations, identificationMigrations } from '../../exchange/index.ts';
import { identityMigrations } from '../../identity/index.ts';
import { logMigrations } from '../../log/index.ts';
import { keyStoreMigrations, vaultMigrations } from '../../vault/index.ts';
import { nodeMigrations } from './projection-store.ts';

/**
 * Everything that commits together lives in one file, so the rooms' migrations form one list. It only grows at its end:
 * a room's later script is appended here, never put between those that data folders already have.
 */
export const dataMigrations: readonly string[] = [
  ...logMigrations,
  ...vaultMigrations,
  ...consentMigrations,
  ...exchangeMigrations,
  ...nodeMigrations,
  ...auditMigrations,
  ...identificationMigrations,
];

/** Opens an organisation's data: versions, index, log entries, consents, exchange. */
export function openDataDatabase(path: string): Database {
  return openDatabase({ path, migrations: dataMigrations, onMigrate: 'backup' });
}

/** Opens the store of wrapped keys: latest state only, so that what was destroyed is gone from the file. */
export function openKeyDatabase(path: string): Database {
  return openDatabase({ path, migrations: keyStoreMigrations, secureDelete: true });
}

/** Opens enrolled keys and codes: latest state only. */
export function openIdentityDatabase(path: string): Database {
  return openDatabase({ path, migrations: identityMigrations, secureDelete: true });
}
