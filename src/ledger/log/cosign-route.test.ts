import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Block, LedgerLog, type LedgerLogOptions } from '../index.ts';
import { FOUNDERS, refusal, TEST_LEDGER, testPolicy, testPublicKey, testSigner } from '../suite/index.ts';
import { cosignRoute } from './cosign-route.ts';
import { cosignOverHttp } from './http-cosigner.ts';

const zeros = '0'.repeat(64);
const block = (height: number, hash: string, previous: string): Block => ({
  height: BigInt(height),
  hash,
  previous,
  time: '2026-01-01T00:00:00.000Z',
  transactions: [],
});
const first = block(0, 'a'.repeat(64), zeros);
const second = block(1, 'b'.repeat(64), first.hash);
const other = block(1, 'c'.repeat(64), first.hash);

let folder: string;
const servers: FastifyInstance[] = [];
const logs: LedgerLog[] = [];

function log(organisation: string, collect: LedgerLogOptions['collect'] = async () => []): LedgerLog {
  const made = new LedgerLog({
    path: join(folder, `${organisation}.db`),
    ledger: TEST_LEDGER,
    organisation,
    sign: testSigner(organisation, 'ledger'),
    publicKey: testPublicKey(organisation, 'ledger'),
    catchUpMs: 100,
    policy: async () => testPolicy(1),
    collect,
  });
  logs.push(made);
  return made;
}

async function served(ledgerLog: Pick<LedgerLog, 'cosign'>): Promise<string> {
  const app = Fastify();
  await app.register(cosignRoute, { ledgerLog });
  await app.listen({ host: '127.0.0.1', port: 0 });
  servers.push(app);
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
}

const post = (url: string, body: string, type = 'text/plain') =>
  fetch(`${url}/ledger/cosign`, { method: 'POST', headers: { 'content-type': type }, body });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-cosign-'));
});
afterEach(async () => {
  for (const app of servers.splice(0)) await app.close();
  for (const each of logs.splice(0)) each.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('what a member does not sign over HTTP', () => {
  test('a history that it has not seen', async () => {
    const own = log('lakeside');
    const forked = log('aurora');
    for (const each of [first, second]) own.append(each);
    for (const each of [first, other]) forked.append(each);
    const answer = await post(await served(own), forked.checkpoint());
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([409, 'other-history']);
  });

  test('blocks that it has not seen, after waiting for them', async () => {
    const ahead = log('aurora');
    const own = log('lakeside');
    own.append(first);
    for (const each of [first, second]) ahead.append(each);
    const answer = await post(await served(own), ahead.checkpoint());
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
  });

  test.each([
    ['', 'text/plain', 400],
    ['not a checkpoint', 'text/plain', 400],
    ['x'.repeat(2_000), 'text/plain', 413],
    ['{}', 'application/json', 415],
  ])('%.10s as %s', async (body, type, status) => {
    expect((await post(await served(log('lakeside')), body, type)).status).toBe(status);
  });

  test('for more askers than may wait at once', async () => {
    const never = Promise.withResolvers<string>();
    const url = await served({ cosign: () => never.promise });
    const waiting = Array.from({ length: 64 }, () => post(url, 'x'));
    await expect.poll(async () => (await post(url, 'x')).status).toBe(503);
    never.resolve('line');
    const statuses = await Promise.all(waiting.map(async (answer) => (await answer).status));
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(60);
  });
});

test('a quorum collected over HTTP gives evidence', async () => {
  const withTransaction: Block = {
    ...first,
    transactions: [
      {
        id: '1'.repeat(64),
        contract: 'counter',
        name: 'set',
        args: {},
        time: first.time,
        submitter: { organisation: 'aurora', role: 'node' },
        valid: true,
        digest: 'd'.repeat(64),
        writes: [],
        events: [],
      },
    ],
  };
  const urls: string[] = [];
  for (const organisation of FOUNDERS.filter((each) => each !== 'aurora')) {
    const each = log(organisation);
    each.append(withTransaction);
    urls.push(await served(each));
  }
  const own = log('aurora', (checkpoint) => Promise.all(urls.map((url) => cosignOverHttp(url, checkpoint))));
  own.append(withTransaction);
  const evidence = await own.evidence('1'.repeat(64));
  expect(evidence).toMatchObject({ policyVersion: 1, transaction: '1'.repeat(64) });
});

describe('a member that does not answer as it should', () => {
  test('is unavailable', async () => {
    expect(await refusal(cosignOverHttp('http://127.0.0.1:1', 'x'))).toBe('unavailable');
  });

  test('is not listened to beyond the length of a signature line', async () => {
    const url = await served({ cosign: async () => 'x'.repeat(100_000) });
    expect(await refusal(cosignOverHttp(url, 'x'))).toBe('unavailable');
  });
});
