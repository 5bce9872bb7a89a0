import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import {
  configureAnew,
  type FabricBinaries,
  type NetworkContext,
  networkContext,
  networkFolder,
  readDescription,
  whilePaused,
  writeDescription,
} from '../../../ledger/index.ts';
import { NodeError } from '../../errors.ts';
import { verifyFiles } from '../../operations/manifest.ts';
import { existingKeyring } from '../../operations/organisation-keyring.ts';
import { keyFile } from '../../operations/original-folder.ts';
import { type Restored, restoreFolder } from '../../operations/restore.ts';
import { organisationPaths } from '../../organisation/folder.ts';
import type { LedgerOrganisation } from '../open-ledger-network.ts';
import { shippedParts } from '../shipped-parts.ts';
import { filesBelow } from './organisation-files.ts';
import {
  KEYS_PART,
  NETWORK_PART,
  NODE_PART,
  type OrganisationManifest,
  readOrganisationManifest,
} from './organisation-manifest.ts';
import { openProcessKeys, writeProcessKeys } from './process-keys.ts';

/** Key files that every organisation's part has, below its folder. */
const KEY_PLACES = [
  ...['orderer', 'peer', 'admin', 'client'].map((holder) => `identities/${holder}/msp/keystore/key.pem`),
  ...['orderer', 'peer', 'chaincode', 'chaincode-client', 'operator'].map(
    (holder) => `tls/${holder}/key.pem`,
  ),
];

/** What to restore, and where to. */
export interface OrganisationRestoreRequest {
  readonly from: string;
  /** The network's folder: one that lost this organisation's part, or a new one for it alone. */
  readonly network: string;
  readonly binaries: FabricBinaries;
  /** The organisation; with its data folder, that is restored as well. */
  readonly organisation: LedgerOrganisation;
  /** The original data folder, or a copy of its keyring. */
  readonly keyring?: string;
  /** The network's folder as it was, or a copy of its keys; the one that the backup was taken from when left out. */
  readonly processKeys?: string;
  readonly passphrase: () => string;
  readonly environment: NodeJS.ProcessEnv;
  readonly onProgress: (what: string) => void;
}

/** What was restored. */
export interface RestoredOrganisation {
  readonly organisation: string;
  readonly network: string;
  /** When the backup was taken. */
  readonly time: string;
  /** Of the data folder, when it was restored too. */
  readonly node?: Restored;
}

/**
 * Puts one organisation's part of a network back from a backup. Blocks after it come from the other members once its processes run: nothing
 * of them is made here, so that an old backup cannot fork. Throws NodeError (`input-unusable` when its part is still there, `keys-missing`,
 * `backup-damaged`), VaultError and NetworkError; then what was put there is taken away again.
 */
export async function restoreOrganisation(
  request: OrganisationRestoreRequest,
): Promise<RestoredOrganisation> {
  const { organisation, onProgress } = request;
  const [from, network] = [resolve(request.from), resolve(request.network)];
  const manifest = readOrganisationManifest(from);
  requireSame(manifest, request, network, from);
  await verifyFiles(from, manifest, onProgress);
  const keys = findKeys(request, manifest, from, network);
  const context = contextFor(request, network, from);
  const node = await restoreNode(request, manifest, from);
  await whilePaused(context, organisation.id, async () => {
    onProgress(`restoring the network's part of ${organisation.id}`);
    const own = networkFolder(network).organisation(organisation.id).path;
    const wasThere = filesBelow(network, own);
    try {
      copyBack(manifest, from, network);
      writeProcessKeys(network, keys);
      configureAnew(context, organisation.id, shippedParts().builder);
    } catch (error) {
      for (const path of filesBelow(network, own))
        if (!wasThere.includes(path)) rmSync(join(network, path), { force: true });
      throw error;
    }
  });
  return {
    organisation: organisation.id,
    network,
    time: manifest.time,
    ...(node === undefined ? {} : { node }),
  };
}

function requireSame(
  manifest: OrganisationManifest,
  { organisation }: OrganisationRestoreRequest,
  network: string,
  from: string,
): void {
  const { id, data } = organisation;
  if (manifest.organisation !== id)
    throw new NodeError('input-unusable', `This is a backup of ${manifest.organisation}, not of ${id}.`);
  if (data !== undefined && !manifest.node)
    throw new NodeError('input-unusable', `The backup holds no data folder: give --org ${id} alone.`);
  const folder = networkFolder(network);
  const { peerData, ordererData, path } = folder.organisation(id);
  if ([peerData, ordererData].some((place) => filesBelow(network, place).length > 0)) {
    const sentence = `${path} still holds blocks: move it away, and name where its keys are now with --process-keys.`;
    throw new NodeError('input-unusable', sentence);
  }
  if (!existsSync(folder.genesis)) return;
  const theirs = readFileSync(join(from, NETWORK_PART, 'genesis.block'));
  if (!readFileSync(folder.genesis).equals(theirs))
    throw new NodeError('input-unusable', 'The backup is of another network than the one in this folder.');
}

