import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { lockFolder } from '../../database/index.ts';
import { CONFIGURATION_FILE, type Configuration } from '../configuration.ts';
import { DEMO_FILE } from '../demo/demo-folder.ts';
import { NodeError } from '../errors.ts';
import { openNode } from '../open-node.ts';
import { organisationPaths } from '../organisation/folder.ts';
import { passphraseFor } from '../passphrase.ts';
import { folderConfiguration } from './folder-configuration.ts';
import { type Manifest, readManifest, verifyFiles } from './manifest.ts';
import { existingKeyring } from './organisation-keyring.ts';
import { keyFile, type OriginalFolder, openOriginal } from './original-folder.ts';
import { applyErasures } from './restore-erasures.ts';
import { type KeyStoreSource, restoreDatabases, restoreLedger } from './restore-files.ts';
import { RestoreTarget } from './restore-target.ts';
import { leaveUnfinished } from './unfinished-restore.ts';

/** What to restore, and where to. */
export interface RestoreRequest {
  readonly from: string;
  readonly data: string;
  /** The original data folder, or a copy of its keyrings; the folder that the backup was taken from when absent. */
  readonly keyring?: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly onProgress?: (what: string) => void;
}

/** What was restored. */
export interface Restored {
  readonly data: string;
  /** When the backup was taken. */
  readonly time: string;
  /** `original`: the ledger, which never goes back, was found newer than in the backup. */
  readonly ledger: 'original' | 'backup' | 'none';
  readonly organisations: readonly {
    readonly id: string;
    readonly keyStore: KeyStoreSource;
    /** Erasures that were carried out again. */
    readonly erasures: number;
  }[];
  /** What whoever restores must know. */
  readonly notes: readonly string[];
}

/**
 * Makes a data folder from a backup. Records, index and logs are the backup's. What must not go back in time (ledger,
 * mirrors, enrolled keys, key stores) is taken from the original folder where it can be found and is sound. Every erasure
 * known from the ledger is carried out before anything is opened. Throws NodeError, VaultError and DatabaseError; then what
 * was put into the target is taken away again.
 */
export async function restoreFolder(request: RestoreRequest): Promise<Restored> {
  const { onProgress = () => undefined } = request;
  const [from, data] = [resolve(request.from), resolve(request.data)];
  const manifest = readManifest(from);
  await verifyFiles(from, manifest, onProgress);
  const passphrase = passphraseFor(manifest.mode, request.environment);
  const target = new RestoreTarget(data);
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const lock = lockFolder(data);
  let original: OriginalFolder | undefined;
  try {
    const given = request.keyring === undefined ? manifest.source : resolve(request.keyring);
    const folder = given === data ? undefined : given;
    copyKeyrings(target, manifest, data, folder);
    const keyrings = new Map(
      manifest.organisations.map(({ id }) => [
        id,
        existingKeyring(organisationPaths(data, id), id, passphrase),
      ]),
    );
    original = folder === undefined ? undefined : await openOriginal(folder, manifest);
    copyPlainFiles(target, manifest, from, data);
    const ledger = await restoreLedger({ target, manifest, from, data, original });
    const restoring = { target, manifest, from, data, original, folder };
    const organisations: Restored['organisations'][number][] = [];
    for (const [id, keyring] of keyrings) {
      onProgress(`restoring ${id}`);
      const keyStore = await restoreDatabases(restoring, id, keyring);
      organisations.push({ id, keyStore, erasures: await applyErasures(data, id, keyring) });
    }
    const isLive = original?.isLive === true;
    lock.release();
    const configuration = folderConfiguration(data, request.environment);
    const isOnNetwork = configuration.ledger.engine === 'fabric';
    if (isOnNetwork) leaveUnfinished(data, manifest.time);
    if (ledger === 'original' && !isLive) await recoverLogs(configuration, passphrase, onProgress);
    return {
      data,
      time: manifest.time,
      ledger,
      organisations,
      notes: notesOf(manifest, { ledger, organisations, isLive, isOnNetwork }),
    };
  } catch (error) {
    target.undo();
    throw error;
  } finally {
    original?.close();
    lock.release();
  }
}

function copyKeyrings(
  target: RestoreTarget,
  { organisations, source }: Manifest,
  data: string,
  folder: string | undefined,
): void {
  for (const { id } of organisations) {
    const place = organisationPaths(data, id).keyring;
    if (existsSync(place)) continue;
    const found =
      folder === undefined ? undefined : keyFile(folder, id, 'keyring', organisations.length === 1);
    if (found === undefined) {
      const hint = existsSync(source)
        ? ''
        : ' The folder that the backup was taken from is not here any more.';
      throw new NodeError(
        'keys-missing',
        `The keyring of ${id} is in no backup: name the folder that holds it with --keyring.${hint}`,
      );
    }
    target.copy(found, place);
  }
}

function copyPlainFiles(target: RestoreTarget, { files }: Manifest, from: string, data: string): void {
  for (const { path } of files) {
    const isPlain = path === CONFIGURATION_FILE || path === DEMO_FILE || path.endsWith('.pem');
    if (isPlain) target.copy(join(from, path), join(data, path));
  }
}

/** Opens the folder once, so that its logs get back the leaves that other members hosted here have mirrored. */
async function recoverLogs(
  configuration: Configuration,
  passphrase: string,
  onProgress: (what: string) => void,
): Promise<void> {
  onProgress('recovering the newer leaves of the logs');
  const node = await openNode({ configuration: { ...configuration, log: 'silent' }, passphrase });
  try {
    for (const { core } of node.organisations) await core.log.publish();
    for (const { background } of node.organisations) await background.upkeep();
  } finally {
    await node.close();
  }
}

function notesOf(
  { time }: Manifest,
  restored: Pick<Restored, 'ledger' | 'organisations'> & { isLive: boolean; isOnNetwork: boolean },
): string[] {
  const { ledger, organisations, isLive, isOnNetwork } = restored;
  const notes: string[] = [];
  if (isOnNetwork) {
    notes.push(
      'Erasures since the backup are on the network: the node carries them out at its next start, before it serves.',
    );
  }
  if (ledger === 'backup') {
    notes.push(
      `The ledger is that of ${time}: erasures and revocations after it are not known here. Check them before you start the node.`,
    );
  }
  if (organisations.some(({ keyStore }) => keyStore === 'backup')) {
    notes.push(`A key store is that of ${time}: keys of records that were stored later are not in it.`);
  }
  if (isLive)
    notes.push('The original is still running: never let both run, since each would sign its own history.');
  return notes;
}
