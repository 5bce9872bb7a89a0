import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type Block,
  type LeafSource,
  LedgerLog,
  leavesOverHttp,
  leavesRoute,
  takeEarlierLeaves,
} from '../index.ts';
import { FOUNDERS, refusal, TEST_LEDGER, testPolicy, testPublicKey, testSigner } from '../suite/index.ts';

/** More than two pages of the route. */
const BLOCKS = 1_100;
const hashOf = (height: number, history = 'a') => `${history}${String(height).padStart(63, '0')}`;
const blockOf = (height: number, history = 'a'): Block => ({
  height: BigInt(height),
  hash: hashOf(height, history),
  previous: height === 0 ? '0'.repeat(64) : hashOf(height - 1, history),
  time: '2026-01-01T00:00:00.000Z',
  transactions: [],
});

let folder: string;
const servers: FastifyInstance[] = [];
const logs = new Map<string, LedgerLog>();

/** A member's log; those of the founders sign what they see themselves. */
function memberLog(organisation: string): LedgerLog {
  const made = new LedgerLog({
    path: join(folder, `${organisation}-${logs.size}.db`),
    ledger: TEST_LEDGER,
    organisation,
    sign: testSigner(organisation, 'ledger'),
    publicKey: testPublicKey(organisation, 'ledger'),
    catchUpMs: 100,
    policy: async () => testPolicy(1),
    collect: async (checkpoint) => {
      const others = [...logs].filter(([id]) => id !== organisation && FOUNDERS.includes(id as never));
      const lines = await Promise.allSettled(others.map(([, log]) => log.cosign(checkpoint)));
      return lines.flatMap((line) => (line.status === 'fulfilled' ? [line.value] : []));
    },
  });
  logs.set(organisation, made);
  return made;
}

