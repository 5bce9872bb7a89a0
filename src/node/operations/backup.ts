import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { storedLogs } from '../../log/index.ts';
import { CONFIGURATION_FILE, type Configuration } from '../configuration.ts';
import { DEMO_FILE } from '../demo/demo-folder.ts';
import { NodeError } from '../errors.ts';
import { ledgerFile } from '../organisation/folder.ts';
import { VERSION } from '../version.ts';
import { accessFolder } from './folder-access.ts';
import { type FolderSnapshot, type OrganisationSnapshot, snapshotFolder } from './folder-snapshot.ts';
import { ledgerIdOf } from './ledger-view.ts';
import { fingerprint, MANIFEST_FILE, type Manifest, type ManifestFile } from './manifest.ts';
import { existingKeyring } from './organisation-keyring.ts';
import { openStoredVault } from './stored-vault.ts';

/** Name of a key store in a backup: sealed under an epoch key. */
export const SEALED_KEYS = 'keys.sealed';
/** Databases that go into every backup; of the key store only the sealed copy does. */
const COPIED = ['witness', 'data', 'identity', 'ledgerLog'] as const;
const OWNER_ONLY = 0o600; // the rights of everything in a backup: names in it are blind, sizes are not
const OWNER_ONLY_FOLDER = 0o700; // the same for its folders

/** What to back up, and where to. */
export interface BackupRequest {
  readonly configuration: Configuration;
  readonly to: string;
  /** Opens the keyrings; needed for key stores only. Without it none is part of the backup. */
  readonly keysWith?: string;
  readonly onProgress?: (what: string) => void;
}

/**
 * Copies a data folder as it is at one moment; a node that has it open goes on. The copy holds no key: with `keysWith` the
 * key stores too, each sealed under a key that its keyring destroys when it expires; keyrings never. Throws NodeError
 * `input-unusable` for a target that is not empty.
 */
export async function backupFolder(request: BackupRequest): Promise<Manifest> {
  const { configuration, keysWith, onProgress = () => undefined } = request;
  const { data, mode, organisations } = configuration;
  const to = resolve(request.to);
  requireEmpty(to, data);
  const access = accessFolder(data);
  try {
    const time = new Date().toISOString();
    const snapshot = await snapshotFolder(
      access,
      data,
      organisations.map(({ id }) => id),
    );
    try {
      requireReadable(snapshot);
      mkdirSync(to, { recursive: true, mode: OWNER_ONLY_FOLDER });
      const copier = new Copier(data, to, onProgress);
      for (const name of [CONFIGURATION_FILE, DEMO_FILE]) copier.copy(join(data, name));
      const described: Manifest['organisations'] = [];
      for (const organisation of snapshot.organisations) {
        await copyOrganisation(organisation, copier);
        const keys =
          keysWith === undefined
            ? undefined
            : await copyKeys(organisation, copier, { passphrase: keysWith, configuration });
        const store = organisation.databases.get('data');
        const logs = (store === undefined ? [] : storedLogs(store)).map(({ origin, size }) => ({
          origin,
          size,
        }));
        described.push({ id: organisation.id, logs, ...(keys === undefined ? {} : { keys }) });
      }
      const ledger = await copyLedger(snapshot, copier, data);
      const files = await copier.files();
      const source = resolve(data);
      const manifest: Manifest = {
        v: 1,
        program: VERSION,
        time,
        mode,
        source,
        ...(ledger === undefined ? {} : { ledger }),
        organisations: described,
        files,
      };
      writeFileSync(join(to, MANIFEST_FILE), `${JSON.stringify(manifest, undefined, 2)}\n`, {
        mode: OWNER_ONLY,
        flush: true,
      });
      return manifest;
    } finally {
      snapshot.close();
    }
  } finally {
    access.release();
  }
}

function requireEmpty(to: string, data: string): void {
  if (existsSync(to) && readdirSync(to).length > 0) {
    const hint = existsSync(join(to, MANIFEST_FILE))
      ? ''
      : ' What is there is no whole backup. If one was interrupted there, remove it: a copy of the key stores that it was sealing would never expire.';
    throw new NodeError('input-unusable', `The target is not empty: name a new folder.${hint}`);
  }
  if (`${to}${sep}`.startsWith(`${resolve(data)}${sep}`))
    throw new NodeError('input-unusable', 'A backup does not go into the data folder itself.');
}

function requireReadable({ unreadable }: FolderSnapshot): void {
  const [first] = unreadable;
  if (first === undefined) return;
  const whose = first.organisation === undefined ? 'the ledger' : `${first.name} of ${first.organisation}`;
  throw new NodeError(
    'input-unusable',
    `The file of ${whose} is damaged: a backup of it would be worth nothing. Run "holdfast fsck".`,
  );
}

/** Copies files of one folder to the same places in another, owner-only, and remembers them. */
class Copier {
  readonly #from: string;
  readonly #to: string;
  readonly #onProgress: (what: string) => void;
  readonly #copied: string[] = [];

  constructor(from: string, to: string, onProgress: (what: string) => void) {
    this.#from = from;
    this.#to = to;
    this.#onProgress = onProgress;
  }

  /** Where the copy of a file goes; its folder is made. */
  place(path: string, name: string = basename(path)): string {
    const target = join(this.#to, relative(this.#from, dirname(path)), name);
    mkdirSync(dirname(target), { recursive: true, mode: OWNER_ONLY_FOLDER });
    this.#onProgress(`copying ${relative(this.#to, target)}`);
    this.#copied.push(target);
    return target;
  }

  /** Copies an ordinary file, if it is there. */
  copy(path: string): void {
    if (existsSync(path)) cpSync(path, this.place(path));
  }

  /** Everything that was copied, as it lies there now. */
  async files(): Promise<ManifestFile[]> {
    const files: ManifestFile[] = [];
    for (const path of this.#copied) {
      chmodSync(path, OWNER_ONLY);
      files.push({ path: relative(this.#to, path).split(sep).join('/'), ...(await fingerprint(path)) });
    }
    return files;
  }
}

async function copyOrganisation({ folder, databases }: OrganisationSnapshot, copier: Copier): Promise<void> {
  for (const name of COPIED) await databases.get(name)?.backup(copier.place(folder[name]));
  if (!existsSync(folder.certificates)) return;
  // The offline root's key is a key, sealed or not.
  for (const file of readdirSync(folder.certificates))
    if (file.endsWith('.pem')) copier.copy(join(folder.certificates, file));
}

async function copyKeys(
  { id, folder, databases }: OrganisationSnapshot,
  copier: Copier,
  { passphrase, configuration }: { passphrase: string; configuration: Configuration },
): Promise<{ epoch: string; expires: string } | undefined> {
  const [data, keys] = [databases.get('data'), databases.get('keys')];
  if (data === undefined || keys === undefined) return undefined;
  const keyring = existingKeyring(folder, id, passphrase);
  const { keyBackupDays } = configuration;
  const vault = await openStoredVault({
    organisation: id,
    data,
    keys,
    keyring,
    readOnly: true,
    keyBackupDays,
  });
  return vault.backupKeys(copier.place(folder.keys, SEALED_KEYS));
}

async function copyLedger(
  { ledger }: FolderSnapshot,
  copier: Copier,
  data: string,
): Promise<Manifest['ledger']> {
  const id = ledger === undefined ? undefined : await ledgerIdOf(ledger);
  if (ledger === undefined || id === undefined) return undefined;
  await ledger.backup(copier.place(ledgerFile(data)));
  const { height, hash } = ledger.head;
  return { id, height, block: hash };
}
