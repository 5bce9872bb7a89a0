import { chmodSync, cpSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CONFIGURATION_FILE, type Configuration } from '../configuration.ts';
import { DEMO_FILE } from '../demo/demo-folder.ts';
import { ledgerFile, organisationPaths } from '../organisation/folder.ts';
import { accessFolder } from './folder-access.ts';
import { snapshotFolder } from './folder-snapshot.ts';

const OWNER_ONLY = 0o600; // it holds keys
const OWNER_ONLY_FOLDER = 0o700; // and so do its folders

/**
 * Copies a data folder with everything in it, keys and keyrings included, as it is at one moment: to try something on the
 * copy. It is no backup, and two nodes must never run on copies of one folder.
 */
export function cloneFolder(configuration: Configuration, to: string): Promise<void> {
  return cloneParts(configuration, to, true);
}

/** Copies one organisation's part of a data folder, keys and keyring included, without ledger and configuration. */
export function cloneOrganisation(
  { data, organisations }: Configuration,
  organisation: string,
  to: string,
): Promise<void> {
  return cloneParts(
    { data, organisations: organisations.filter(({ id }) => id === organisation) },
    to,
    false,
  );
}

async function cloneParts(
  { data, organisations }: Pick<Configuration, 'data' | 'organisations'>,
  to: string,
  withLedger: boolean,
): Promise<void> {
  const access = accessFolder(data);
  const snapshot = await snapshotFolder(
    access,
    data,
    organisations.map(({ id }) => id),
  );
  const place = (path: string): string => {
    const target = join(to, path.slice(data.length));
    mkdirSync(dirname(target), { recursive: true, mode: OWNER_ONLY_FOLDER });
    return target;
  };
  const copy = (path: string): void => {
    if (existsSync(path)) cpSync(path, place(path), { recursive: true });
  };
  try {
    if (withLedger) for (const name of [CONFIGURATION_FILE, DEMO_FILE]) copy(join(data, name));
    for (const { id, folder, databases } of snapshot.organisations) {
      copy(organisationPaths(data, id).keyring);
      copy(folder.certificates);
      for (const [name, database] of databases) {
        await database.backup(place(folder[name]));
        chmodSync(place(folder[name]), OWNER_ONLY);
      }
    }
    if (withLedger) await snapshot.ledger?.backup(place(ledgerFile(data)));
  } finally {
    snapshot.close();
    access.release();
  }
}
