import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Projection, type ProjectionHead, type ProjectionOptions, type ProjectionStore } from './index.ts';
import { SuiteNetwork, set, startEmbedded, testContracts } from './suite/index.ts';

let network: SuiteNetwork;
let ended: AbortController;
let clockMs: number;
const running: Promise<void>[] = [];

beforeEach(async () => {
  clockMs = 1_000_000;
  ended = new AbortController();
  network = await SuiteNetwork.begun(startEmbedded, testContracts);
});
afterEach(async () => {
  ended.abort();
  await Promise.all(running.splice(0));
  await network.end();
});

function projection(options: Partial<ProjectionOptions> = {}): Projection {
  return new Projection({ ledger: network.ledger('lakeside'), monotonicMs: () => clockMs, ...options });
}

function memory(): ProjectionStore {
  let saved: ProjectionHead | undefined;
  return {
    load: () => saved,
    save(head) {
      saved = head;
    },
  };
}

function run(view: Projection): Projection {
  running.push(view.run(ended.signal));
  return view;
}

describe('freshness', () => {
  test('a view that has seen nothing of its own is not fresh, whatever the others do', async () => {
    const view = run(projection());
    await network.ledger('st-mary').submit(set());
    expect(await view.reached(1, 5_000)).toBe(true);
    expect(view.ageMs()).toBe(Number.POSITIVE_INFINITY);
  });

  test('the age counts from submitting, not from committing or seeing', async () => {
    const view = run(projection());
    const submitted = view.submit(set());
    clockMs += 7_000;
    const { height } = await submitted;
    await view.reached(height, 5_000);
    expect(view.ageMs()).toBe(7_000);
  });

  test('saying again what was committed long ago proves nothing about now', async () => {
    const view = run(projection());
    const transaction = set();
    const { height } = await view.submit(transaction);
    await view.reached(height, 5_000);
    clockMs += 60_000;
    expect((await view.submit(transaction)).duplicate).toBe(true);
    expect(view.ageMs()).toBe(60_000);
  });

  test('what was committed but not yet seen does not make the view fresh', async () => {
    const view = projection();
    await view.submit(set());
    expect(view.ageMs()).toBe(Number.POSITIVE_INFINITY);
    run(view);
    await view.reached(1, 5_000);
    expect(view.ageMs()).toBe(0);
  });

  test('asked beyond half of the bound it sends a heartbeat, within it none', async () => {
    const view = run(projection());
    expect(await view.fresh(30_000)).toBe(true);
    const { height } = view;
    clockMs += 15_000;
    expect(await view.fresh(30_000)).toBe(true);
    expect(view.height).toBe(height);
    clockMs += 1;
    expect(await view.fresh(30_000)).toBe(true);
    expect(await view.reached(height + 1, 5_000)).toBe(true);
    await expect.poll(() => view.ageMs()).toBe(0);
    clockMs += 100_000;
    expect(await Promise.all([view.fresh(30_000), view.fresh(30_000)])).toEqual([true, true]);
    expect(view.height).toBe(height + 2);
  });

  test('with the ledger out of reach the view fails closed', async () => {
    const view = run(projection());
    expect(await view.fresh(30_000)).toBe(true);
    await network
      .ledger('st-mary')
      .submit({ contract: 'membership', name: 'suspend', args: { organisation: 'lakeside' } });
    clockMs += 30_000;
    expect(await view.fresh(30_000)).toBe(true);
    clockMs += 1;
    expect(await view.fresh(30_000)).toBe(false);
  });
});

describe('following', () => {
  test('every handler gets every block once and in order, and one that fails gets the same block again', async () => {
    const view = projection();
    const [seen, flaky]: number[][] = [[], []];
    let failures = 2;
    view.onBlock(({ height }) => void seen?.push(Number(height)));
    view.onBlock(async ({ height }) => {
      if (height === 1n && failures-- > 0) throw new Error('not now');
      flaky?.push(Number(height));
    });
    run(view);
    await network.ledger('st-mary').submit(set());
    await network.ledger('st-mary').submit(set());
    await expect.poll(() => view.problem).toBeInstanceOf(Error);
    expect(view.height).toBe(0);
    expect(await view.reached(2, 5_000)).toBe(true);
    expect([seen, flaky]).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ]);
    expect(view.problem).toBeUndefined();
  });

  test('it goes on where it stopped, and a handler that needs more gets more', async () => {
    const store = memory();
    const first = run(projection({ store }));
    await network.ledger('st-mary').submit(set());
    await first.reached(1, 5_000);
    ended.abort();
    ended = new AbortController();
    const second = projection({ store });
    expect(second.head()).toEqual(first.head());
    const [all, later]: number[][] = [[], []];
    second.onBlock(({ height }) => void all?.push(Number(height)));
    second.onBlock(({ height }) => void later?.push(Number(height)), 1);
    expect(second.height).toBe(-1);
    run(second);
    await network.ledger('st-mary').submit(set());
    await second.reached(2, 5_000);
    expect([all, later]).toEqual([[0, 1, 2], [2]]);
  });

  test('another history than the one it has seen ends it: nothing is fresh any more', async () => {
    const other = await SuiteNetwork.begun(
      (folder, contracts) => startEmbedded(folder, contracts, () => new Date('2026-01-01')),
      testContracts,
    );
    const store = memory();
    const first = run(projection({ store }));
    await network.ledger('st-mary').submit(set());
    await first.reached(1, 5_000);
    await other.ledger('st-mary').submit(set());
    const second = run(projection({ store, ledger: other.ledger('lakeside') }));
    await expect.poll(() => second.problem).toMatchObject({ reason: 'forked' });
    expect(await second.fresh(30_000)).toBe(false);
    const log = network.logs.get('aurora');
    await expect.poll(() => log?.size).toBe(2);
    await expect(log?.follow(other.ledger('aurora'), ended.signal)).rejects.toMatchObject({
      reason: 'forked',
    });
    await other.end();
  });

  test('who waits for a height that does not come is told so', async () => {
    const view = run(projection());
    await turn();
    expect(await view.reached(1_000, 10)).toBe(false);
  });
});

describe('a view that begins after blocks that cannot be read', () => {
  test('goes on with the block that follows the one vouched for, and stops at any other', async () => {
    const heights: number[] = [];
    const { height } = await network.ledger('lakeside').submit(set());
    const block = network.logs.get('lakeside')?.blockAt(height - 1) ?? '';
    const from = { ...network.ledger('lakeside') };
    from.blocks = (_from, signal) => network.ledger('lakeside').blocks(BigInt(height), signal);
    const store = memory();
    const view = projection({ ledger: from, store });
    view.onBlock((each) => void heights.push(Number(each.height)));
    view.skipTo({ height: height - 1, block });
    expect([view.height, store.load()]).toEqual([height - 1, { height: height - 1, block }]);
    run(view);
    expect(await view.reached(height, 5_000)).toBe(true);
    expect(heights).toEqual([height]);
    const other = projection({ ledger: from });
    other.skipTo({ height: height - 1, block: 'f'.repeat(64) });
    run(other);
    await expect.poll(() => other.problem).toMatchObject({ reason: 'forked' });
    view.skipTo({ height: 0, block: 'f'.repeat(64) });
    expect(view.head()?.height).toBe(height);
  });
});
