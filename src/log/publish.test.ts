import { afterEach, describe, expect, test } from 'vitest';
import { nativePrimitives } from '../crypto/index.ts';
import { openDatabase } from '../database/index.ts';
import {
  formatNote,
  judgeCheckpoint,
  leafHash,
  noteVerifier,
  parseCheckpoint,
  parsePolicy,
  parseSignedCheckpoint,
  parseVerifierKey,
  rootFromLeaves,
  verifyTlogProof,
} from '../proof/index.ts';
import { LogError, logMigrations, openLog } from './index.ts';
import { originOf, testEntries } from './suite/material.ts';
import { TestNetwork } from './suite/network.ts';
import type { Wire } from './suite/wiring.ts';

let network: TestNetwork;
afterEach(() => network.close());

function open(wire: Wire = {}, organisations?: readonly string[]): TestNetwork {
  network = new TestNetwork({ wire, files: true, ...(organisations && { organisations }) });
  return network;
}

const log = (organisation = 'st-mary') => network.member(organisation).log;

/** Never answers until its request is given up. */
function silence(): Promise<never> {
  return new Promise(() => {});
}

describe('appending', () => {
  test('outside a transaction nothing can be appended', () => {
    open();
    expect(() => log().append(testEntries('a', 1))).toThrow('inside a transaction');
  });

  test('an entry that is not 32 bytes is refused', () => {
    open();
    const { database } = network.member('st-mary');
    expect(() => database.transaction(() => log().append([new Uint8Array(31)]))).toThrow('32 bytes');
    expect(log().size()).toBe(0);
  });

  test('a rolled-back transaction leaves no gap', () => {
    open();
    const { database } = network.member('st-mary');
    expect(network.append('st-mary', testEntries('a', 300))).toBe(0);
    const rollback = () =>
      database.transaction(() => {
        expect(log().append(testEntries('lost', 700))).toBe(300);
        throw new Error('the version was refused');
      });
    expect(rollback).toThrow('refused');
    expect(log().size()).toBe(300);
    expect(network.append('st-mary', testEntries('b', 1))).toBe(300);
    expect(log().entry(300)).toEqual(testEntries('b', 1)[0]);
    expect(log().entry(301)).toBeUndefined();
  });

  test('several appends in one transaction follow each other', () => {
    open();
    const { database } = network.member('st-mary');
    const firsts = database.transaction(() =>
      [250, 3, 10].map((count) => log().append(testEntries(`${count}`, count))),
    );
    expect(firsts).toEqual([0, 250, 253]);
    expect(log().size()).toBe(263);
  });
});

