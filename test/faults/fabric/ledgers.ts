import { send } from '../../journeys/harness/http.ts';
import type { RunningNode } from '../../journeys/harness/running-node.ts';
import { until } from '../../journeys/harness/until.ts';
import type { Acknowledged } from './acknowledged.ts';

/** Blocks read at a time. */
const PAGE = 200; // the most that the explorer gives
/** A node that comes back replays what it missed. */
const CATCH_UP_TIMEOUT_MS = 90_000;

interface Block {
  readonly height: number;
  readonly hash: string;
  readonly transactions: readonly { readonly id: string; readonly valid: boolean }[];
}

const heightOf = async (port: number): Promise<number> =>
  (await send(port, '/.well-known/holdfast')).json.ledger.height;

async function blocksOf(port: number, height: number): Promise<Block[]> {
  const blocks: Block[] = [];
  while (blocks.length <= height) {
    const page: Block[] = (await send(port, `/ledger/blocks?from=${blocks.length}&limit=${PAGE}`)).json
      .blocks;
    if (page.length === 0) break;
    blocks.push(...page);
  }
  return blocks.slice(0, height + 1);
}

/** What the ledgers of all members say of what was acknowledged. */
export interface Agreement {
  readonly acknowledged: number;
  /** Acknowledged transactions that are not valid in the block named, at some member. */
  readonly lost: readonly string[];
  /** Heights at which two members have different blocks. */
  readonly forks: readonly number[];
  readonly height: number;
}

/** Waits until every member has seen the newest block acknowledged, then compares the ledgers of all members block by block. */
export async function agreement(
  node: RunningNode,
  acknowledged: readonly Acknowledged[],
): Promise<Agreement> {
  const newest = Math.max(0, ...acknowledged.map(({ height }) => height));
  const ports = node.organisations.map((id) => node.organisation(id).port);
  for (const port of ports) {
    await until(
      `height ${newest} at ${port}`,
      async () => (await heightOf(port)) >= newest,
      CATCH_UP_TIMEOUT_MS,
    );
  }
  const height = Math.min(...(await Promise.all(ports.map(heightOf))));
  const ledgers = await Promise.all(ports.map((port) => blocksOf(port, height)));
  const [first = [], ...others] = ledgers;
  const forks = first
    .filter(({ hash }, at) => others.some((ledger) => ledger[at]?.hash !== hash))
    .map((block) => block.height);
  const lost = acknowledged.filter(({ transaction, height: at }) =>
    ledgers.some((ledger) => ledger[at]?.transactions.find(({ id }) => id === transaction)?.valid !== true),
  );
  return {
    acknowledged: acknowledged.length,
    lost: lost.map(({ transaction }) => transaction),
    forks,
    height,
  };
}
