import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type ContinuedFrom,
  type ContinuedLedger,
  continuationOf,
  type FabricEngine,
  openFabricEngine,
  readDescription,
  readProfile,
  type SignedContinuation,
  stateHash,
} from '../../ledger/index.ts';
import type { Configuration } from '../configuration.ts';
import { NodeError } from '../errors.ts';
import { networkProfile } from '../fabric/demo-network.ts';
import { openNode } from '../open-node.ts';
import { folderConfiguration } from '../operations/folder-configuration.ts';
import { passphraseFor } from '../passphrase.ts';
import { closeLedger } from './close-ledger.ts';
import { type ClosedLedger, isClosed, ledgerOpen, readClosedLedger } from './closed-ledger.ts';
import { type Continued, continueLedger, moveMembers } from './continue-ledger.ts';
import { type MigrationRecord, readMigration, writeMigration } from './migration-record.ts';
import { requireFreeFolders, type SeparateOrganisation, separateFolders } from './separate-folders.ts';
import { signContinuation } from './sign-continuation.ts';

/** What to migrate, and where to. */
export interface MigrationRequest {
  /** The data folder whose ledger is embedded. */
  readonly data: string;
  /** Folder for the organisations' own data folders. */
  readonly to: string;
  /** Folder of the network; below `to` when left out. */
  readonly network?: string;
  /** Close the ledger first, with the keys of the members in the folder. */
  readonly close: boolean;
  /** Port of the first organisation's node; that of the folder when left out. */
  readonly port?: number;
  readonly environment: NodeJS.ProcessEnv;
  readonly onProgress: (what: string) => void;
  /** Makes or opens the network, with certificates of the organisations' own authorities, and waits until it works. */
  readonly startNetwork: (wanted: NetworkWanted) => Promise<void>;
}

/** The network that a migration needs. */
export interface NetworkWanted {
  readonly path: string;
  readonly organisations: readonly { readonly id: string; readonly data: string }[];
  readonly continues: ContinuedLedger;
  readonly passphrase: () => string;
}

/** How a migration ended. */
export interface Migrated extends Continued {
  readonly ledger: string;
  readonly closed: ContinuedFrom;
  readonly network: string;
  readonly organisations: readonly SeparateOrganisation[];
  /** Members who signed the continuation. */
  readonly signers: readonly string[];
}

/**
 * Moves the ledger of a data folder from the embedded engine to a Fabric network of its members: closes it, gives each organisation a
 * folder of its own, has a majority sign the state, carries it, compares it and begins there. What is done is not done again.
 * Throws NodeError (`ledger-open`, `majority-missing`, `member-missing`, `target-not-empty`, `state-differs`, `ledger-migrated`),
 * LedgerError and NetworkError.
 */
export async function migrateLedger(request: MigrationRequest): Promise<Migrated> {
  const { environment, onProgress } = request;
  const configuration = folderConfiguration(resolve(request.data), environment);
  if (configuration.ledger.engine !== 'embedded')
    throw new NodeError('input-unusable', 'This folder has no embedded ledger: nothing is to be migrated.');
  const passphrase = passphraseFor(configuration.mode, environment);
  const [to, network] = [resolve(request.to), resolve(request.network ?? join(request.to, 'network'))];
  const separation = { ...request, configuration, to, network };
  let record = readMigration(configuration.data);
  if (record === undefined) requireFree(separation);
  else requireSameTarget(record, to, network);
  if (record?.continuation === undefined) await close(configuration, passphrase, request);
  onProgress('checking the closed ledger');
  const ledger = await readClosedLedger(configuration);
  record ??= { v: 1, ledger: ledger.id, closed: ledger.closed, to, network };
  writeMigration(configuration.data, record);
  const organisations = await separateFolders(separation);
  await request.startNetwork({
    path: network,
    organisations,
    continues: { ...ledger.closed, ...stateHash(ledger.state) },
    passphrase: () => passphrase,
  });
  const continuation = signedOnce(configuration, record, ledger, passphrase);
  const engines = await openEngines(record, organisations);
  try {
    const continued = await continueLedger({ state: ledger.state, continuation, engines, onProgress });
    await moveMembers(engines, organisations, onProgress);
    const signers = continuation.signatures.map(({ organisation }) => organisation);
    return { ...continued, ledger: ledger.id, closed: ledger.closed, network, organisations, signers };
  } finally {
    await Promise.all(engines.map((engine) => engine.close()));
  }
}

function requireFree(separation: Parameters<typeof requireFreeFolders>[0]): void {
  requireFreeFolders(separation);
  const { network } = separation;
  if (!existsSync(join(network, 'network.json'))) return;
  const sentence = `${network} holds a network already: name a new folder with --network.`;
  throw new NodeError('target-not-empty', sentence);
}

function requireSameTarget(record: MigrationRecord, to: string, network: string): void {
  if (record.to === to && record.network === network) return;
  const sentence = `This ledger is going to ${record.to}, network ${record.network}: give these with --to and --network to finish.`;
  throw new NodeError('ledger-migrated', sentence);
}

/** Closes the ledger if it is open, and lets every organisation see its last block. */
async function close(
  configuration: Configuration,
  passphrase: string,
  { close: isAsked, onProgress }: MigrationRequest,
): Promise<void> {
  if (!isAsked && !(await isClosed(configuration))) throw ledgerOpen();
  const node = await openNode({
    configuration: { ...configuration, log: 'silent' },
    passphrase,
    isMigrating: true,
    onProgress,
  });
  try {
    await closeLedger(node, onProgress);
  } finally {
    await node.close();
  }
}

/** What the members signed, or sign now: it is on disk before it is used, so that they never sign a second one. */
function signedOnce(
  configuration: Configuration,
  record: MigrationRecord,
  ledger: ClosedLedger,
  passphrase: string,
): SignedContinuation {
  const [first] = configuration.organisations;
  const { genesis: channel } = readProfile(networkProfile(record.network, first?.id ?? ''));
  if (channel === undefined)
    throw new NodeError('unavailable', 'The network has no first block: make it anew.');
  const { continues } = readDescription(record.network);
  const hash = stateHash(ledger.state);
  const isFor =
    continues?.height === ledger.closed.height &&
    continues.block === ledger.closed.block &&
    (record.continuation !== undefined || continues.state === hash.state);
  if (!isFor || (record.continuation?.statement.channel ?? channel) !== channel) {
    const sentence = `The network in ${record.network} is not the one that this ledger goes on in: put that one back.`;
    throw new NodeError('target-not-empty', sentence);
  }
  if (record.continuation !== undefined) return record.continuation;
  const { height, block } = ledger.closed;
  const statement = continuationOf({ ledger: ledger.id, height, block, channel, ...hash });
  const continuation = signContinuation(configuration, statement, passphrase);
  writeMigration(configuration.data, { ...record, continuation });
  return continuation;
}

/** Each organisation's own way into the channel. */
async function openEngines(
  { network }: MigrationRecord,
  organisations: readonly SeparateOrganisation[],
): Promise<FabricEngine[]> {
  const engines: FabricEngine[] = [];
  try {
    for (const { id } of organisations)
      engines.push(await openFabricEngine({ profile: networkProfile(network, id) }));
    return engines;
  } catch (error) {
    await Promise.all(engines.map((engine) => engine.close()));
    throw error;
  }
}
