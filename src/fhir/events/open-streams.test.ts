import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import Fastify from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { EventReader } from '../../../test/interop/event-reader.ts';
import { randomId } from '../../crypto/index.ts';
import { VaultError } from '../../vault/index.ts';
import { EventWatch } from '../suite/event-watch.ts';
import { FhirNode } from '../suite/fhir-node.ts';
import { observation, patient } from '../suite/resource.ts';
import { EventSink } from './event-sink.ts';
import { OpenStreams } from './open-streams.ts';
import { eventRoutes } from './routes.ts';
import { WrittenSignal } from './written-signal.ts';

/** More than sockets and their buffers take. */
const LARGE = 'x'.repeat(64 * 1024 * 1024);

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const open = async (node: FhirNode, headers: Record<string, string> = {}): Promise<EventReader> => {
  const reader = await new EventWatch(node).open('?type=Observation', {}, headers);
  closing.push(() => reader.close());
  return reader;
};

describe('open streams', () => {
  test('are told that the node stops, hold up nothing, and go on where they were', async () => {
    const node = await FhirNode.start();
    const readers = [await open(node), await open(node)];
    const startedMs = performance.now();
    await node.stop();
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    for (const reader of readers) expect(await reader.untilEnd()).toBe('node-stopping');
    expect(node.events.streams.size).toBe(0);
    expect(node.events.streams.written.waiting).toBe(0);
  });

  test('wait for no ledger when the node stops', async () => {
    const node = await FhirNode.start();
    await node.put(patient('p1'));
    node.consent('p1', { type: 'permit' });
    const reader = await open(node);
    let asked = 0;
    node.events.isFresh = () => {
      asked += 1;
      return new Promise(() => undefined);
    };
    await node.put(observation('o1', 'p1', '718-7'));
    await expect.poll(() => asked).toBe(1);
    await node.stop();
    expect(await reader.untilEnd()).toBe('node-stopping');
    expect(reader.told).toEqual([]);
  });

  test('are cut off when the node stops and their readers take nothing', async () => {
    const node = await FhirNode.start();
    closing.push(() => node.stop());
    await node.put(patient('p1'));
    const streams = new OpenStreams();
    const { services: fhir, events } = node;
    const app = Fastify({ genReqId: () => randomId() });
    const connections: Socket[] = [];
    app.server.on('connection', (connection) => connections.push(connection));
    const services = { fhir, streams, isFresh: events.isFresh };
    await app.register(eventRoutes, { services, times: events.times });
    closing.push(() => app.close());
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    const reader = await EventReader.open({
      port,
      path: '/events',
      headers: { authorization: await node.bearer() },
    });
    closing.push(() => reader.close());
    await reader.until('it is open', () => reader.lastId !== '');
    reader.pause();
    // The next heartbeat waits behind this, with whoever sends it.
    for (const connection of connections) connection.write(`${LARGE.length.toString(16)}\r\n${LARGE}\r\n`);
    await expect.poll(() => connections[0]?.writableLength).toBeGreaterThan(LARGE.length + 100);
    const startedMs = performance.now();
    await app.close();
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    expect(streams.size).toBe(0);
  });

  test('are 256 of an organisation at most, and one that ends makes room for one', () => {
    const streams = new OpenStreams();
    const places = Array.from({ length: 256 }, (_, n) => streams.take(`asker-${n}`));
    const refused = expect.objectContaining({ status: 429, code: 'too-many-streams' });
    expect(() => streams.take('another')).toThrow(refused);
    places[0]?.release();
    places[0]?.release();
    streams.take('another');
    expect(() => streams.take('a-third')).toThrow(refused);
    expect(streams.size).toBe(256);
  });

  test('say that they end once that is recorded', async () => {
    const node = await FhirNode.start();
    closing.push(() => node.stop());
    const header = await node.bearer();
    const reader = await new EventWatch(node).open('', header);
    closing.push(() => reader.close());
    let text = '';
    const { promise: recorded, resolve } = Promise.withResolvers<void>();
    node.meanwhile.work = async () => {
      // What was sent before this is here after a request and its answer.
      await node.send('GET', 'metadata');
      text = reader.text;
      resolve();
    };
    node.revoked.add(header);
    await recorded;
    expect(text).not.toContain('event: end');
    expect(await reader.untilEnd()).toBe('token-revoked');
  });

  test('leave nothing behind when their readers go', async () => {
    const node = await FhirNode.start();
    closing.push(() => node.stop());
    for (let n = 0; n < 20; n += 1) {
      const reader = await open(node);
      reader.close();
      await expect.poll(() => node.events.streams.size).toBe(0);
    }
    expect(node.events.streams.written.waiting).toBe(0);
  });

  test('tell nothing that cannot be recorded', async () => {
    const node = await FhirNode.start();
    closing.push(() => node.stop());
    await node.put(patient('p1'));
    const before = await open(node);
    before.close();
    await expect.poll(() => node.events.streams.size).toBe(0);
    await node.put(observation('o1', 'p1', '718-7'));
    const full = () => Promise.reject(new VaultError('full', 'the disk is full'));
    // The opening is recorded; what it tells is not.
    node.meanwhile.work = () => {
      node.meanwhile.work = full;
    };
    const reader = await open(node, { 'last-event-id': before.lastId });
    expect(await reader.untilEnd()).toBe('storage-full');
    expect(reader.told).toEqual([]);
  });

  test('tell of a long absence in order, batch by batch', async () => {
    const node = await FhirNode.start();
    closing.push(() => node.stop());
    await node.put(patient('p1'));
    const before = await open(node);
    const { lastId } = before;
    before.close();
    await expect.poll(() => node.events.streams.size).toBe(0);
    const written: string[] = [];
    for (let n = 0; n < 120; n += 1) {
      await node.put(observation(`o${n}`, 'p1', '718-7'));
      written.push(`Observation/o${n}/_history/1`);
    }
    const { result, events } = await node.audited(async () => {
      const again = await open(node, { 'last-event-id': lastId });
      await again.untilTold(written.length);
      return again;
    });
    expect(result.told).toEqual(written);
    expect(events.map(({ subtype }) => subtype[0]?.code)).toEqual([
      'events',
      'events-delivery',
      'events-delivery',
      'events-delivery',
    ]);
  });
});

