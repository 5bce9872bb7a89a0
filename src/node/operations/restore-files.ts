import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { type Keyring, restoreKeyStore } from '../../vault/index.ts';
import { NodeError } from '../errors.ts';
import { ledgerFile, organisationPaths } from '../organisation/folder.ts';
import { SEALED_KEYS } from './backup.ts';
import type { Manifest } from './manifest.ts';
import { keyFile, type OriginalFolder, readableKeyStore } from './original-folder.ts';
import type { RestoreTarget } from './restore-target.ts';

/** Where a key store came from. */
export type KeyStoreSource = 'in-place' | 'original' | 'backup' | 'none';

/** What is being restored. */
export interface Restoring {
  readonly target: RestoreTarget;
  readonly manifest: Manifest;
  readonly from: string;
  readonly data: string;
  /** The original as it is now, when it is there and sound. */
  readonly original: OriginalFolder | undefined;
}

/** What never goes back in time: mirrors of other logs, enrolled keys, the tree over the ledger's blocks. */
const CONTINUING = ['witness', 'identity', 'ledgerLog'] as const;

/** Puts the newest ledger there is into the target. */
export async function restoreLedger({
  target,
  manifest,
  from,
  data,
  original,
}: Restoring): Promise<'original' | 'backup' | 'none'> {
  const place = ledgerFile(data);
  const newest = original?.snapshot.ledger;
  if (newest !== undefined) {
    await newest.backup(target.place(place));
    return 'original';
  }
  return copyBackedUp({ target, manifest, from, data }, place) ? 'backup' : 'none';
}

/** Puts an organisation's databases into the target. Throws NodeError `keys-missing` when nothing opens its records. */
export async function restoreDatabases(
  restoring: Restoring & { readonly folder: string | undefined },
  organisation: string,
  keyring: Keyring,
): Promise<KeyStoreSource> {
  const { target, data, original } = restoring;
  const place = organisationPaths(data, organisation);
  copyBackedUp(restoring, place.data);
  const now = original?.snapshot.organisations.find(({ id }) => id === organisation)?.databases;
  for (const name of CONTINUING) {
    const newest = now?.get(name);
    if (newest !== undefined && newest.problems().length === 0)
      await target.copyDatabase(newest, place[name]);
    else copyBackedUp(restoring, place[name]);
  }
  return existsSync(place.data) ? restoreKeys(restoring, organisation, keyring) : 'none';
}

async function restoreKeys(
  restoring: Restoring & { readonly folder: string | undefined },
  organisation: string,
  keyring: Keyring,
): Promise<KeyStoreSource> {
  const { target, manifest, from, data, folder } = restoring;
  const place = organisationPaths(data, organisation);
  if (existsSync(place.keys)) return 'in-place';
  const newest =
    folder === undefined
      ? undefined
      : keyFile(folder, organisation, 'keys', manifest.organisations.length === 1);
  const store = newest === undefined ? undefined : readableKeyStore(newest);
  if (store !== undefined) {
    await target.copyDatabase(store, place.keys);
    store.close();
    return 'original';
  }
  const sealed = join(organisationPaths(from, organisation).path, SEALED_KEYS);
  if (!existsSync(sealed)) {
    const message = `Nothing opens the records of ${organisation}: the backup was made without --keys, and its key store is not found. Name the original folder with --keyring.`;
    throw new NodeError('keys-missing', message);
  }
  const { epochs } = keyring;
  restoreKeyStore({ from: sealed, to: target.place(place.keys), organisation, epochs });
  return 'backup';
}

/** Copies a file out of the backup; false when it holds none. */
function copyBackedUp({ target, manifest, from, data }: Omit<Restoring, 'original'>, place: string): boolean {
  const path = relative(data, place).split(sep).join('/');
  if (!manifest.files.some((file) => file.path === path)) return false;
  target.copy(join(from, path), place);
  return true;
}
