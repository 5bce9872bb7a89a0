import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { EventReader } from '../../../test/interop/event-reader.ts';
import { VaultError } from '../../vault/index.ts';
import { EventWatch } from '../suite/event-watch.ts';
import { FhirNode } from '../suite/fhir-node.ts';
import { observation, patient } from '../suite/resource.ts';
import { EventSink } from './event-sink.ts';
import { WrittenSignal } from './written-signal.ts';

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
  /** More than sockets and their buffers take. */
  const LARGE = 'x'.repeat(64 * 1024 * 1024);

  test('who does not read is given up, with what waits for them', async () => {
    const sent: boolean[] = [];
    const { promise: done, resolve } = Promise.withResolvers<void>();
    const reader = await serving(async (response) => {
      response.writeHead(200).flushHeaders();
      const sink = new EventSink(response, 200);
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
      resolve(await new EventSink(response, 60_000).send(LARGE));
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
