import { type FolderLock, lockFolder } from '../database/index.ts';
import type { EmbeddedEngine } from '../ledger/index.ts';
import type { Configuration } from './configuration.ts';
import { type Provisioned, provision } from './initialise.ts';
import { openLedgerEngine } from './network/found.ts';
import { MembershipView } from './network/membership-view.ts';
import { createNodeLog, type NodeLog } from './node-log.ts';
import { runBackground } from './organisation/background.ts';
import { closeCore, type OrganisationCore, openCore } from './organisation/core.ts';
import { openDataDatabase } from './organisation/databases.ts';
import { organisationFolder } from './organisation/folder.ts';
import { type HostedOrganisation, openHosted } from './organisation/hosted.ts';
import { memberKey, signWith } from './organisation/member-keys.ts';
import { recoveryNotes } from './organisation/recovery-notes.ts';
import { openOrganisationVault } from './organisation/vault.ts';

/** The ledger is seen up to its present height within this time at start, or the node reports itself unready. */
const FIRST_SIGHT_MS = 30_000; // reading a long ledger from a slow disk

/** How a data folder is opened. */
export interface OpenOptions {
  readonly configuration: Configuration;
  readonly passphrase: string;
  readonly now?: () => Date;
  /** Told what is being done, for people who wait. */
  readonly onProgress?: (what: string) => void;
}

/** A data folder at work: its organisations store, witness, anchor and follow the ledger. Nothing is served. */
export interface OpenNode {
  readonly organisations: readonly HostedOrganisation[];
  readonly ledgerId: string;
  readonly nodeLog: NodeLog;
  /** Publishes once more, ends the background work, closes every file. */
  close(): Promise<void>;
}

async function openCores(
  options: OpenOptions,
  engine: EmbeddedEngine,
  { keyrings, ledgerId }: Provisioned,
  nodeLog: NodeLog,
): Promise<Map<string, OrganisationCore>> {
  const { configuration, now = () => new Date() } = options;
  const cores = new Map<string, OrganisationCore>();
  for (const organisation of configuration.organisations) {
    const folder = organisationFolder(configuration.data, organisation.id);
    const keyring = keyrings.get(organisation.id);
    if (keyring === undefined) continue;
    const key = memberKey(keyring, 'transaction');
    const view = new MembershipView();
    await view.load(
      engine.connect({
        organisation: organisation.id,
        role: 'node',
        key: signWith(key),
        publicKey: key.publicKey,
      }),
    );
    const data = openDataDatabase(folder.data);
    const recovery = recoveryNotes(organisation.id, data, nodeLog);
    const core = openCore({
      configuration,
      organisation,
      folder,
      keyring,
      engine,
      ledgerId,
      view,
      data,
      peer: (id) => cores.get(id),
      recovery,
      nodeLog,
      now,
    });
    view.reachedHeight(core.projection.head()?.height ?? 0);
    cores.set(organisation.id, core);
  }
  return cores;
}

async function openOrganisations(
  options: OpenOptions,
  ledgerId: string,
  cores: ReadonlyMap<string, OrganisationCore>,
  nodeLog: NodeLog,
): Promise<HostedOrganisation[]> {
  const { configuration, now = () => new Date() } = options;
  const local = `${configuration.tls === undefined ? 'http' : 'https'}://${configuration.host}:${configuration.port}`;
  const reachOf = (organisation: string) => (cores.has(organisation) ? local : undefined);
  const hosted: HostedOrganisation[] = [];
  for (const organisation of configuration.organisations) {
    const core = cores.get(organisation.id);
    if (core === undefined) continue;
    const opened = await openOrganisationVault(core, configuration, now);
    hosted.push(
      await openHosted({ configuration, organisation, core, ...opened, ledgerId, reachOf, nodeLog, now }),
    );
  }
  return hosted;
}

interface Parts {
  readonly lock: FolderLock;
  readonly engine: EmbeddedEngine;
  readonly hosted: readonly HostedOrganisation[];
  readonly abort: AbortController;
  readonly background: Promise<unknown>;
}

async function closeNode({ lock, engine, hosted, abort, background }: Parts): Promise<void> {
  // What was acknowledged last gets its checkpoint now, and not at the next start.
  await Promise.allSettled(hosted.map(({ core }) => core.log.publish()));
  abort.abort();
  await background;
  for (const organisation of hosted) {
    await organisation.close();
    closeCore(organisation.core);
  }
  engine.close();
  lock.release();
}

/** Opens a data folder. Throws NodeError, VaultError `sealed-key-missing` for a wrong passphrase, DatabaseError `locked`. */
export async function openNode(options: OpenOptions): Promise<OpenNode> {
  const { configuration, passphrase, now = () => new Date(), onProgress = () => undefined } = options;
  const nodeLog = createNodeLog(configuration.log);
  const lock = lockFolder(configuration.data);
  try {
    onProgress('opening keys and ledger');
    const provisioned = await provision(configuration, passphrase, now);
    const { ledgerId } = provisioned;
    const engine = openLedgerEngine(configuration.data, now);
    const cores = await openCores(options, engine, provisioned, nodeLog);
    const hosted = await openOrganisations(options, ledgerId, cores, nodeLog);
    const abort = new AbortController();
    const background = Promise.all(
      hosted.map((each) => runBackground(each.background, configuration, nodeLog, abort.signal)),
    );
    await Promise.all(hosted.map(({ core }) => core.projection.reached(0, FIRST_SIGHT_MS)));
    const close = () => closeNode({ lock, engine, hosted, abort, background });
    return { organisations: hosted, ledgerId, nodeLog, close };
  } catch (error) {
    lock.release();
    throw error;
  }
}
