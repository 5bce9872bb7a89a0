/**
 * `bench replay`: 40,000 transactions replayed by a new peer and its node together, from empty disks: from the command that takes a
 * fifth organisation in until its node has the newest block. Everything on this machine.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { bundleChaincode } from '../scripts/chaincode.ts';
import { LedgerError, openFabricEngine } from '../src/ledger/index.ts';
import { initialised, ledger, type Member, profileOf, started } from '../test/fabric/harness/members.ts';
import { freePort, type RunningNode } from '../test/journeys/harness/running-node.ts';
import { until } from '../test/journeys/harness/until.ts';
import { independentGrant } from './ledger/independent-grant.ts';
import { writeResult } from './machine.ts';

const TRANSACTIONS = Number(process.argv[2] ?? 40_000); // as the target says
const TARGET_SECONDS = 90; // likewise
const WRITERS = 64; // for each of two organisations: enough to fill blocks
const BLOCK_MS = 500; // blocks of some tens of transactions, which write faster on one machine
const CATCH_BREATH_MS = 2_000; // for peers that fell behind
const MAX_FAILED = 1_000; // of as many as they are, one in forty
const PROGRESS_EVERY = 1_000; // half a minute of writing
const BASE_PORT = 19_500; // apart from every test's network
const CATCH_UP_MS = 600_000; // far beyond the target
const FOUNDERS = ['st-mary', 'lakeside', 'meridian', 'aurora'];
const NEWCOMER = 'harbour';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-replay-'));
const network = join(folder, 'network');
const nodes: RunningNode[] = [];

async function done(...given: string[]): Promise<void> {
  const ran = await ledger(network, ...given);
  if (ran.code !== 0) throw new Error(`ledger ${given[0]}: ${ran.stdout} ${ran.stderr}`);
}

/** Transactions that each write one key, through two organisations; seconds that it took. */
async function fill(): Promise<number> {
  const startMs = performance.now();
  let written = 0;
  let failed = 0;
  for (const id of ['st-mary', 'lakeside']) {
    const engine = await openFabricEngine({ profile: profileOf(network, id) });
    engines.push(engine);
  }
  const write = async (place: number) => {
    const connected = engines[place]?.connect({ role: 'node' });
    while (connected !== undefined && written < TRANSACTIONS) {
      try {
        await connected.submit(independentGrant());
      } catch (error) {
        // One that a busy machine did not commit in time is not counted; too many are a fault.
        if (!(error instanceof LedgerError) || ++failed > MAX_FAILED) throw error;
        await pause(CATCH_BREATH_MS);
        continue;
      }
      if (++written % PROGRESS_EVERY === 0) console.error(`${written} of ${TRANSACTIONS} written`);
    }
  };
  await Promise.all(Array.from({ length: 2 * WRITERS }, (_, at) => write(at % 2)));
  return (performance.now() - startMs) / 1000;
}
const engines: Awaited<ReturnType<typeof openFabricEngine>>[] = [];

const heightOf = async (node: RunningNode): Promise<number> =>
  (await node.send('/.well-known/holdfast')).json.ledger.height;

try {
  const bundle = join(folder, 'holdfast.mjs');
  await bundleChaincode(join(root, 'src', 'node', 'fabric', 'chaincode.ts'), bundle);
  const ports = await Promise.all(FOUNDERS.map(() => freePort()));
  const founders = new Map(FOUNDERS.map((id, place) => [id, ports[place] ?? 0]));
  const members: Member[] = await Promise.all(
    [...founders].map(([id, port]) => initialised(network, id, port, founders)),
  );
  const newcomer = await initialised(network, NEWCOMER, await freePort());
  const named = members.flatMap(({ id, data }) => ['--org', `${id}=${data}`]);
  await done(
    'up',
    '--base-port',
    String(BASE_PORT),
    '--block-ms',
    String(BLOCK_MS),
    '--chaincode',
    bundle,
    ...named,
  );
  nodes.push(...(await Promise.all(members.map((member) => started(member)))));
  const fillSeconds = await fill();
  const asked = `${NEWCOMER}=${newcomer.data}`;
  await ledger(network, 'add-org', '--org', asked, '--propose', '--as', 'st-mary');
  await ledger(network, 'add-org', '--org', NEWCOMER, '--approve', '--as', 'lakeside');
  await done('add-org', '--org', NEWCOMER, '--approve', '--as', 'meridian');

  const [first] = nodes;
  const goal = first === undefined ? 0 : await heightOf(first);
  // Nodes of custodians look for the content of what was granted past them: that is not what is measured.
  await Promise.all(nodes.splice(0).map((node) => node.stop()));

  const startMs = performance.now();
  await done('add-org', '--org', asked);
  const joinedMs = performance.now();
  const node = await started(newcomer);
  nodes.push(node);
  await until('the new node has the newest block', async () => (await heightOf(node)) >= goal, CATCH_UP_MS);
  const endMs = performance.now();

  const seconds = (ms: number) => Number((ms / 1000).toFixed(1));
  const result = {
    what: 'a new peer and its node replay a channel from empty disks, beside four organisations on the same machine',
    transactions: TRANSACTIONS,
    blocks: goal + 1,
    seconds: seconds(endMs - startMs),
    of: {
      addOrgUntilThePeerHasEveryBlock: seconds(joinedMs - startMs),
      nodeFromStartUntilItHasEveryBlock: seconds(endMs - joinedMs),
    },
    target: { seconds: TARGET_SECONDS },
    written: { seconds: Math.round(fillSeconds), perSecond: Math.round(TRANSACTIONS / fillSeconds) },
  };
  writeResult('replay', result);
  console.log(JSON.stringify(result, null, 2));
} finally {
  await Promise.all(engines.map((engine) => engine.close()));
  await Promise.all(nodes.map((node) => node.stop()));
  await ledger(network, 'down');
  rmSync(folder, { recursive: true, force: true });
}
