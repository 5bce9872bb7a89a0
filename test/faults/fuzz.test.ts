import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { send } from '../journeys/harness/http.ts';
import { type RunningNode, startNode } from '../journeys/harness/running-node.ts';
import { type FuzzReport, formatReport, fuzz } from './fuzz/fuzzer.ts';
import { ROUTES } from './fuzz/routes.ts';

const SEED = Number(process.env.HOLDFAST_SEED ?? 20_261_123);
/** Attacks a route: about twenty seconds in all. */
const RUNS = Number(process.env.HOLDFAST_FUZZ_RUNS ?? 80);
const HUGE_BYTES = 50 * 1024 * 1024;

let node: RunningNode;
beforeAll(async () => {
  node = await startNode({ patients: 2 });
});
afterAll(() => node?.stop());

describe(`hostile requests (seed ${SEED})`, () => {
  let report: FuzzReport;
  let startedAt: string;
  let blocksBefore: number;

  beforeAll(async () => {
    startedAt = new Date().toISOString();
    blocksBefore = (await node.send('/ledger/blocks')).json.height;
    report = await fuzz(node, SEED, RUNS);
    process.stdout.write(`${formatReport(report)}\n`);
  }, 300_000);

  test('never end in an error of the server, always in a stable code that tells nothing', () => {
    expect(report.faults).toEqual([]);
    expect(report.histogram.size).toBe(ROUTES.length);
  });

  test('leave the process alive and ready', async () => {
    expect(node.running()).toBe(true);
    expect((await node.send('/ready')).status).toBe(200);
    expect(node.output()).not.toMatch(/unhandled|uncaught|AssertionError/i);
  });

  test('change nothing but what was acknowledged', async () => {
    const hospital = node.organisation('st-mary');
    const stored = new Set<string>();
    for (const type of ['Patient', 'Observation']) {
      let answer = await hospital.fhir('GET', `${type}/_history?_since=${startedAt}&_count=500`);
      for (;;) {
        for (const { fullUrl, response } of answer.json.entry ?? [])
          stored.add(`${type}/${fullUrl.split('/').at(-1)}/_history/${response.etag.replaceAll(/\D/g, '')}`);
        const next = answer.json.link.find((link: { relation: string }) => link.relation === 'next');
        if (next === undefined) break;
        answer = await hospital.call('GET', next.url.slice(`${node.url}/orgs/st-mary`.length));
      }
    }
    const unexplained = [...stored].filter((version) => !report.written.has(version));
    // A delete answers 204 without a location; it can only be of what an attack had written before.
    const unaccounted = unexplained.filter(
      (version) => ![...report.written].some((each) => each.startsWith(version.split('/_history')[0] ?? '')),
    );
    // `$import` answers with counts: what it stored is accounted for by number.
    expect([unaccounted.length <= report.imported, unaccounted]).toEqual([true, expect.any(Array)]);
  });

  test('put nothing on the ledger but anchors and heartbeats', async () => {
    const { height } = (await node.send('/ledger/blocks')).json;
    const names = new Set<string>();
    for (let from = blocksBefore + 1; from <= height; from += 200) {
      const { blocks } = (await node.send(`/ledger/blocks?from=${from}&limit=200`)).json;
      for (const { transactions } of blocks)
        for (const { contract, name } of transactions) names.add(`${contract}.${name}`);
    }
    for (const name of names)
      expect(['anchors.append', 'membership.heartbeat', 'consent.grant', 'consent.revoke']).toContain(name);
  });
});

describe('bodies of 50 MB', () => {
  const huge = Buffer.alloc(HUGE_BYTES, 0x20);
  const taking = ROUTES.filter(({ body, method }) => body !== undefined && method !== 'PATCH');

  test('are refused with 413 on every route that takes one', async () => {
    const token = await node.organisation('st-mary').token();
    const answered: [string, number | string][] = [];
    for (const route of taking) {
      const headers = {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        connection: 'close',
      };
      const path = route.path.replaceAll('{}', 'x').replaceAll('PATIENT', 'x');
      const status = await send(node.port, path, {
        method: route.method,
        headers,
        body: huge,
        timeoutMs: 20_000,
      }).then(
        (answer) => answer.status,
        (error: NodeJS.ErrnoException) => error.code ?? 'closed',
      );
      answered.push([route.name, status]);
    }
    // A server that answers before it has read everything may close first: the client then sees a reset. The token endpoint
    // says what RFC 6749 has for it.
    const fine = (name: string, status: number | string) =>
      [413, 'EPIPE', 'ECONNRESET'].includes(status) || (name === 'token' && status === 400);
    expect(answered.filter(([name, status]) => !fine(name, status))).toEqual([]);
    expect(answered.filter(([, status]) => status === 413).length).toBeGreaterThan(0);
    expect((await node.send('/ready')).status).toBe(200);
  }, 120_000);
});

describe('bytes that are not HTTP', () => {
  test('are answered with 400 or closed, and the process stays', async () => {
    const lines = [
      'GET /\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      `GET /${'a'.repeat(100_000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
      `GET / HTTP/1.1\r\nhost: x\r\n${'h: v\r\n'.repeat(5_000)}\r\n`,
      'POST /orgs/st-mary/fhir/Patient HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      'POST /orgs/st-mary/fhir/Patient HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n',
      'POST /orgs/st-mary/fhir/Patient HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
      randomBytes(2_000).toString('latin1'),
      '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    ];
    for (const line of lines) {
      const answer = await new Promise<string>((resolve) => {
        const socket = connect(node.port, '127.0.0.1', () => socket.end(line, 'latin1'));
        let text = '';
        socket.on('data', (chunk) => {
          text += chunk;
        });
        socket.on('close', () => resolve(text));
        socket.on('error', () => resolve(text));
        socket.setTimeout(5_000, () => socket.destroy());
      });
      if (answer !== '') expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    }
    expect((await node.send('/health')).status).toBe(200);
  }, 60_000);
});
