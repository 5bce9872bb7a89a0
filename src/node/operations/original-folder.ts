import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, DatabaseError, openSnapshot } from '../../database/index.ts';
import { keyStoreMigrations } from '../../vault/index.ts';
import { NodeError } from '../errors.ts';
import { ledgerFile, type OrganisationFolder, organisationPaths } from '../organisation/folder.ts';
import { accessFolder, type FolderAccess } from './folder-access.ts';
import { type FolderSnapshot, snapshotFolder } from './folder-snapshot.ts';
import { ledgerIdOf } from './ledger-view.ts';
import type { Manifest } from './manifest.ts';

/** Files that a backup never holds, as they may lie in a folder of copies. */
type KeyFile = Extract<keyof OrganisationFolder, 'keyring' | 'keys'>;

const NAMES: Record<KeyFile, string> = { keyring: 'keyring', keys: 'keys.db' };

/**
 * A key file of an organisation in a data folder, in a folder with one folder per organisation, or, of a single
 * organisation, in the folder itself; undefined when it is in none.
 */
export function keyFile(
  folder: string,
  organisation: string,
  file: KeyFile,
  isOnly: boolean,
): string | undefined {
  const places = [organisationPaths(folder, organisation)[file], join(folder, organisation, NAMES[file])];
  if (isOnly) places.push(join(folder, NAMES[file]));
  return places.find((place) => existsSync(place));
}

/** The key store at a path, when it can be read; undefined otherwise. */
export function readableKeyStore(path: string): Database | undefined {
  // Without a write-ahead log nobody has it open.
  const immutable = !existsSync(`${path}-wal`);
  try {
    const store = openSnapshot({ path, migrations: keyStoreMigrations, immutable });
    if (store.problems().length === 0) return store;
    store.close();
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
  }
  return undefined;
}

/** The data folder that a backup was taken from, as it is now. */
export interface OriginalFolder {
  readonly snapshot: FolderSnapshot;
  /** Whether a node has it open. */
  readonly isLive: boolean;
  close(): void;
}

/**
 * Opens the original of a backup for reading, if its ledger goes on from the one in the backup and is sound. Undefined when
 * the folder holds something else, less, or a damaged ledger.
 */
export async function openOriginal(folder: string, manifest: Manifest): Promise<OriginalFolder | undefined> {
  if (!existsSync(ledgerFile(folder))) return undefined;
  let access: FolderAccess | undefined;
  let snapshot: FolderSnapshot | undefined;
  try {
    access = accessFolder(folder);
    snapshot = await snapshotFolder(
      access,
      folder,
      manifest.organisations.map(({ id }) => id),
    );
    const { isLive, release } = access;
    const taken = snapshot;
    if (await goesOn(taken, manifest)) {
      return { snapshot: taken, isLive, close: () => [taken.close(), release()] };
    }
  } catch (error) {
    if (!(error instanceof DatabaseError) && !(error instanceof NodeError)) throw error;
  }
  snapshot?.close();
  access?.release();
  return undefined;
}

async function goesOn({ ledger }: FolderSnapshot, { ledger: backed }: Manifest): Promise<boolean> {
  if (ledger === undefined || backed === undefined) return false;
  if ((await ledgerIdOf(ledger)) !== backed.id || ledger.hashAt(backed.height) !== backed.block) return false;
  return (await ledger.problems()).length === 0;
}
