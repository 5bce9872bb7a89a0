import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Owner only: the folder holds keys and records. */
const FOLDER_MODE = 0o700;

/** Files of one organisation below the data folder. */
export interface OrganisationFolder {
  readonly path: string;
  /** Versions, index, log and everything that commits together. */
  readonly data: string;
  /** Wrapped keys, latest state only, apart from the data (DESIGN §5). */
  readonly keys: string;
  /** Enrolled keys and codes: latest state only. */
  readonly identity: string;
  /** Mirrors of other logs and what was cosigned. */
  readonly witness: string;
  /** This member's own tree over the ledger's blocks. */
  readonly ledgerLog: string;
  /** Signing keys and key-encryption keys, sealed by the passphrase. */
  readonly keyring: string;
  readonly certificates: string;
}

/** Paths of an organisation's files; makes the folder. */
export function organisationFolder(data: string, organisation: string): OrganisationFolder {
  const folder = organisationPaths(data, organisation);
  mkdirSync(folder.certificates, { recursive: true, mode: FOLDER_MODE });
  return folder;
}

/** Paths of an organisation's files, whether they are there or not; makes nothing. */
export function organisationPaths(data: string, organisation: string): OrganisationFolder {
  const path = join(data, 'organisations', organisation);
  return {
    path,
    data: join(path, 'data.db'),
    keys: join(path, 'keys.db'),
    identity: join(path, 'identity.db'),
    witness: join(path, 'witness.db'),
    ledgerLog: join(path, 'ledger-log.db'),
    keyring: join(path, 'keyring'),
    certificates: join(path, 'certificates'),
  };
}

/** The embedded ledger's file below the data folder; makes its folder. */
export function ledgerPath(data: string): string {
  const path = ledgerFile(data);
  mkdirSync(dirname(path), { recursive: true, mode: FOLDER_MODE });
  return path;
}

/** The embedded ledger's file below the data folder, whether it is there or not; makes nothing. */
export function ledgerFile(data: string): string {
  return join(data, 'ledger', 'ledger.db');
}
