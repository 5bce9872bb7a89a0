import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomId } from '../../crypto/index.ts';
import { testContracts } from './test-contracts.ts';
import { genesis, refusal, type StartEngine, SuiteNetwork, set } from './test-network.ts';

/** How transactions are committed, once each. */
export function describeTransactions(start: StartEngine): void {
  describe('genesis', () => {
    test('nothing but a genesis begins a ledger, and a ledger begins once', async () => {
      const network = await SuiteNetwork.empty(start, testContracts);
      const ledger = network.ledger('st-mary', 'admin');
      expect(() => ledger.id).toThrow(/not begun/);
      expect(await refusal(ledger.submit(set()))).toBe('rejected/no-genesis');
      const first = await ledger.submit(genesis());
      // A channel's configuration and lifecycle stand before it; nothing of the ledger does.
      expect(ledger.engine === 'fabric' || first.height === 0).toBe(true);
      expect(ledger.id).toBe(genesis().args.ledger);
      expect(await network.ledger('lakeside', 'admin').submit(genesis())).toEqual({
        ...first,
        duplicate: true,
      });
      const other = { ...genesis(), args: { ledger: randomId(), founders: ['lakeside'] } };
      expect(await refusal(ledger.submit(other))).toBe('conflict/sequence');
      await network.end();
    });
  });

  describe('transactions', () => {
    let network: SuiteNetwork;
    beforeAll(async () => {
      network = await SuiteNetwork.begun(start, testContracts);
    });
    afterAll(() => network.end());

    test('the same content again succeeds, changes nothing and orders nothing, whoever sends it', async () => {
      const ledger = network.ledger('st-mary');
      const first = set({ value: 7 });
      const next = { ...set({ ...first.args, sequence: 2, value: 8 }) };
      const committed = await ledger.submit(first);
      await ledger.submit(next);
      expect(await ledger.submit(first)).toEqual({ ...committed, duplicate: true });
      expect(await network.ledger('lakeside').submit(first)).toEqual({ ...committed, duplicate: true });
      expect(await ledger.query('counter', 'get', { id: first.args.id })).toMatchObject({
        value: 8,
        organisation: 'st-mary',
      });
    });

    test('the same sequence with other content, and a sequence that is not the next, are conflicts', async () => {
      const ledger = network.ledger('st-mary');
      const first = set();
      await ledger.submit(first);
      expect(await refusal(ledger.submit(set({ ...first.args, value: 2 })))).toBe('conflict/sequence');
      expect(await refusal(ledger.submit(set({ ...first.args, sequence: 3 })))).toBe('conflict/sequence');
      expect(await refusal(ledger.submit(set({ ...first.args, sequence: 0 })))).toBe('conflict/sequence');
      expect(await refusal(ledger.submit(set({ id: randomId(), sequence: 2 })))).toBe('conflict/sequence');
    });

    test('of many that make the same step at once exactly one wins, and equal ones all succeed', async () => {
      const id = randomId();
      const racers = ['st-mary', 'lakeside', 'meridian', 'aurora'].flatMap((organisation) =>
        Array.from({ length: 10 }, (_, value) => ({ organisation, value })),
      );
      const results = await Promise.allSettled(
        racers.map(({ organisation, value }) => network.ledger(organisation).submit(set({ id, value }))),
      );
      const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      expect(won).toHaveLength(4);
      expect(new Set(won.map(({ transaction }) => transaction)).size).toBe(1);
      expect(won.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    });

    test('many at once from every member are all committed, each exactly once', async () => {
      const wanted = Array.from({ length: 200 }, (_, value) => set({ value }));
      const organisations = ['st-mary', 'lakeside', 'meridian', 'aurora'];
      const committed = await Promise.all(
        wanted.map((transaction, i) => network.ledger(organisations[i % 4] ?? '').submit(transaction)),
      );
      expect(new Set(committed.map(({ transaction }) => transaction)).size).toBe(200);
      expect(committed.some(({ duplicate }) => duplicate)).toBe(false);
      for (const { args } of wanted) {
        expect(await network.ledger('aurora').query('counter', 'get', { id: args.id })).toMatchObject({
          value: args.value,
        });
      }
    });

    test('a refused transaction leaves nothing behind, not even what it wrote before it was refused', async () => {
      const ledger = network.ledger('st-mary');
      const { args } = set({ value: 1_001 });
      expect(await refusal(ledger.submit(set(args)))).toBe('rejected/too-high');
      expect(await ledger.query('counter', 'get', { id: args.id })).toBeNull();
      expect((await ledger.submit(set({ ...args, value: 3 }))).duplicate).toBe(false);
    });

    test('a claimed time never goes back for an object, and may for another', async () => {
      const ledger = network.ledger('st-mary');
      const first = set({}, '2026-01-02T00:00:00.000Z');
      await ledger.submit(first);
      const back = set({ ...first.args, sequence: 2 }, '2026-01-01T23:59:59.999Z');
      expect(await refusal(ledger.submit(back))).toBe('rejected/time-goes-back');
      await ledger.submit(set({ ...first.args, sequence: 2 }, '2026-01-02T00:00:00.000Z'));
      await ledger.submit(set({}, '2020-01-01T00:00:00.000Z'));
    });

    test('ranges come in the order of their keys and in pages', async () => {
      const ledger = network.ledger('st-mary');
      await Promise.all(Array.from({ length: 30 }, () => ledger.submit(set())));
      const all = (await ledger.query('counter', 'range', {})) as string[];
      expect(all.length).toBeGreaterThanOrEqual(30);
      expect(all).toEqual(all.toSorted());
      const paged: string[] = [];
      for (;;) {
        const after = paged.at(-1)?.slice('value/'.length);
        const page = (await ledger.query('counter', 'range', {
          limit: 7,
          ...(after && { after }),
        })) as string[];
        paged.push(...page);
        if (page.length < 7) break;
      }
      expect(paged).toEqual(all);
    });

    test('a heartbeat is committed each time and leaves no state', async () => {
      const ledger = network.ledger('lakeside');
      const beat = { contract: 'membership', name: 'heartbeat', args: { sequence: 1 } };
      const [first, second] = [await ledger.submit(beat), await ledger.submit(beat)];
      expect([first.duplicate, second.duplicate]).toEqual([false, false]);
      expect(second.transaction).not.toBe(first.transaction);
    });

    test('a new version of a contract is in force from its height on, and reads what the older wrote', async () => {
      const own = await SuiteNetwork.begun(start, testContracts);
      const ledger = own.ledger('st-mary');
      const { args } = set({ value: 1_000 });
      const { height } = await ledger.submit(set(args));
      await ledger.submit({
        contract: 'membership',
        name: 'activate',
        args: { version: 2, from: height + 3 },
      });
      expect(await refusal(ledger.submit(set({ ...args, sequence: 2, value: 1_500 })))).toBe(
        'rejected/too-high',
      );
      await ledger.submit(set());
      await ledger.submit(set({ ...args, sequence: 2, value: 1_500 }));
      expect(await ledger.query('counter', 'get', { id: args.id })).toMatchObject({ v: 2, value: 1_500 });
      await ledger.submit({
        contract: 'membership',
        name: 'activate',
        args: { version: 3, from: height + 4 },
      });
      expect(await refusal(ledger.submit(set()))).toBe('unavailable/contract-version');
      await own.end();
    });
  });
}
