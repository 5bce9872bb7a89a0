import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { bundleChaincode } from '../../scripts/chaincode.ts';
import { type FabricEngine, LedgerError, openFabricEngine } from '../../src/ledger/index.ts';
import {
  done,
  initialised,
  ledger,
  type Member,
  profileOf,
  started,
} from '../../test/fabric/harness/members.ts';
import { freePort, type RunningNode } from '../../test/journeys/harness/running-node.ts';
import { independentGrant } from '../ledger/independent-grant.ts';

const WRITERS = 64; // for each of two organisations: enough to fill blocks
const BLOCK_MS = 1_000; // blocks of fifteen transactions or more; of a few, the default, they would be written slower
const CATCH_BREATH_MS = 2_000; // for peers that fell behind
const MAX_FAILED = 1_000; // of as many as they are, one in forty
const PROGRESS_EVERY = 1_000; // half a minute of writing
const BASE_PORT = 19_500; // apart from every test's network
const FOUNDERS = ['st-mary', 'lakeside', 'meridian', 'aurora'];
/** The organisation that replays. */
export const NEWCOMER = 'harbour';

/** A channel on disk whose network is down, and a fifth organisation that was approved and never joined. */
export interface WrittenChannel {
  readonly network: string;
  readonly newcomer: Member;
  readonly transactions: number;
  /** Height of its newest block. */
  readonly height: number;
  readonly secondsToWrite: number;
}

const root = join(import.meta.dirname, '..', '..');
/** Where a written channel is described. */
export const channelFile = (folder: string): string => join(folder, 'channel.json');

/** Transactions that each write one key, through two organisations. */
async function write(engines: readonly FabricEngine[], transactions: number): Promise<void> {
  let written = 0;
  let failed = 0;
  const writer = async (engine: FabricEngine) => {
    const connected = engine.connect({ role: 'node' });
    while (written < transactions) {
      try {
        await connected.submit(independentGrant());
      } catch (error) {
        // One that a busy machine did not commit in time is not counted; too many are a fault.
        if (!(error instanceof LedgerError) || ++failed > MAX_FAILED) throw error;
        await pause(CATCH_BREATH_MS);
        continue;
      }
      if (++written % PROGRESS_EVERY === 0) console.error(`${written} of ${transactions} written`);
    }
  };
  await Promise.all(engines.flatMap((engine) => Array.from({ length: WRITERS }, () => writer(engine))));
}

/** Writes a channel of so many transactions into an empty folder: four organisations, then the approval of a fifth. */
export async function writeChannel(folder: string, transactions: number): Promise<WrittenChannel> {
  const network = join(folder, 'network');
  const bundle = join(folder, 'holdfast.mjs');
  mkdirSync(folder, { recursive: true });
  await bundleChaincode(join(root, 'src', 'node', 'fabric', 'chaincode.ts'), bundle);
  const ports = await Promise.all(FOUNDERS.map(() => freePort()));
  const founders = new Map(FOUNDERS.map((id, place) => [id, ports[place] ?? 0]));
  const members = await Promise.all(
    [...founders].map(([id, port]) => initialised(network, id, port, founders)),
  );
  const newcomer = await initialised(network, NEWCOMER, await freePort(), new Map(), join(folder, NEWCOMER));
  const named = members.flatMap(({ id, data }) => ['--org', `${id}=${data}`]);
  const sized = ['--base-port', String(BASE_PORT), '--block-ms', String(BLOCK_MS)];
  done(await ledger(network, 'up', ...sized, '--chaincode', bundle, ...named));
  const nodes: RunningNode[] = [];
  const engines: FabricEngine[] = [];
  const start = async () => void nodes.push(...(await Promise.all(members.map((member) => started(member)))));
  const stop = () => Promise.all(nodes.splice(0).map((node) => node.stop()));
  try {
    // Nodes begin the ledger and vote; what is written between takes a fifth less time without them.
    await start();
    await stop();
    for (const id of FOUNDERS.slice(0, 2))
      engines.push(await openFabricEngine({ profile: profileOf(network, id) }));
    const startMs = performance.now();
    await write(engines, transactions);
    const secondsToWrite = Math.round((performance.now() - startMs) / 1000);
    await start();
    const asked = ['--org', `${NEWCOMER}=${newcomer.data}`, '--propose', '--as', 'st-mary'];
    // Until a majority has voted the command ends with `not-agreed`.
    await ledger(network, 'add-org', ...asked);
    await ledger(network, 'add-org', '--org', NEWCOMER, '--approve', '--as', 'lakeside');
    done(await ledger(network, 'add-org', '--org', NEWCOMER, '--approve', '--as', 'meridian'));
    const height = Math.max(...engines.map((engine) => engine.height));
    const channel = { network, newcomer, transactions, height, secondsToWrite };
    writeFileSync(channelFile(folder), JSON.stringify(channel));
    return channel;
  } finally {
    await Promise.all(engines.map((engine) => engine.close()));
    await stop();
    await ledger(network, 'down');
  }
}
