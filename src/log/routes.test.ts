import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  leafHash,
  noteVerifier,
  parsePolicy,
  parseTlogProof,
  rootFromLeaves,
  toBase64,
  verifyTlogProof,
} from '../proof/index.ts';
import { httpTiles, httpWitness, type LogError, logRoutes } from './index.ts';
import { originOf, testEntries } from './suite/material.ts';
import { TestNetwork } from './suite/network.ts';

let network: TestNetwork;
let app: FastifyInstance;
let url: string;
const ENTRIES = testEntries('a', 300);

beforeEach(async () => {
  network = new TestNetwork();
  network.append('st-mary', ENTRIES);
  await network.member('st-mary').log.publish();
  app = fastify();
  for (const { organisation, log, witness } of network.members.values()) {
    const policyText = (version?: number) =>
      version === undefined || version === 1 ? network.logPolicy(organisation) : undefined;
    app.register(logRoutes, { prefix: `/orgs/${organisation}`, log, witness, policyText });
  }
  url = await app.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(async () => {
  await app.close();
  network.close();
});

const get = (path: string) => app.inject({ method: 'GET', url: `/orgs/st-mary/log/${path}` });
const renew = (organisation: string, payload: unknown) =>
  app.inject({ method: 'POST', url: `/orgs/${organisation}/log/renew`, payload: payload as object });

describe('what is not there', () => {
  test.each([
    ['tile/0/000', 200],
    ['tile/0/001', 404],
    ['tile/0/001.p/45', 404],
    ['tile/9/000.p/1', 404],
    ['tile/0/1', 400],
    ['tile/0/001.p/300', 400],
    ['tile/64/000', 400],
    ['tile/0/..%2f..%2fcheckpoint', 400],
    ['tile/entries/x000/001', 400],
    ['mirror/st-mary/checkpoint', 404],
    ['mirror/nobody/tile/0/000', 404],
    ['mirror/lakeside/1/tile/0/000', 404],
    ['mirror/lakeside/nothing', 404],
    ['policy?version=2', 404],
    ['policy?version=-1', 400],
    ['policy?version=1&version=2', 400],
  ])('%s is %i, with a stable code', async (path, status) => {
    const response = await get(path);
    expect(response.statusCode).toBe(status);
    if (status === 200) return;
    expect(response.headers['content-type']).toBe('application/problem+json');
    expect(response.headers['cache-control']).toBe('no-store');
    expect(response.json()).toMatchObject({ status, code: status === 404 ? 'not-found' : 'malformed' });
  });

  test('a log without checkpoint', async () => {
    const response = await app.inject({ method: 'GET', url: '/orgs/aurora/log/checkpoint' });
    expect(response.statusCode).toBe(404);
  });
});

describe('the log as static resources', () => {
  test('tiles may be kept for ever, a checkpoint for a second', async () => {
    const tile = await get('tile/0/000');
    expect(tile.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'cache-control': 'public, max-age=31536000, immutable',
      'content-length': '8192',
    });
    expect(tile.rawPayload).toEqual(Buffer.concat(ENTRIES.slice(0, 256).map(leafHash)));
    const bundle = await get('tile/entries/001.p/44');
    expect(bundle.rawPayload.length).toBe(44 * 34);
    expect(bundle.rawPayload.subarray(0, 2)).toEqual(Buffer.from([0, 32]));
    const checkpoint = await get('checkpoint');
    expect(checkpoint.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'public, max-age=1',
    });
    expect(checkpoint.body).toBe(network.member('st-mary').log.checkpoint());
  });

  test('the policy is served, the newest and by version', async () => {
    for (const path of ['policy', 'policy?version=1'])
      expect((await get(path)).body).toBe(network.logPolicy('st-mary'));
  });
});

describe('add-checkpoint over HTTP', () => {
  test('answers as in process, whatever the body is called', async () => {
    const post = (payload: string, type?: string) =>
      app.inject({
        method: 'POST',
        url: '/orgs/aurora/log/add-checkpoint',
        payload,
        ...(type !== undefined && { headers: { 'content-type': type } }),
      });
    const checkpoint = network.member('st-mary').log.checkpoint();
    for (const type of [undefined, 'text/plain', 'application/octet-stream', 'application/json']) {
      const conflict = await post(`old 0\n\n${checkpoint}`, type);
      expect(conflict.statusCode).toBe(409);
      expect(conflict.headers['content-type']).toBe('text/x.tlog.size');
      expect(conflict.body).toBe('300\n');
    }
    expect((await post(`old 300\n\n${checkpoint}`)).statusCode).toBe(200);
    expect((await post('old 0\n\nnobody\n1\n')).statusCode).toBe(400);
    expect((await post('x'.repeat(70_000))).statusCode).toBe(413);
    expect((await post('')).statusCode).toBe(400);
  });

  test('members on different machines witness, mirror and recover over it', async () => {
    const reached = httpWitness({
      organisation: 'aurora',
      url: `${url}/orgs/aurora/log`,
      mirrorPath: 'mirror/st-mary',
    });
    const checkpoint = network.member('st-mary').log.checkpoint();
    const signal = AbortSignal.timeout(5_000);
    expect((await reached.addCheckpoint(`old 300\n\n${checkpoint}`, signal)).status).toBe(200);
    const mirrored = await reached.mirror?.('tile/entries/001.p/44', signal);
    const served = await httpTiles(`${url}/orgs/st-mary/log`)('tile/entries/001.p/44', signal);
    expect(mirrored).toEqual(served);
    expect(await reached.mirror?.('tile/0/002', signal)).toBeUndefined();
    expect(Buffer.from((await reached.mirror?.('checkpoint', signal)) ?? []).toString()).toContain(
      originOf('st-mary'),
    );
  });

  test('an unreachable, redirecting or talkative member is unavailable, never a crash', async () => {
    const hostile = fastify();
    hostile.get('/redirect/*', (_request, reply) => reply.redirect(`${url}/orgs/st-mary/log/checkpoint`));
    hostile.get('/long/*', (_request, reply) => reply.send('x'.repeat(1_000_000)));
    hostile.get('/fault/*', (_request, reply) => reply.code(500).send('no'));
    const base = await hostile.listen({ host: '127.0.0.1', port: 0 });
    for (const prefix of [
      `${base}/redirect`,
      `${base}/long`,
      `${base}/fault`,
      'http://127.0.0.1:1',
      'not a url',
    ]) {
      const code = await httpTiles(prefix)('checkpoint', AbortSignal.timeout(5_000)).catch(
        (error: LogError) => error.code,
      );
      expect(code).toBe('unavailable');
    }
    await hostile.close();
  });
});

