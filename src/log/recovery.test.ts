import { cpSync, rmSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { nativePrimitives } from '../crypto/index.ts';
import {
  judgeCheckpoint,
  leafHash,
  parsePolicy,
  parseSignedCheckpoint,
  rootFromLeaves,
  signCheckpoint,
} from '../proof/index.ts';
import { LogError, type Recovery } from './index.ts';
import { originOf, testEntries } from './suite/material.ts';
import { TestNetwork } from './suite/network.ts';
import type { Wire } from './suite/wiring.ts';

let network: TestNetwork;
let recoveries: Recovery[];
afterEach(() => network.close());

function open(wire: Wire = {}, follow = true): void {
  recoveries = [];
  network = new TestNetwork({
    files: true,
    wire,
    ...(follow && { onRecovered: () => (recovery) => recoveries.push(recovery) }),
  });
}

const member = () => network.member('st-mary');
const log = () => member().log;
const publish = () => log().publish();
const backup = () => member().database.backup(`${network.path('st-mary')}.backup`);

/** Puts the backup in the place of the database, as an operator would who lost the disk. */
function restore(): void {
  const path = network.path('st-mary');
  member().database.close();
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
  cpSync(`${path}.backup`, path);
  network.reopen('st-mary');
}

/** The tree's root is that of these entries, and the network's policy accepts the checkpoint. */
function expectLog(entries: readonly Uint8Array[]): void {
  const signed = parseSignedCheckpoint(log().checkpoint() ?? '');
  expect(signed.checkpoint.size).toBe(BigInt(entries.length));
  expect(signed.checkpoint.root).toEqual(rootFromLeaves(entries.map(leafHash)));
  expect(judgeCheckpoint(signed, parsePolicy(network.networkPolicy()), nativePrimitives).ok).toBe(true);
}

const A = testEntries('before the backup', 700);
const B = testEntries('lost with the disk', 900);
const C = testEntries('after the restore', 40);

async function loseB(): Promise<void> {
  network.append('st-mary', A);
  await publish();
  await backup();
  network.append('st-mary', B);
  await publish();
  restore();
}

describe('a log restored from an old backup', () => {
  test('never signs what contradicts what it signed before, and gets its leaves back', async () => {
    open();
    await loseB();
    expect(log().size()).toBe(A.length);
    const outcome = await publish();
    expect(outcome.recoveries).toEqual([{ first: 700, beyond: 1_600 }]);
    expect(recoveries).toEqual([{ first: 700, beyond: 1_600 }]);
    expect(log().recovered()).toEqual([{ first: 700, beyond: 1_600 }]);
    network.append('st-mary', C);
    await publish();
    expectLog([...A, ...B, ...C]);
    for (const { told } of network.members.values()) expect(told).toEqual([]);
  });

  test('keeps entries appended before it knew: they move behind the recovered ones, and their keeper is told', async () => {
    open();
    await loseB();
    expect(network.append('st-mary', C)).toBe(700);
    await publish();
    expect(recoveries).toEqual([{ first: 700, beyond: 1_600, moved: { from: 700, beyond: 740, to: 1_600 } }]);
    expect(log().entry(1_600)).toEqual(C[0]);
    expectLog([...A, ...B, ...C]);
    expect(await log().proofFor(1_639, { waitMs: 0 })).toBeDefined();
  });

  test('does not move entries that nobody follows', async () => {
    open({}, false);
    await loseB();
    network.append('st-mary', C);
    await expect(publish()).rejects.toMatchObject({ code: 'unrelocated-tail' });
    expect(log().entry(700)).toEqual(C[0]);
    expect(log().size()).toBe(740);
  });

  test('changes nothing when the keeper of leaf numbers fails', async () => {
    recoveries = [];
    let fails = true;
    network = new TestNetwork({
      files: true,
      onRecovered: () => (recovery) => {
        if (fails) throw new Error('no space');
        recoveries.push(recovery);
      },
    });
    await loseB();
    network.append('st-mary', C);
    await expect(publish()).rejects.toThrow('no space');
    expect([log().size(), log().treeSize(), log().recovered()]).toEqual([740, 700, []]);
    fails = false;
    await publish();
    expectLog([...A, ...B, ...C]);
  });

  test('takes entries that were in the backup but not yet signed for what they are', async () => {
    open();
    network.append('st-mary', A);
    await publish();
    network.append('st-mary', B.slice(0, 100));
    await backup();
    network.append('st-mary', B.slice(100));
    await publish();
    restore();
    await publish();
    expect(recoveries).toEqual([{ first: 800, beyond: 1_600 }]);
    expectLog([...A, ...B]);
  });

  test('waits with signing until every possible quorum has one member that answered', async () => {
    let down: readonly string[] = [];
    open({
      fetch: (reader, source, _path, deliver) =>
        reader === 'st-mary' && down.includes(source)
          ? Promise.reject(new LogError('unavailable', 'down'))
          : deliver(),
    });
    await loseB();
    down = ['lakeside', 'aurora'];
    network.append('st-mary', C);
    expect((await publish()).state).toBe('unconfirmed');
    down = ['lakeside'];
    expect((await publish()).state).toBe('published');
    expectLog([...A, ...B, ...C]);
  });

  test('goes on with another mirror when one lies', async () => {
    open({
      fetch: async (reader, source, path, deliver) => {
        const bytes = await deliver();
        const lies = reader === 'st-mary' && source !== 'meridian' && path.startsWith('tile/entries');
        return lies ? bytes?.map((byte, i) => (i === 2 ? byte ^ 1 : byte)) : bytes;
      },
    });
    await loseB();
    await publish();
    expectLog([...A, ...B]);
  });

  test('believes no head that its own key did not sign', async () => {
    const invented = { origin: originOf('st-mary'), size: 5_000, root: A[0]! };
    open({
      fetch: async (reader, source, path, deliver) => {
        if (reader !== 'st-mary' || source !== 'aurora' || path !== 'checkpoint') return deliver();
        const text = `${invented.origin}\n${invented.size}\n${Buffer.from(invented.root).toString('base64')}\n`;
        return Buffer.from(await signCheckpoint(text, network.member('aurora').witnessKey));
      },
    });
    await loseB();
    expect((await publish()).state).toBe('published');
    expectLog([...A, ...B]);
  });

  test('an empty database in the place of a lost one gets everything back', async () => {
    open();
    await backup();
    network.append('st-mary', A);
    await publish();
    restore();
    await publish();
    expect(recoveries).toEqual([{ first: 0, beyond: 700 }]);
    expectLog(A);
  });
});

describe('a log that has signed two histories', () => {
  test('signs nothing more and raises an alarm', async () => {
    open();
    network.append('st-mary', A);
    await publish();
    await backup();
    network.append('st-mary', B);
    await publish();
    // Another process with the same key goes on from the backup, with the witnesses out of reach.
    restore();
    network.member('st-mary').database.transaction(() => log().append(C));
    const forked = await signForeignHead();
    expect(forked.status).not.toBe(200);
    for (const organisation of ['lakeside', 'meridian', 'aurora']) {
      expect(network.member(organisation).told.map(({ code }) => code)).toEqual(['fork']);
    }
  });

  /** What a second copy of the log would send: the head over A and C, signed by the right key. */
  async function signForeignHead(): Promise<{ status: number }> {
    const root = rootFromLeaves([...A, ...C].map(leafHash));
    const text = `${originOf('st-mary')}\n740\n${Buffer.from(root).toString('base64')}\n`;
    const note = await signCheckpoint(text, member().logKey);
    const replies = [...network.members.values()]
      .filter(({ organisation }) => organisation !== 'st-mary')
      .map(({ witness }) => witness.addCheckpoint(`old 0\n\n${note}`));
    return (await Promise.all(replies))[0]!;
  }

  test('finds it out as soon as the one witness that saw the other history is back', async () => {
    let down: readonly string[] = [];
    const isDown = (...names: string[]) => names.some((name) => down.includes(name));
    open({
      addCheckpoint: (_from, to, _body, deliver) =>
        isDown(to) ? Promise.reject(new Error('down')) : deliver(),
      fetch: (reader, source, _path, deliver) =>
        isDown(reader, source) ? Promise.reject(new LogError('unavailable', 'down')) : deliver(),
    });
    network.append('st-mary', A);
    await publish();
    await backup();
    down = ['lakeside', 'meridian'];
    network.append('st-mary', B);
    expect((await publish()).state).toBe('no-quorum');
    // Only aurora has the larger head. It has no quorum, so nobody relies on it; and aurora is away when the backup is restored.
    restore();
    down = ['aurora'];
    network.append('st-mary', C);
    expect((await publish()).state).toBe('published');
    down = [];
    network.append('st-mary', testEntries('more', 1));
    await publish();
    await expect(publish()).rejects.toMatchObject({ code: 'forked' });
    expect(member().told).toMatchObject([{ code: 'fork', size: 1_600 }]);
  });

  test('finds it out by itself when it starts and a mirror holds the other one', async () => {
    const rootOfOther = rootFromLeaves(testEntries('other', 600).map(leafHash));
    let shows = false;
    open({
      fetch: async (reader, source, path, deliver) => {
        if (!shows || reader !== 'st-mary' || source !== 'aurora' || path !== 'checkpoint') return deliver();
        const text = `${originOf('st-mary')}\n600\n${Buffer.from(rootOfOther).toString('base64')}\n`;
        return Buffer.from(await signCheckpoint(text, member().logKey));
      },
    });
    network.append('st-mary', A);
    await publish();
    const before = log().checkpoint();
    shows = true;
    network.reopen('st-mary');
    network.append('st-mary', B);
    for (let round = 0; round < 2; round++) await expect(publish()).rejects.toMatchObject({ code: 'forked' });
    expect(log().checkpoint()).toBe(before);
    expect(member().told).toMatchObject([{ code: 'fork', origin: originOf('st-mary'), size: 600 }]);
  });
});
