import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessEvent, Forwarder, otlpDestination, syslogDestination } from '../index.ts';
import { client, Desk } from '../suite/desk.ts';
import type { Forwarded } from './forwarded.ts';
import { syslogMessage } from './syslog.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open();
});
afterAll(() => desk.close());

const shared = { organisation: 'st-mary', version: '1', hostname: 'node "a"' };
const write = async (count: number, status = 200): Promise<string[]> => {
  const audits = Array.from({ length: count }, () =>
    accessEvent({
      organisation: 'st-mary',
      time: new Date(),
      requestId: 'r',
      principal: client,
      action: 'R',
      subtype: 'read',
      status,
      patients: ['p1'],
      objects: ['Patient/p1'],
      consents: [],
    }),
  );
  await desk.node.vault.commit({ audits });
  return audits.map(({ id }) => id);
};
const forwarder = (name: string, destination: ReturnType<typeof otlpDestination>, faults: string[] = []) => {
  const clock = { ms: 0 };
  const made = new Forwarder({
    name,
    destination,
    vault: desk.node.vault,
    store: desk.store,
    onFault: (message) => faults.push(message),
    now: () => clock.ms,
  });
  return { made, clock };
};

/** A collector that answers with what `answer` gives. */
async function collector(answer: (records: number) => { status: number; body?: string; headers?: object }) {
  const bodies: { resourceLogs: { scopeLogs: { logRecords: { body: { stringValue: string } }[] }[] }[] }[] =
    [];
  const server = createHttpServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      const body = JSON.parse(text);
      const { status, body: said = '{}', headers = {} } = answer(bodies.length);
      if (status === 200) bodies.push(body);
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(said);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ids = () =>
    bodies.flatMap(({ resourceLogs }) =>
      resourceLogs.flatMap(({ scopeLogs }) =>
        scopeLogs.flatMap(({ logRecords }) => logRecords.map(({ body }) => JSON.parse(body.stringValue).id)),
      ),
    );
  return { url, ids, bodies, close: () => new Promise((resolve) => server.close(resolve)) };
}

describe('OTLP', () => {
  test('brings every event in order, once while all is well, and goes on after a restart', async () => {
    const { url, ids, bodies, close } = await collector(() => ({ status: 200 }));
    const options = { ...shared, url, onRejected: () => undefined };
    const first = await write(3);
    await forwarder('a', otlpDestination(options)).made.round();
    const second = [...(await write(450)), ...(await write(1, 403))];
    await forwarder('a', otlpDestination(options)).made.round();
    expect(ids()).toEqual([...first, ...second]);
    const [record] = bodies.at(-1)?.resourceLogs[0]?.scopeLogs[0]?.logRecords.slice(-1) ?? [];
    expect(record).toMatchObject({ severityNumber: 13, severityText: 'WARN', eventName: 'audit.read' });
    await close();
  });

  test('waits while the receiver is away, longer each time or as long as it asks, and loses nothing', async () => {
    let status = 503;
    const { url, ids, close } = await collector(() => ({ status, headers: { 'retry-after': '7' } }));
    const faults: string[] = [];
    const { made, clock } = forwarder(
      'b',
      otlpDestination({ ...shared, url, onRejected: () => undefined }),
      faults,
    );
    const written = await write(2);
    expect(await made.round()).toBe(0);
    expect(faults).toEqual(['b: The OTLP receiver answered 503.']);
    status = 200;
    clock.ms = 6_999;
    expect(await made.round()).toBe(0);
    expect(ids()).toEqual([]);
    clock.ms = 7_000;
    expect(await made.round()).toBeGreaterThan(0);
    expect(ids().slice(-2)).toEqual(written);
    await close();
    await write(1);
    expect(await made.round()).toBe(0);
    expect(faults).toHaveLength(2);
  });

  test('does not send again what the receiver refused for good, and says so', async () => {
    const body = JSON.stringify({ partialSuccess: { rejectedLogRecords: '2', errorMessage: 'too long' } });
    const { url, close } = await collector(() => ({ status: 200, body }));
    const rejected: [number, string][] = [];
    const onRejected = (count: number, reason: string) => void rejected.push([count, reason]);
    const { made } = forwarder('c', otlpDestination({ ...shared, url, onRejected }));
    await made.round();
    const batches = rejected.length;
    expect(rejected[0]).toEqual([2, 'too long']);
    await made.round();
    expect(rejected).toHaveLength(batches);
    await close();
  });
});

/** A receiver that reads counted messages; `rude` breaks off after the first bytes. */
async function receiver() {
  const state = { rude: false, text: '' };
  const server = createServer({ allowHalfOpen: true }, (socket: Socket) => {
    const parts: Buffer[] = [];
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      if (state.rude) socket.resetAndDestroy();
      else parts.push(chunk);
    });
    socket.on('end', () => {
      state.text += Buffer.concat(parts).toString();
      socket.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const messages = (): string[] => {
    const found: string[] = [];
    let rest = Buffer.from(state.text);
    while (rest.length > 0) {
      const space = rest.indexOf(' ');
      const end = space + 1 + Number(rest.subarray(0, space).toString());
      found.push(rest.subarray(space + 1, end).toString());
      rest = rest.subarray(end);
    }
    return found;
  };
  return { port, state, messages, close: () => new Promise((resolve) => server.close(resolve)) };
}

describe('syslog', () => {
  const event: Forwarded = {
    entry: 2 ** 40 + 41,
    id: 'a',
    time: new Date('2026-03-02T10:00:00.000Z'),
    text: '{"id":"ä"}',
    gravity: 'refused',
    name: 'read',
    attributes: {},
  };

  test('is a message of RFC 5424, whatever the names hold', () => {
    expect(syslogMessage(event, { ...shared, version: '1]"\\' })).toBe(
      '<108>1 2026-03-02T10:00:00.000Z node"a" holdfast st-mary read [origin software="holdfast" swVersion="1\\]\\"\\\\"][meta sequenceId="554"] \uFEFF{"id":"ä"}',
    );
    expect(syslogMessage(event, { ...shared, hostname: '', organisation: 'ü' })).toContain(
      ' - holdfast - read ',
    );
  });

  test('brings every event, counted in octets, and again what a receiver broke off', async () => {
    const { port, state, messages, close } = await receiver();
    const faults: string[] = [];
    const options = { ...shared, host: '127.0.0.1', port, tls: false };
    const { made, clock } = forwarder('d', syslogDestination(options), faults);
    const written = await write(250);
    state.rude = true;
    expect(await made.round()).toBe(0);
    expect(faults).toHaveLength(1);
    state.rude = false;
    clock.ms = 60_000;
    await made.round();
    const ids = messages().map((message) => JSON.parse(message.slice(message.indexOf('\uFEFF') + 1)).id);
    expect(ids.slice(-250)).toEqual(written);
    expect(new Set(ids).size).toBe(ids.length);
    await close();
  });
});
