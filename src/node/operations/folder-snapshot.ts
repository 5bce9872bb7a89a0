import { existsSync } from 'node:fs';
import { type Database, DatabaseError, openSnapshot } from '../../database/index.ts';
import { identityMigrations } from '../../identity/index.ts';
import { openStoredLedger, type StoredLedger } from '../../ledger/index.ts';
import { logMigrations, storedLogs } from '../../log/index.ts';
import { keyStoreMigrations } from '../../vault/index.ts';
import { contracts } from '../network/contracts.ts';
import { dataMigrations } from '../organisation/databases.ts';
import { ledgerFile, type OrganisationFolder, organisationPaths } from '../organisation/folder.ts';
import type { FolderAccess } from './folder-access.ts';
import { anchoredHead } from './ledger-view.ts';

/** Times that snapshots are taken anew because a head was anchored between the first and the last of them. */
const MAX_ATTEMPTS = 20; // they take milliseconds, and anchors are seconds apart

/** Files of an organisation that are databases; each may not be there yet. */
const DATABASES = ['witness', 'data', 'keys', 'identity', 'ledgerLog'] as const;
/** One of them. */
export type DatabaseName = (typeof DATABASES)[number];

const SCHEMAS = {
  witness: logMigrations,
  data: dataMigrations,
  keys: keyStoreMigrations,
  identity: identityMigrations,
};

/** One organisation's databases at one moment. */
export interface OrganisationSnapshot {
  readonly id: string;
  readonly folder: OrganisationFolder;
  /** Databases that are there. */
  readonly databases: ReadonlyMap<DatabaseName, Database>;
}

/** A file that SQLite cannot even open. */
export interface UnreadableFile {
  /** Undefined for the ledger, which belongs to all. */
  readonly organisation: string | undefined;
  readonly name: DatabaseName | 'ledger';
}

/** Every database of a data folder at one moment. */
export interface FolderSnapshot {
  readonly organisations: readonly OrganisationSnapshot[];
  readonly unreadable: readonly UnreadableFile[];
  /** Undefined before the first start or `init`. */
  readonly ledger: StoredLedger | undefined;
  close(): void;
}

/**
 * Takes a snapshot of every database of a folder. In an order that fits together whatever a running node does in between:
 * mirrors are not ahead of their logs, keys not behind the data, the ledger behind nothing; and no head is on the ledger
 * whose entries are not in the data. Throws DatabaseError.
 */
export async function snapshotFolder(
  access: FolderAccess,
  data: string,
  organisations: readonly string[],
): Promise<FolderSnapshot> {
  for (let attempt = 1; ; attempt += 1) {
    const taken = take(access, data, organisations);
    if (!access.isLive || attempt >= MAX_ATTEMPTS || (await fitsTogether(taken))) return taken;
    taken.close();
  }
}

function take(access: FolderAccess, data: string, organisations: readonly string[]): FolderSnapshot {
  const opened = organisations.map((id) => ({
    id,
    folder: organisationPaths(data, id),
    databases: new Map<DatabaseName, Database>(),
  }));
  const unreadable: UnreadableFile[] = [];
  let ledger: StoredLedger | undefined;
  const close = (): void => {
    for (const { databases } of opened) for (const database of databases.values()) database.close();
    ledger?.close();
  };
  try {
    for (const name of DATABASES) {
      for (const { id, folder, databases } of opened) {
        const path = folder[name];
        if (!existsSync(path)) continue;
        const database = unlessCorrupt(() => openSnapshot({ ...access.snapshot(path), ...schemaOf(name) }));
        if (database === undefined) unreadable.push({ organisation: id, name });
        else databases.set(name, database);
      }
    }
    const path = ledgerFile(data);
    if (existsSync(path)) {
      ledger = unlessCorrupt(() => openStoredLedger({ ...access.snapshot(path), contracts }));
      if (ledger === undefined) unreadable.push({ organisation: undefined, name: 'ledger' });
    }
    return { organisations: opened, unreadable, ledger, close };
  } catch (error) {
    close();
    throw error;
  }
}

function unlessCorrupt<T>(open: () => T): T | undefined {
  try {
    return open();
  } catch (error) {
    if (error instanceof DatabaseError && error.code === 'corrupt') return undefined;
    throw error;
  }
}

/** What this program expects in a file; the ledger room knows its own. */
function schemaOf(name: DatabaseName): { migrations?: readonly string[] } {
  return name === 'ledgerLog' ? {} : { migrations: SCHEMAS[name] };
}

async function fitsTogether({ organisations, ledger }: FolderSnapshot): Promise<boolean> {
  if (ledger === undefined) return true;
  for (const { databases } of organisations) {
    const data = databases.get('data');
    for (const { origin, size } of data === undefined ? [] : storedLogs(data)) {
      const head = await anchoredHead(ledger, origin);
      if (head !== undefined && head.size > size) return false;
    }
  }
  return true;
}