/** The network that is there, or a new folder for the organisation alone. */
function contextFor(
  { organisation, binaries }: OrganisationRestoreRequest,
  network: string,
  from: string,
): NetworkContext {
  const { id } = organisation;
  if (existsSync(networkFolder(network).description)) {
    const present = readDescription(network);
    if (!present.organisations.some((each) => each.id === id))
      throw new NodeError('input-unusable', `${id} is not in the network in this folder.`);
    return networkContext(network, present, binaries);
  }
  mkdirSync(network, { recursive: true, mode: 0o700 });
  const { binaries: _folder, paused: _paused, ...saved } = readDescription(join(from, NETWORK_PART));
  const description = { ...saved, hosted: [id] };
  writeDescription(network, description);
  return networkContext(network, description, binaries);
}

async function restoreNode(
  { organisation, keyring, environment, onProgress }: OrganisationRestoreRequest,
  manifest: OrganisationManifest,
  from: string,
): Promise<Restored | undefined> {
  if (organisation.data === undefined || !manifest.node) return undefined;
  const { data } = organisation;
  const kept = keyring === undefined ? {} : { keyring };
  return restoreFolder({ from: join(from, NODE_PART), data, ...kept, environment, onProgress });
}

function copyBack({ files }: OrganisationManifest, from: string, network: string): void {
  for (const { path } of files) {
    if (!path.startsWith(`${NETWORK_PART}/`)) continue;
    const place = join(network, path.slice(NETWORK_PART.length + 1));
    // What the network's folder knows now is newer: members may have joined since.
    if (existsSync(place)) continue;
    mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
    copyFileSync(join(from, path), place);
    chmodSync(place, 0o600);
  }
}

/** The keys of the organisation's processes: in place, in the folder that was, or sealed in the backup. Nothing is written. */
function findKeys(
  request: OrganisationRestoreRequest,
  manifest: OrganisationManifest,
  from: string,
  network: string,
): ReadonlyMap<string, string> {
  const { id } = request.organisation;
  const folder = request.processKeys === undefined ? manifest.source : resolve(request.processKeys);
  const found = new Map<string, string>();
  const missing: string[] = [];
  for (const path of KEY_PLACES.map((place) => `organisations/${id}/${place}`)) {
    const kept = [join(network, path), join(folder, path)].find((place) => existsSync(place));
    if (kept === undefined) missing.push(path);
    else found.set(path, readFileSync(kept, 'utf8'));
  }
  if (missing.length === 0) return found;
  if (manifest.keys === undefined) {
    const sentence = `The key ${missing[0]} is nowhere: the backup was made without --keys, and ${folder} does not hold it. Name the network's old folder with --process-keys.`;
    throw new NodeError('keys-missing', sentence);
  }
  const scratch = join(networkFolder(network).work, 'keys.opened');
  const sealed = openProcessKeys(join(from, KEYS_PART), scratch, id, keyringOf(request, manifest, network));
  for (const path of missing) {
    const text = sealed.get(path);
    if (text === undefined)
      throw new NodeError('keys-missing', `The key ${path} is not in the backup either.`);
    found.set(path, text);
  }
  return found;
}

/** The organisation's keyring, which is in no backup: in its data folder, in the folder named, or where the network keeps its own. */
function keyringOf(
  { organisation: { id, data }, keyring, passphrase }: OrganisationRestoreRequest,
  { source }: OrganisationManifest,
  network: string,
) {
  const folders = [data, keyring, join(network, 'authorities'), join(source, 'authorities')];
  const place = folders
    .flatMap((folder) => (folder === undefined ? [] : [keyFile(resolve(folder), id, 'keyring', true)]))
    .find((path) => path !== undefined);
  if (place === undefined) {
    const sentence = `The keyring of ${id} is in no backup: name the folder that holds it with --keyring.`;
    throw new NodeError('keys-missing', sentence);
  }
  return existingKeyring({ ...organisationPaths(network, id), keyring: place }, id, passphrase());
}
