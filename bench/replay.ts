/**
 * `bench replay`: 40,000 transactions replayed by a new peer and its node together, from empty disks: a fifth organisation is taken into a
 * running channel, and its node started as soon as its peer is in it; the clock begins then. Everything on this machine.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { done, ledger, started } from '../test/fabric/harness/members.ts';
import type { RunningNode } from '../test/journeys/harness/running-node.ts';
import { until } from '../test/journeys/harness/until.ts';
import { writeResult } from './machine.ts';
import { channelFile, NEWCOMER, type WrittenChannel, writeChannel } from './replay/channel.ts';
import { peerHeight } from './replay/peer-height.ts';

const TRANSACTIONS = Number(process.argv[2] ?? 40_000); // as the target says
const TARGET_SECONDS = 90; // likewise
const CATCH_UP_MS = 600_000; // far beyond the target
const LOOK_MS = 500; // to be asked takes time of who replays

/** A folder to keep the channel in, of a network that is down: writing it takes half an hour, and a replay changes it. */
const kept = process.env.HOLDFAST_BENCH_FOLDER;
const folder = kept ?? mkdtempSync(join(tmpdir(), 'holdfast-bench-replay-'));
const isWritten = existsSync(channelFile(folder));
const { network, newcomer, transactions, height, secondsToWrite } = isWritten
  ? (JSON.parse(readFileSync(channelFile(folder), 'utf8')) as WrittenChannel)
  : await writeChannel(folder, TRANSACTIONS);
if (process.argv.includes('--write')) process.exit(0);

const heightOf = async (node: RunningNode): Promise<number> =>
  (await node.send('/.well-known/holdfast')).json.ledger.height;

let node: RunningNode | undefined;
try {
  done(await ledger(network, 'up'));
  const askedMs = performance.now();
  const joining = ledger(network, 'add-org', '--org', `${NEWCOMER}=${newcomer.data}`);
  await until('the new peer is in the channel', () => peerHeight(network, NEWCOMER), CATCH_UP_MS);
  const beganMs = performance.now();
  // The node waits for its peer, which answers nobody of an organisation before the block that admits it.
  const [running, peerMs] = await Promise.all([
    started(newcomer),
    until(
      'the new peer has the newest block',
      async () => ((await peerHeight(network, NEWCOMER)) ?? 0) > height && performance.now(),
      CATCH_UP_MS,
      LOOK_MS,
    ),
  ]);
  node = running;
  await until('the new node has it', async () => (await heightOf(running)) >= height, CATCH_UP_MS, LOOK_MS);
  const endMs = performance.now();
  done(await joining);

  const seconds = (fromMs: number, toMs: number) => Number(((toMs - fromMs) / 1000).toFixed(1));
  const result = {
    what: 'a new peer and its node replay a channel from empty disks, beside four organisations on the same machine',
    transactions,
    blocks: height + 1,
    seconds: seconds(beganMs, endMs),
    of: {
      peerHasEveryBlockAfter: seconds(beganMs, peerMs),
      nodeHasEveryBlockAfter: seconds(beganMs, endMs),
    },
    before: { fromTheCommandUntilThePeerIsInTheChannel: seconds(askedMs, beganMs) },
    target: { seconds: TARGET_SECONDS },
    written: { seconds: secondsToWrite, perSecond: Math.round(transactions / secondsToWrite) },
  };
  writeResult('replay', result);
  console.log(JSON.stringify(result, null, 2));
} finally {
  await node?.stop();
  await ledger(network, 'down');
  if (kept === undefined) rmSync(folder, { recursive: true, force: true });
}
