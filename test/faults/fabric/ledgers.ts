import { send } from '../../journeys/harness/http.ts';
import type { RunningNode } from '../../journeys/harness/running-node.ts';
import { until } from '../../journeys/harness/until.ts';
import type { Acknowledged } from './acknowledged.ts';

/** Blocks read at a time. */
const PAGE = 200; // the most that the explorer gives
/** A node that comes back replays what it missed. */
const CATCH_UP_TIMEOUT_MS = 90_000;

/** A block as the explorer shows it. */
export interface Block {
  readonly height: number;
  readonly hash: string;
  readonly transactions: readonly {
    readonly id: string;
    readonly valid: boolean;
    readonly time: string;
    readonly submitter: { readonly organisation: string };
  }[];
}

/** How far the ledger of the node at a port is. */
export const heightAt = async (port: number): Promise<number> =>
  (await send(port, '/.well-known/holdfast')).json.ledger.height;

/** The blocks that a node has, from a height on. */
export async function blocksFrom(port: number, height: number): Promise<Block[]> {
  const blocks: Block[] = [];
  for (;;) {
    const path = `/ledger/blocks?from=${height + blocks.length}&limit=${PAGE}`;
    const page = await until('blocks', async () => {
      const answer = await send(port, path);
      return answer.status === 200 ? (answer.json.blocks as Block[]) : undefined;
    });
    if (page.length === 0) return blocks;
    blocks.push(...page);
  }
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
      async () => (await heightAt(port)) >= newest,
      CATCH_UP_TIMEOUT_MS,
    );
  }
  const height = Math.min(...(await Promise.all(ports.map(heightAt))));
  const ledgers = await Promise.all(
    ports.map(async (port) => (await blocksFrom(port, 0)).slice(0, height + 1)),
  );
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
