import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { transactionDigest } from '../../proof/index.ts';
import type { Block, Ledger } from '../index.ts';
import { testContracts } from './test-contracts.ts';
import { refusal, type StartEngine, SuiteNetwork, set } from './test-network.ts';

/** Reads blocks from a height until one satisfies the condition, which is read too. */
async function readUntil(ledger: Ledger, from: bigint, isLast: (block: Block) => boolean): Promise<Block[]> {
  const read: Block[] = [];
  for await (const block of ledger.blocks(from, AbortSignal.timeout(15_000))) {
    read.push(block);
    if (isLast(block)) return read;
  }
  throw new Error('the block did not come');
}

/** The stream of blocks, and what a restart keeps. */
export function describeBlocks(start: StartEngine): void {
  describe('blocks', () => {
    let network: SuiteNetwork;
    beforeAll(async () => {
      network = await SuiteNetwork.begun(start, testContracts);
    });
    afterAll(() => network.end());

    test('every member reads the same chain, with everything that was committed', async () => {
      const ledger = network.ledger('st-mary');
      const transaction = set({ value: 42 }, '2026-03-04T05:06:07.008Z');
      const { height, block: hash, transaction: id } = await ledger.submit(transaction);
      const blocks = await readUntil(ledger, 0n, (block) => Number(block.height) === height);
      expect(blocks.map((block) => Number(block.height))).toEqual(blocks.map((_, i) => i));
      for (const [i, block] of blocks.entries()) {
        expect(block.previous).toBe(blocks[i - 1]?.hash ?? '0'.repeat(64));
        expect(block.hash).toMatch(/^[0-9a-f]{64}$/);
      }
      expect(blocks.at(-1)?.hash).toBe(hash);
      const committed = blocks.at(-1)?.transactions.find((candidate) => candidate.id === id);
      expect(committed).toMatchObject({
        contract: 'counter',
        name: 'set',
        args: transaction.args,
        time: transaction.time,
        submitter: { organisation: 'st-mary', role: 'node' },
        valid: true,
        digest: transactionDigest('counter', 'set', transaction.args),
        events: [{ name: 'set', value: { id: transaction.args.id, value: 42 } }],
      });
      const written = committed?.writes.find(({ key }) => key === `value/${transaction.args.id}`);
      expect(JSON.parse(written?.value ?? '')).toMatchObject({ v: 1, value: 42 });
      expect(
        await readUntil(network.ledger('aurora'), 0n, (block) => Number(block.height) === height),
      ).toEqual(blocks);
    });

    test('a reader that comes late or again goes on where it says, and gets new blocks live', async () => {
      const ledger = network.ledger('st-mary');
      const { height } = await ledger.submit(set());
      const live = readUntil(ledger, BigInt(height + 1), () => true);
      const { height: next, block: hash } = await ledger.submit(set());
      const [block] = await live;
      expect([block?.height, block?.hash]).toEqual([BigInt(next), hash]);
      const [again] = await readUntil(ledger, BigInt(next), () => true);
      expect(again).toEqual(block);
    });

    test('a reader ends when it aborts, whether it waits or reads', async () => {
      const ledger = network.ledger('st-mary');
      const { height } = await ledger.submit(set());
      const waiting = new AbortController();
      const ended = (async () => {
        for await (const _ of ledger.blocks(BigInt(height + 1), waiting.signal))
          throw new Error('nothing was submitted');
        return 'ended';
      })();
      waiting.abort();
      expect(await ended).toBe('ended');
      const reading = new AbortController();
      let read = 0;
      for await (const _ of ledger.blocks(0n, reading.signal)) if (++read === 1) reading.abort();
      expect(read).toBe(1);
    });

    test('a restart keeps blocks, state and what was already said', async () => {
      const transaction = set({ value: 9 });
      const committed = await network.ledger('st-mary').submit(transaction);
      const before = await readUntil(
        network.ledger('st-mary'),
        0n,
        (block) => Number(block.height) === committed.height,
      );
      const old = network.ledger('st-mary');
      await network.restart();
      expect(await refusal(old.submit(set()))).toMatch(/^unavailable/);
      const ledger = network.ledger('st-mary');
      expect(await ledger.query('counter', 'get', { id: transaction.args.id })).toMatchObject({ value: 9 });
      expect(await ledger.submit(transaction)).toEqual({ ...committed, duplicate: true });
      expect(await readUntil(ledger, 0n, (block) => Number(block.height) === committed.height)).toEqual(
        before,
      );
      expect((await ledger.submit(set())).height).toBe(committed.height + 1);
    });
  });
}