describe('a reader', () => {
  const serving = async (answer: (response: ServerResponse) => Promise<void>): Promise<EventReader> => {
    const server = createServer((_request, response) => void answer(response)).listen(0, '127.0.0.1');
    closing.push(() => server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const reader = await EventReader.open({
      port: (server.address() as AddressInfo).port,
      path: '/',
      headers: {},
    });
    closing.push(() => reader.close());
    return reader;
  };
  test('who does not read is given up, with what waits for them', async () => {
    const sent: boolean[] = [];
    const { promise: done, resolve } = Promise.withResolvers<void>();
    const reader = await serving(async (response) => {
      response.writeHead(200).flushHeaders();
      const sink = new EventSink(response, new AbortController().signal, 200);
      sent.push(await sink.send('a'), await sink.send(LARGE));
      sink.end(false);
      resolve();
    });
    reader.pause();
    await done;
    expect(sent).toEqual([true, false]);
  });

  test('who goes is noticed at once', async () => {
    const { promise: done, resolve } = Promise.withResolvers<boolean>();
    const reader = await serving(async (response) => {
      response.writeHead(200).flushHeaders();
      resolve(await new EventSink(response, new AbortController().signal, 60_000).send(LARGE));
    });
    reader.close();
    expect(await done).toBe(false);
  });
});

describe('who waits for what is written', () => {
  test('does not miss what came before they waited', async () => {
    const signal = new WrittenSignal();
    const { count } = signal;
    signal.note();
    await signal.since(count, 60_000, new AbortController().signal);
    expect(signal.waiting).toBe(0);
  });

  test('is woken by a write, by the time, and by an end', async () => {
    const signal = new WrittenSignal();
    const ending = new AbortController();
    const waits = [60_000, 60_000].map((ms) => signal.since(signal.count, ms, ending.signal));
    expect(signal.waiting).toBe(2);
    signal.note();
    await Promise.all(waits);
    await signal.since(signal.count, 1, ending.signal);
    const last = signal.since(signal.count, 60_000, ending.signal);
    ending.abort();
    await last;
    expect(signal.waiting).toBe(0);
  });
});