describe('renewal', () => {
  const key = () => noteVerifier(parsePolicy(network.logPolicy('st-mary')).logs[0]!);
  const leaf = toBase64(ENTRIES[17]!);

  async function oldProof(): Promise<string> {
    const proof = (await network.member('st-mary').log.proofFor(17, { waitMs: 0 })) ?? '';
    network.append('st-mary', testEntries('later', 500));
    await network.member('st-mary').log.publish();
    return proof;
  }

  /** Aurora learns of the newest head from the ledger. */
  function anchorAtAurora(): void {
    const { log, witness } = { ...network.member('st-mary'), witness: network.member('aurora').witness };
    const { size, note } = log.cosigned()!;
    witness.observeAnchor({ origin: log.origin, size, root: log.rootAt(size), note });
  }

  test('gives a proof under the newest checkpoint, by the owner and by a mirror', async () => {
    const proof = await oldProof();
    anchorAtAurora();
    for (const organisation of ['st-mary', 'aurora']) {
      const response = await renew(organisation, { leaf, proof });
      expect(response.statusCode).toBe(200);
      expect(response.headers['content-type']).toBe('text/plain; charset=utf-8');
      const checkpoint = verifyTlogProof(response.body, leafHash(ENTRIES[17]!), key());
      expect(checkpoint.size).toBe(800n);
      expect(parseTlogProof(response.body).index).toBe(17n);
    }
  });

  test('refuses what it cannot vouch for', async () => {
    const proof = await oldProof();
    const forgedRoot = proof.replace(/\n[A-Za-z0-9+/]{43}=\n\n—/, `\n${toBase64(rootFromLeaves([]))}\n\n—`);
    const cases: [unknown, number, string][] = [
      [{ leaf: toBase64(ENTRIES[18]!), proof }, 422, 'invalid-proof'],
      [{ leaf, proof: proof.replace('index 17', 'index 18') }, 422, 'invalid-proof'],
      [{ leaf, proof: forgedRoot }, 422, 'invalid-proof'],
      [{ leaf, proof: proof.replaceAll('orgs/st-mary', 'orgs/nobody') }, 404, 'unknown-log'],
      [{ leaf: 'AAAA', proof }, 400, 'malformed'],
      [{ leaf: 'not base64', proof }, 400, 'malformed'],
      [{ leaf, proof: 'c2sp.org/tlog-proof@v1\n' }, 400, 'malformed'],
      [{ leaf, proof: '' }, 400, 'malformed'],
      [{ leaf }, 400, 'malformed'],
      [[leaf, proof], 400, 'malformed'],
      [{ leaf: 1, proof: {} }, 400, 'malformed'],
      [{ leaf, proof: proof + 'x'.repeat(100_000) }, 413, 'too-large'],
    ];
    for (const [payload, status, code] of cases) {
      const response = await renew('st-mary', payload);
      expect([response.statusCode, response.json().code], JSON.stringify(payload).slice(0, 80)).toEqual([
        status,
        code,
      ]);
      expect(response.headers['content-type']).toBe('application/problem+json');
    }
    const broken = await app.inject({
      method: 'POST',
      url: '/orgs/st-mary/log/renew',
      headers: { 'content-type': 'application/json' },
      payload: '{"leaf":',
    });
    expect([broken.statusCode, broken.json().code]).toEqual([400, 'malformed']);
  });

  test('a mirror waits for an anchor that covers it, and a log that is not mirrored is unknown', async () => {
    const proof = await oldProof();
    const early = await renew('aurora', { leaf, proof });
    expect([early.statusCode, early.json().code, early.headers['retry-after']]).toEqual([
      503,
      'not-covered',
      '1',
    ]);
    network.append('meridian', testEntries('m', 1));
    network.wire.addCheckpoint = (_from, to, _body, deliver) =>
      to === 'aurora' ? Promise.reject(new Error()) : deliver();
    await network.member('meridian').log.publish();
    const foreign = (await network.member('meridian').log.proofFor(0, { waitMs: 0 })) ?? '';
    const unknown = await renew('aurora', { leaf: toBase64(testEntries('m', 1)[0]!), proof: foreign });
    expect([unknown.statusCode, unknown.json().code]).toEqual([404, 'unknown-log']);
  });
});
