import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openDatabase } from '../../database/index.ts';
import { auditMigrations, BreakGlassWebhook, RecordStore } from '../index.ts';

const SECRET = Buffer.alloc(32, 7);
const ID = 'ab'.repeat(16);
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function receiver(statuses: number[]) {
  const calls: { headers: IncomingHttpHeaders; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      calls.push({ headers: request.headers, body });
      const status = statuses.shift() ?? 204;
      response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  return { calls, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

function webhook(url: string) {
  const database = openDatabase({ path: ':memory:', migrations: auditMigrations });
  closing.push(() => database.close());
  const store = new RecordStore(database, Buffer.alloc(32, 5));
  const clock = { ms: Date.parse('2026-06-01T00:00:00Z') };
  const faults: string[] = [];
  const now = () => new Date(clock.ms);
  const make = () =>
    new BreakGlassWebhook(
      'st-mary',
      store,
      { url, secret: SECRET },
      { now, onFault: (said) => faults.push(said) },
    );
  const wait = (id = ID) => store.put('break-glass-call', id, { opened: now().toISOString(), stale: true });
  return { store, clock, faults, make, wait };
}

test('a call is signed, once for each, and says of nobody whose record it was', async () => {
  const { calls, url } = await receiver([]);
  const { make, wait } = webhook(url);
  wait();
  const hook = make();
  expect(await hook.round()).toBe(1);
  expect(await hook.round()).toBe(0);
  const [call] = calls;
  expect(JSON.parse(call?.body ?? '')).toEqual({
    type: 'break-glass.opened',
    timestamp: '2026-06-01T00:00:00.000Z',
    data: { organisation: 'st-mary', id: ID, stale: true },
  });
  const signed = `${ID}.${call?.headers['webhook-timestamp']}.${call?.body}`;
  const expected = createHmac('sha256', SECRET).update(signed).digest('base64');
  expect(call?.headers['webhook-signature']).toBe(`v1,${expected}`);
});

test('a receiver that is away or refuses is called again, later each time, across restarts, in order', async () => {
  const { calls, url } = await receiver([500, 302, 204]);
  const { make, wait, clock, faults } = webhook(url);
  wait();
  wait('cd'.repeat(16));
  const hook = make();
  expect(await hook.round()).toBe(0);
  expect(await hook.round()).toBe(0);
  expect(calls).toHaveLength(1);
  clock.ms += 1_000;
  // A redirect is not followed: it could lead anywhere.
  expect(await hook.round()).toBe(0);
  clock.ms += 60_000;
  expect(await make().round()).toBe(2);
  expect(calls.map(({ headers }) => headers['webhook-id'])).toEqual([ID, ID, ID, 'cd'.repeat(16)]);
  expect(faults).toHaveLength(2);
});

test('what nobody took for a week is given up, and said', async () => {
  const { make, wait, clock, faults, store } = webhook('http://127.0.0.1:1/');
  wait();
  clock.ms += 8 * 24 * 3_600_000;
  expect(await make().round()).toBe(0);
  expect(faults).toEqual(['A call about broken glass was given up after a week.']);
  expect(store.oldest('break-glass-call', 10)).toEqual([]);
});