async function served(ledgerLog: LedgerLog): Promise<LeafSource> {
  const app = Fastify();
  await app.register(leavesRoute, { ledgerLog });
  await app.listen({ host: '127.0.0.1', port: 0 });
  servers.push(app);
  return leavesOverHttp(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}`);
}

let honest: LeafSource;
let own: LedgerLog;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-leaves-'));
  for (const organisation of FOUNDERS) {
    const log = memberLog(organisation);
    for (let height = 0; height < BLOCKS; height++) log.append(blockOf(height));
  }
  honest = await served(logs.get('aurora') as LedgerLog);
  own = memberLog('newcomer');
}, 60_000);
afterEach(async () => {
  for (const app of servers.splice(0)) await app.close();
  for (const log of logs.values()) log.close();
  logs.clear();
  rmSync(folder, { recursive: true, force: true });
});

/** What a newcomer's log takes from these members, and whom it refused. */
async function taken(
  sources: readonly LeafSource[],
  size = BLOCKS - 50,
  limits: { sourceBytes?: number; sourceMs?: number } = {},
): Promise<{ refused: string[]; end: string }> {
  const refused: string[] = [];
  const end = await takeEarlierLeaves({
    log: own,
    ledger: TEST_LEDGER,
    policy: testPolicy(1),
    size,
    sources,
    limits,
    onRefused: (name, why) => refused.push(`${name}: ${why}`),
  }).then(
    () => 'taken',
    (error) => refusal(Promise.reject(error)),
  );
  return { refused, end };
}

/** A member that answers as another does, but for what is changed. */
const lying = (change: Partial<LeafSource>): LeafSource => ({ ...honest, name: 'liar', ...change });
const edited = (at: number, edit: (text: string) => string): LeafSource =>
  lying({
    entries: async (from) =>
      (await honest.entries(from)).map((text, i) => (from + i === at ? edit(text) : text)),
  });

describe('refused, and nothing of it kept, are', () => {
  test('false leaves under a genuine checkpoint', async () => {
    const lies: LeafSource[] = [
      edited(7, (text) => text.replace(hashOf(7), hashOf(7, 'b'))),
      edited(1_000, (text) =>
        text.replace(
          '"transactions":[]',
          `"transactions":[{"digest":"${'d'.repeat(64)}","id":"${'e'.repeat(64)}","valid":true}]`,
        ),
      ),
      edited(3, (text) => text.replace('"height":3', '"height":4')),
      edited(3, (text) => `${text} `),
      edited(3, () => '{}'),
      edited(3, () => 'not JSON'),
      lying({ entries: async (from) => (await honest.entries(from)).toReversed() }),
      lying({ entries: async (from) => honest.entries(from + 1) }),
      lying({ entries: async () => [] }),
    ];
    for (const lie of lies) {
      const { refused, end } = await taken([lie]);
      expect([end, refused.length, own.size]).toEqual(['unavailable/leaves', 1, 0]);
    }
  });

  test('a whole other history, which its maker alone signed', async () => {
    const forged = memberLog('meridian');
    for (let height = 0; height < BLOCKS; height++) forged.append(blockOf(height, 'b'));
    const forger = lying({
      checkpoint: async () => `${forged.checkpoint()}\n${await forged.cosign(forged.checkpoint())}`,
      entries: async (from) => forged.entries(from, 512),
    });
    const { refused, end } = await taken([forger]);
    expect(end).toBe('unavailable/leaves');
    expect(refused[0]).toMatch(/no quorum of members signed/);
  });

  test('a checkpoint that is altered, of another ledger, or too short', async () => {
    const note = await honest.checkpoint(BLOCKS - 1);
    const altered = note.replace(`\n${BLOCKS}\n`, `\n${BLOCKS - 1}\n`);
    const other = note.replaceAll(TEST_LEDGER, 'f'.repeat(32));
    for (const text of [altered, other, '', 'nonsense', note.split('\n\n')[0] ?? '']) {
      const { end } = await taken([lying({ checkpoint: async () => text })]);
      expect([end, own.size]).toEqual(['unavailable/leaves', 0]);
    }
    expect((await taken([lying({ checkpoint: async () => note })], BLOCKS + 5)).end).toBe(
      'unavailable/leaves',
    );
  });
});

test('a member that floods, or gives one leaf at a time, does not keep the others from being asked', async () => {
  const flood = lying({ entries: async () => ['x'.repeat(2_000_000)] });
  const first = await taken([flood, honest], BLOCKS - 50, { sourceBytes: 1_000_000 });
  expect([first.end, first.refused]).toEqual(['taken', [expect.stringContaining('larger')]]);
  own = memberLog('another-newcomer');
  const slow = lying({ entries: async (from) => (await honest.entries(from)).slice(0, 1) });
  const second = await taken([slow], BLOCKS - 50, { sourceMs: 0 });
  expect([second.end, second.refused, own.size]).toEqual([
    'unavailable/leaves',
    [expect.stringContaining('too slowly')],
    0,
  ]);
});

test('among members that lie or do not answer, the honest one’s leaves are taken', async () => {
  const silent = leavesOverHttp('http://127.0.0.1:1');
  const liar = edited(7, (text) => text.replace(hashOf(7), hashOf(7, 'b')));
  const { refused, end } = await taken([silent, liar, honest]);
  expect([end, refused.length]).toEqual(['taken', 2]);
  expect(own.size).toBe(BLOCKS);
  expect(own.checkpoint()).toBe((logs.get('aurora') as LedgerLog).checkpoint());
  own.append(blockOf(BLOCKS));
  expect(await refusal((async () => own.append(blockOf(BLOCKS, 'b')))())).toBe('unavailable/forked');
});

test('a log that has some leaves takes the others, unless its own are of another history', async () => {
  for (let height = 0; height < 5; height++) own.append(blockOf(height));
  expect((await taken([honest])).end).toBe('taken');
  expect(own.size).toBe(BLOCKS);
  own = memberLog('other-newcomer');
  for (let height = 0; height < 5; height++) own.append(blockOf(height, 'b'));
  expect((await taken([honest])).end).toBe('unavailable/leaves');
  expect(own.size).toBe(5);
});

test('the routes answer what is no height, and blocks that are not there yet', async () => {
  const { name } = honest;
  const status = async (path: string) => (await fetch(`${name}${path}`)).status;
  expect(await status('/ledger/log/checkpoint')).toBe(400);
  expect(await status('/ledger/log/checkpoint?over=-1')).toBe(400);
  expect(await status(`/ledger/log/checkpoint?over=${BLOCKS}`)).toBe(404);
  expect(await status('/ledger/log/entries?from=x')).toBe(400);
  expect(await honest.entries(BLOCKS)).toEqual([]);
});
