import { type FolderLock, lockFolder } from '../database/index.ts';
import type { Keyring } from '../vault/index.ts';
import type { Configuration } from './configuration.ts';
import { foundTogether } from './founding/found-together.ts';
import { provision } from './initialise.ts';
import { foundAlone } from './network/found.ts';
import { embeddedEngine, type LedgerEngine } from './network/ledger-engine.ts';
import { MembershipView } from './network/membership-view.ts';
import { createNodeLog, type NodeLog } from './node-log.ts';
import { runBackground } from './organisation/background.ts';
import { closeCore, type OrganisationCore, openCore } from './organisation/core.ts';
import { openDataDatabase } from './organisation/databases.ts';
import { organisationFolder } from './organisation/folder.ts';
import { type HostedOrganisation, openHosted } from './organisation/hosted.ts';
import { recoveryNotes } from './organisation/recovery-notes.ts';
import { openOrganisationVault } from './organisation/vault.ts';

/** The ledger is seen up to its present height within this time at start, or the node reports itself unready. */
const FIRST_SIGHT_MS = 30_000; // reading a long ledger from a slow disk

/** How a data folder is opened. */
export interface OpenOptions {
  readonly configuration: Configuration;
  readonly passphrase: string;
  readonly now?: () => Date;
  /** Opens the ledger's engine; the one that the configuration names when left out. */
  readonly openEngine?: OpenEngine;
  /** Told what is being done, for people who wait. */
  readonly onProgress?: (what: string) => void;
}

/** A data folder at work: its organisations store, witness, anchor and follow the ledger. Nothing is served. */
export interface OpenNode {
  readonly organisations: readonly HostedOrganisation[];
  readonly ledgerId: string;
  readonly engine: LedgerEngine;
  readonly nodeLog: NodeLog;
  /** Publishes once more, ends the background work, closes every file. */
  close(): Promise<void>;
}

async function openCores(
  options: OpenOptions,
  engine: LedgerEngine,
  keyrings: ReadonlyMap<string, Keyring>,
  ledgerId: string,
  nodeLog: NodeLog,
): Promise<Map<string, OrganisationCore>> {
  const { configuration, now = () => new Date() } = options;
  const cores = new Map<string, OrganisationCore>();
  for (const organisation of configuration.organisations) {
    const folder = organisationFolder(configuration.data, organisation.id);
    const keyring = keyrings.get(organisation.id);
    if (keyring === undefined) continue;
    const view = new MembershipView();
    await view.load(engine.connect({ organisation: organisation.id, role: 'node', keyring }));
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
  readonly engine: LedgerEngine;
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
  await engine.close();
  lock.release();
}

/** Opens the ledger's engine that a configuration names. */
export type OpenEngine = (
  configuration: Configuration,
  now: () => Date,
  onProgress: (what: string) => void,
) => Promise<LedgerEngine>;

const openEngineOf: OpenEngine = async ({ data, ledger }, now, onProgress) => {
  if (ledger.engine === 'embedded') return embeddedEngine(data, now);
  // Only where it is asked for: gRPC and its message types cost a start on the embedded engine half a second.
  const { fabricEngine } = await import('./fabric/fabric-engine.ts');
  return fabricEngine({ data, ledger, now, onProgress });
};

/** The ledger's id; founds the ledger where it has not begun, with whoever is to found it. */
async function foundedLedger(
  { configuration, onProgress = () => undefined }: OpenOptions,
  engine: LedgerEngine,
  keyrings: ReadonlyMap<string, Keyring>,
  nodeLog: NodeLog,
): Promise<string> {
  const { ledger } = configuration;
  if (ledger.engine === 'embedded') return foundAlone(engine, configuration, keyrings);
  const [own] = keyrings;
  if (own === undefined) throw new Error('a node hosts at least one organisation');
  const [organisation, keyring] = own;
  return foundTogether({
    configuration,
    ledgerConfiguration: ledger,
    engine,
    organisation,
    keyring,
    nodeLog,
    onProgress,
  });
}

/** Opens a data folder. Throws NodeError, VaultError `sealed-key-missing` for a wrong passphrase, DatabaseError `locked`. */
export async function openNode(options: OpenOptions): Promise<OpenNode> {
  const { configuration, passphrase, now = () => new Date(), onProgress = () => undefined } = options;
  const { openEngine = openEngineOf } = options;
  const nodeLog = createNodeLog(configuration.log);
  const lock = lockFolder(configuration.data);
  let engine: LedgerEngine | undefined;
  try {
    onProgress('opening keys and ledger');
    const keyrings = await provision(configuration, passphrase, now);
    const opened = await openEngine(configuration, now, onProgress);
    engine = opened;
    const ledgerId = await foundedLedger(options, opened, keyrings, nodeLog);
    const cores = await openCores(options, opened, keyrings, ledgerId, nodeLog);
    const hosted = await openOrganisations(options, ledgerId, cores, nodeLog);
    const abort = new AbortController();
    const background = Promise.all(
      hosted.map((each) => runBackground(each.background, configuration, nodeLog, abort.signal)),
    );
    await Promise.all(hosted.map(({ core }) => core.projection.reached(0, FIRST_SIGHT_MS)));
    const close = () => closeNode({ lock, engine: opened, hosted, abort, background });
    return { organisations: hosted, ledgerId, engine: opened, nodeLog, close };
  } catch (error) {
    await engine?.close();
    lock.release();
    throw error;
  }
}