describe('publishing', () => {
  test('a log opened without key and witnesses cannot publish', async () => {
    open();
    const database = openDatabase({ path: ':memory:', migrations: logMigrations });
    const bare = openLog({ database, origin: originOf('st-mary'), organisation: 'st-mary' });
    await expect(bare.publish()).rejects.toThrow(LogError);
    database.close();
  });

  test('without a quorum there is no checkpoint and no receipt, and nothing is lost', async () => {
    let up = new Set(['lakeside']);
    open({
      addCheckpoint: (_from, to, _body, deliver) =>
        up.has(to) ? deliver() : Promise.reject(new Error('down')),
    });
    network.append('st-mary', testEntries('a', 5));
    expect(await log().publish()).toMatchObject({ state: 'no-quorum', size: 5 });
    expect(log().checkpoint()).toBeUndefined();
    expect(await log().proofFor(0, { waitMs: 0 })).toBeUndefined();
    up = new Set(['lakeside', 'aurora']);
    expect(await log().publish()).toMatchObject({ state: 'published', size: 5 });
    expect(await log().proofFor(0, { waitMs: 0 })).toBeDefined();
  });

  test('one silent witness of three neither stops nor delays a checkpoint', async () => {
    open({ addCheckpoint: (_from, to, _body, deliver) => (to === 'aurora' ? silence() : deliver()) });
    network.append('st-mary', testEntries('a', 5));
    const started = performance.now();
    expect((await log().publish()).state).toBe('published');
    network.append('st-mary', testEntries('b', 5));
    expect((await log().publish()).state).toBe('published');
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test('a witness that answers with nonsense is left out', async () => {
    const nonsense = [
      { status: 200, body: '' },
      { status: 200, body: '— holdfast.local/orgs/aurora/witness AAAA\n' },
      { status: 409, body: 'many\n' },
      { status: 409, body: '0\n' },
      { status: 500, body: 'x'.repeat(10_000) },
    ];
    let turn = 0;
    open({
      addCheckpoint: async (_from, to, _body, deliver) =>
        to === 'aurora' ? (nonsense[turn++ % nonsense.length] ?? { status: 404, body: '' }) : deliver(),
    });
    for (let round = 1; round <= nonsense.length; round++) {
      network.append('st-mary', testEntries(`round ${round}`, 1));
      const { state, witnesses } = await log().publish();
      expect(state).toBe('published');
      expect(witnesses.find(({ organisation }) => organisation === 'aurora')?.kind).not.toBe('cosigned');
    }
  });

  test('a witness that claims a larger head is looked into once and then disregarded', async () => {
    open({
      addCheckpoint: async (_from, to, _body, deliver) =>
        to === 'aurora' ? { status: 409, body: '999999\n' } : deliver(),
    });
    network.append('st-mary', testEntries('a', 1));
    expect((await log().publish()).state).toBe('published');
    for (const name of ['b', 'c', 'd']) {
      network.append('st-mary', testEntries(name, 1));
      expect((await log().publish()).state).toBe('published');
    }
  });

  test('a witness is told the size it answered, and asked once from then on', async () => {
    const asked: string[] = [];
    open({
      addCheckpoint: (from, to, body, deliver) => {
        if (from === 'st-mary' && to === 'aurora') asked.push(body.split('\n')[0] ?? '');
        return deliver();
      },
    });
    for (const name of ['a', 'b']) {
      network.append('st-mary', testEntries(name, 3));
      await log().publish();
    }
    expect(asked).toEqual(['old 0', 'old 3']);
    network.reopen('st-mary');
    network.append('st-mary', testEntries('c', 1));
    expect((await log().publish()).state).toBe('published');
    expect(asked).toEqual(['old 0', 'old 3', 'old 0', 'old 6']);
  });

  test('an organisation alone needs no witness', async () => {
    open({}, ['st-mary']);
    network.append('st-mary', testEntries('a', 2));
    expect((await log().publish()).state).toBe('published');
    const note = log().checkpoint() ?? '';
    expect(judgeCheckpoint(parseSignedCheckpoint(note), parsePolicy(network.networkPolicy()))).toEqual({
      ok: true,
    });
  });

  test.each([
    ['a larger head', 'UPDATE log_signed SET size = 5000'],
    ['another root for the size that comes next', "UPDATE log_signed SET size = 5, root = x'00'"],
  ])('what was signed before binds: after %s nothing is signed', async (_name, sql) => {
    let asked = 0;
    open({
      addCheckpoint: (_from, _to, _body, deliver) => {
        asked += 1;
        return deliver();
      },
    });
    network.append('st-mary', testEntries('a', 4));
    await log().publish();
    network.member('st-mary').database.exec(sql);
    network.append('st-mary', testEntries('b', 1));
    await expect(log().publish()).rejects.toMatchObject({ code: 'forked' });
    expect(asked).toBe(3);
  });

  test('nothing new makes no new checkpoint', async () => {
    open();
    expect((await log().publish()).state).toBe('empty');
    network.append('st-mary', testEntries('a', 2));
    await log().publish();
    const before = log().checkpoint();
    expect((await log().publish()).state).toBe('unchanged');
    expect(log().checkpoint()).toBe(before);
  });

  test('a publication asked for during another covers what was appended before it was asked for', async () => {
    open();
    network.append('st-mary', testEntries('a', 10));
    const first = log().publish();
    network.append('st-mary', testEntries('b', 10));
    const [, second, third] = await Promise.all([first, log().publish(), log().publish()]);
    expect(second.size).toBe(20);
    expect(third).toBe(second);
  });
});

describe('what is published', () => {
  test('checkpoints satisfy the policy of the log and of the network, and lose it with one bit', async () => {
    open();
    network.append('st-mary', testEntries('a', 700));
    await log().publish();
    const signed = parseSignedCheckpoint(log().checkpoint() ?? '');
    const policies = [network.logPolicy('st-mary'), network.networkPolicy()].map(parsePolicy);
    for (const policy of policies) {
      expect(judgeCheckpoint(signed, policy, nativePrimitives)).toMatchObject({ ok: true });
      for (const [index, line] of signed.note.signatures.slice(0, 2).entries()) {
        const signature = line.signature.slice();
        signature[20] = (signature[20] ?? 0) ^ 1;
        const signatures = signed.note.signatures.with(index, { ...line, signature });
        const forged = parseSignedCheckpoint(formatNote({ ...signed.note, signatures }));
        expect(judgeCheckpoint(forged, policy, nativePrimitives).ok).toBe(false);
      }
    }
  });

  test('every leaf has a proof under the same checkpoint', async () => {
    open();
    const entries = testEntries('a', 600);
    network.append('st-mary', entries);
    await log().publish();
    const leaves = entries.map((_, index) => index);
    const proofs = (await log().proofsFor(leaves, { waitMs: 0 })) ?? [];
    const { logKey } = network.member('st-mary');
    const key = parsePolicy(network.logPolicy('st-mary')).logs[0]!;
    expect(key.name).toBe(logKey.name);
    for (const [index, proof] of proofs.entries()) {
      const checkpoint = verifyTlogProof(
        proof,
        leafHash(entries[index]!),
        noteVerifier(key, nativePrimitives),
      );
      expect(checkpoint.size).toBe(600n);
    }
    expect(() =>
      verifyTlogProof(proofs[3]!, leafHash(entries[4]!), noteVerifier(key, nativePrimitives)),
    ).toThrow();
  });

  test('a request waits for the checkpoint that covers it, and not for ever', async () => {
    open();
    const waiting = log().proofFor(2, { waitMs: 10_000 });
    const impatient = log().proofFor(2, { waitMs: 1 });
    expect(await impatient).toBeUndefined();
    network.append('st-mary', testEntries('a', 3));
    await log().publish();
    expect(await waiting).toContain('index 2');
    expect(await log().proofFor(3, { waitMs: 1 })).toBeUndefined();
  });

  test('the tree is RFC 6962 over the entries, before and after reopening', async () => {
    open();
    const entries = testEntries('a', 1_000);
    for (const [from, to] of [
      [0, 1],
      [1, 255],
      [255, 257],
      [257, 1_000],
    ]) {
      network.append('st-mary', entries.slice(from, to));
      await log().publish();
      const { checkpoint } = parseSignedCheckpoint(log().checkpoint() ?? '');
      expect(checkpoint.root).toEqual(rootFromLeaves(entries.slice(0, to).map(leafHash)));
    }
    expect(parseCheckpoint(`${log().checkpoint()?.split('\n\n')[0]}\n`).origin).toBe(originOf('st-mary'));
    expect(parseVerifierKey(network.logPolicy('st-mary').split('\n')[1]!.slice(4)).name).toBe(
      originOf('st-mary'),
    );
  });
});
