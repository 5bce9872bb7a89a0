import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nativePrimitives } from '../crypto/index.ts';
import { type Block, type Ledger, LedgerError, type Transaction } from '../ledger/index.ts';
import { judgeCheckpoint, parsePolicy, parseSignedCheckpoint } from '../proof/index.ts';
import { type Anchor, Anchoring, anchoredHeads } from './index.ts';
import { TestLedger } from './suite/ledger.ts';
import { originOf, testEntries } from './suite/material.ts';
import { TestNetwork } from './suite/network.ts';

const ORIGIN = originOf('st-mary');
let network: TestNetwork;
let ledger: TestLedger;
/** What the ledger does with a submission of st-mary. */
let onSubmit: (
  submit: () => ReturnType<Ledger['submit']>,
  transaction: Transaction,
) => ReturnType<Ledger['submit']>;

beforeEach(async () => {
  network = new TestNetwork({ files: true });
  ledger = await TestLedger.begin(network);
  onSubmit = (submit) => submit();
});
afterEach(() => {
  network.close();
  ledger.close();
});

function anchoring(): Anchoring {
  const own = ledger.of('st-mary');
  const { log, alarms } = network.member('st-mary');
  const watched = Object.create(own, {
    submit: { value: (transaction: Transaction) => onSubmit(() => own.submit(transaction), transaction) },
  }) as Ledger;
  return new Anchoring({
    log,
    ledger: watched,
    alarms,
    policy: () => parsePolicy(network.logPolicy('st-mary')),
  });
}

const append = (name: string, count: number) => network.append('st-mary', testEntries(name, count));

async function history(): Promise<Anchor[]> {
  return (await ledger.of('aurora').query('anchors', 'history', { origin: ORIGIN, from: 0 })) as Anchor[];
}

async function blocks(): Promise<Block[]> {
  const found: Block[] = [];
  const ended = new AbortController();
  const iterator = ledger.of('aurora').blocks(0n, ended.signal)[Symbol.asyncIterator]();
  const { height } = (await ledger.of('st-mary').submit(heartbeatLike())) as { height: number };
  while (found.length <= height) found.push((await iterator.next()).value as Block);
  ended.abort();
  return found;
}

/** Any transaction, to learn the height. */
function heartbeatLike(): Transaction {
  return { contract: 'anchors', name: 'eraseKey', args: { id: 'f'.repeat(32), sequence: 1 } };
}

describe('anchoring', () => {
  test('puts the newest cosigned head on the ledger, and everything that its signed note is made of', async () => {
    append('a', 300);
    const anchor = await anchoring().anchorNow();
    expect(anchor).toMatchObject({
      organisation: 'st-mary',
      generation: 1,
      origin: ORIGIN,
      sequence: 1,
      size: 300,
      policy: 1,
    });
    const policy = parsePolicy(network.networkPolicy());
    const heads = (await blocks()).flatMap((block) => anchoredHeads(block, () => policy));
    expect(heads).toHaveLength(1);
    const signed = parseSignedCheckpoint(heads[0]!.note);
    expect(judgeCheckpoint(signed, policy, nativePrimitives)).toMatchObject({ ok: true });
    for (const { witness, told, organisation } of network.members.values()) {
      if (organisation === 'st-mary') continue;
      for (const head of heads) witness.observeAnchor(head);
      await witness.explainPendingAnchors();
      expect(told).toEqual([]);
      expect(witness.anchoredTree(ORIGIN)?.head.size).toBe(300);
    }
  });

  test('anchors only what is new, each with a proof from the one before', async () => {
    const anchors = anchoring();
    expect(await anchors.anchorIfNew()).toBeUndefined();
    for (const [name, count] of [
      ['a', 1],
      ['b', 255],
      ['c', 44],
    ] as const) {
      append(name, count);
      await anchors.anchorIfNew();
      expect(await anchors.anchorIfNew()).toBeUndefined();
    }
    expect((await history()).map(({ sequence, size }) => [sequence, size])).toEqual([
      [1, 1],
      [2, 256],
      [3, 300],
    ]);
  });

  test('without a quorum anchors nothing, and says so', async () => {
    network.wire.addCheckpoint = async () => ({ status: 503, body: '' });
    append('a', 3);
    expect(await anchoring().anchorNow()).toBeUndefined();
    expect(await history()).toEqual([]);
  });

  test('collects the cosignatures anew when the membership has changed', async () => {
    const anchors = anchoring();
    append('a', 3);
    await network.member('st-mary').log.publish();
    await ledger.renewPolicy();
    expect(await anchors.anchorNow()).toMatchObject({ size: 3, policy: 2 });
  });

  test('collects anew also when the membership changes between cosignature and submission', async () => {
    append('a', 3);
    let changed = false;
    onSubmit = async (submit) => {
      if (!changed) await ledger.renewPolicy();
      changed = true;
      return submit();
    };
    expect(await anchoring().anchorNow()).toMatchObject({ size: 3, policy: 2 });
  });

  test('ends in one anchor when an answer is lost, whether it was committed or not', async () => {
    for (const isCommitted of [true, false]) {
      append(`${isCommitted}`, 5);
      let lost = false;
      onSubmit = async (submit) => {
        if (lost) return submit();
        lost = true;
        if (isCommitted) await submit();
        throw new LedgerError('unknown-outcome', 'the answer was lost');
      };
      const { size } = (await anchoring().anchorNow()) ?? { size: 0 };
      expect(size).toBe(isCommitted ? 5 : 10);
    }
    expect((await history()).map(({ size }) => size)).toEqual([5, 10]);
  });

  test('several at once share the ledger’s sequence without a refusal', async () => {
    const anchors = anchoring();
    append('a', 5);
    const all = await Promise.all([anchors.anchorNow(), anchors.anchorNow(), anchors.anchorNow()]);
    expect(all.map((anchor) => anchor?.size)).toEqual([5, 5, 5]);
    expect(await history()).toHaveLength(1);
  });

  test('says when the ledger cannot be reached', async () => {
    append('a', 5);
    onSubmit = async () => {
      throw new LedgerError('unavailable', 'no quorum of orderers');
    };
    await expect(anchoring().anchorNow()).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('stops with an alarm when the ledger holds another history of this log', async () => {
    append('a', 5);
    await anchoring().anchorNow();
    const other = new TestNetwork();
    other.append('st-mary', testEntries('other', 9));
    await other.member('st-mary').log.publish();
    const { log } = other.member('st-mary');
    const { alarms } = network.member('st-mary');
    const elsewhere = new Anchoring({
      log,
      alarms,
      ledger: ledger.of('st-mary'),
      policy: () => parsePolicy(network.logPolicy('st-mary')),
    });
    await expect(elsewhere.anchorNow()).rejects.toMatchObject({ code: 'forked' });
    expect(network.member('st-mary').told).toMatchObject([{ code: 'fork', size: 5 }]);
    other.close();
  });
});
