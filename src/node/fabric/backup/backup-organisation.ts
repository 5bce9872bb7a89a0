import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { type NetworkContext, whilePaused } from '../../../ledger/index.ts';
import type { Configuration } from '../../configuration.ts';
import { NodeError } from '../../errors.ts';
import { backupFolder } from '../../operations/backup.ts';
import { folderConfiguration } from '../../operations/folder-configuration.ts';
import { fingerprint } from '../../operations/manifest.ts';
import { existingKeyring } from '../../operations/organisation-keyring.ts';
import { organisationPaths } from '../../organisation/folder.ts';
import { VERSION } from '../../version.ts';
import type { LedgerOrganisation } from '../open-ledger-network.ts';
import { organisationFiles, organisationKeys } from './organisation-files.ts';
import {
  KEYS_PART,
  NETWORK_PART,
  NODE_PART,
  type OrganisationManifest,
  writeOrganisationManifest,
} from './organisation-manifest.ts';
import { sealProcessKeys } from './process-keys.ts';

/** Days that sealed keys open when no node's folder says it. */
const DEFAULT_KEY_BACKUP_DAYS = 30; // as a node's own default

/** What to back up, and where to. */
export interface OrganisationBackupRequest {
  readonly context: NetworkContext;
  readonly organisation: LedgerOrganisation;
  readonly to: string;
  /** Seals the keys too; the passphrase of the organisation's keyring. */
  readonly keysWith?: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly onProgress: (what: string) => void;
}

/**
 * Copies one organisation's part of a network while the rest of it runs: its orderer, peer and chaincode stand still meanwhile. With the
 * organisation's data folder, that too, as `backupFolder` does, before the network's part: no block it has seen is missing there. Holds no
 * key but, with `keysWith`, sealed ones. Throws NodeError `input-unusable` for a target that is not empty, and NetworkError.
 */
export async function backupOrganisation(request: OrganisationBackupRequest): Promise<OrganisationManifest> {
  const { context, organisation, keysWith, environment, onProgress } = request;
  const { folder, description } = context;
  const { id, data } = organisation;
  const to = resolve(request.to);
  requireTarget(to, folder.path);
  if (!description.hosted.includes(id))
    throw new NodeError('input-unusable', `${id} is not hosted here: back it up on its own machine.`);
  mkdirSync(to, { recursive: true, mode: 0o700 });
  const time = new Date().toISOString();
  const configuration = data === undefined ? undefined : folderConfiguration(data, environment);
  if (configuration !== undefined)
    await backupFolder({
      configuration,
      to: join(to, NODE_PART),
      ...(keysWith === undefined ? {} : { keysWith }),
      onProgress,
    });
  const others = description.organisations.map((each) => each.id).filter((each) => each !== id);
  onProgress(`stopping the processes of ${id} for the copy`);
  const copied = await whilePaused(context, id, async () =>
    copyFiles(folder.path, to, organisationFiles(folder, id, others), onProgress),
  );
  const keys =
    keysWith === undefined
      ? undefined
      : sealProcessKeys(
          {
            network: folder.path,
            paths: organisationKeys(folder, id),
            organisation: id,
            keyring: keyringOf(request, keysWith),
            days: daysOf(configuration),
          },
          join(to, KEYS_PART),
        );
  const files = [...copied, ...(keys === undefined ? [] : [KEYS_PART])];
  const manifest: OrganisationManifest = {
    ...{ v: 1, program: VERSION, time, organisation: id, source: folder.path, channel: description.channel },
    node: data !== undefined,
    ...(keys === undefined ? {} : { keys }),
    files: await Promise.all(files.map(async (path) => ({ path, ...(await fingerprint(join(to, path))) }))),
  };
  writeOrganisationManifest(to, manifest);
  return manifest;
}

function requireTarget(to: string, network: string): void {
  if (existsSync(to) && readdirSync(to).length > 0)
    throw new NodeError('input-unusable', 'The target is not empty: name a new folder.');
  if (`${to}${sep}`.startsWith(`${network}${sep}`))
    throw new NodeError('input-unusable', "A backup does not go into the network's folder itself.");
}

/** Copies files to the same places below the backup's part; their paths in the backup. */
function copyFiles(
  network: string,
  to: string,
  paths: readonly string[],
  onProgress: (what: string) => void,
): string[] {
  return paths.map((path) => {
    const place = join(to, NETWORK_PART, path);
    onProgress(`copying ${path}`);
    mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
    copyFileSync(join(network, path), place);
    chmodSync(place, 0o600);
    return `${NETWORK_PART}/${path}`;
  });
}

/** The keyring of the organisation: in its data folder, else where the network keeps authorities that it made itself. */
function keyringOf({ context, organisation }: OrganisationBackupRequest, passphrase: string) {
  const { id, data = join(context.folder.path, 'authorities') } = organisation;
  return existingKeyring(organisationPaths(data, id), id, passphrase);
}

function daysOf(configuration: Configuration | undefined): number {
  return configuration?.keyBackupDays ?? DEFAULT_KEY_BACKUP_DAYS;
}
