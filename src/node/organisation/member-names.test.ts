import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { MemberState } from '../../ledger/index.ts';
import { MemberNames } from './member-names.ts';

let server: Server | undefined;
afterEach(() => server?.close());

/** A member whose node answers with a body, or in its own way; how often it was asked. */
async function member(body: () => string | ((response: ServerResponse) => void)) {
  let asked = 0;
  server = createServer((_, response) => {
    asked++;
    const answer = body();
    if (typeof answer === 'string') response.end(answer);
    else answer(response);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const state = { organisation: 'lakeside', status: 'active', address: { url: `http://127.0.0.1:${port}` } };
  const names = new MemberNames({ members: () => [state as MemberState] }, (id) => id === 'st-mary');
  return { names, asked: () => asked };
}

test('a member is called what it calls itself, and asked once', async () => {
  const { names, asked } = await member(() =>
    JSON.stringify({ organisations: [{ id: 'lakeside', name: 'Lakeside Clinic' }] }),
  );
  expect(names.nameOf('lakeside')).toBeUndefined();
  await names.round();
  await names.round();
  expect([names.nameOf('lakeside'), asked()]).toEqual(['Lakeside Clinic', 1]);
});

test('one that answers nonsense, or of others only, stays without a name and is asked again', async () => {
  const answers = [
    'nonsense',
    JSON.stringify({ organisations: [{ id: 'aurora', name: 'Lakeside Clinic' }] }),
  ];
  const { names, asked } = await member(() => answers.shift() ?? '{}');
  for (const _ of Array(3)) await names.round();
  expect([names.nameOf('lakeside'), names.nameOf('aurora'), asked()]).toEqual([undefined, undefined, 3]);
});

const NAMED = JSON.stringify({ organisations: [{ id: 'lakeside', name: 'Lakeside Clinic' }] });
const PART = Buffer.alloc(64 * 1024, ' ');

test('an answer that does not say its length is read no further than any answer is long', async () => {
  const endless = 64 * 1024 * 1024; // enough that nobody takes it for the buffers of sockets
  let sentBytes = 0;
  const { names } = await member(() => (response) => {
    response.write(NAMED);
    const more = () => {
      while (sentBytes < endless && !response.closed) {
        sentBytes += PART.length;
        if (!response.write(PART)) return;
      }
      response.end();
    };
    response.on('drain', more);
    more();
  });
  await names.round();
  expect(names.nameOf('lakeside')).toBeUndefined();
  expect(sentBytes).toBeLessThan(endless / 4);
});

test('a short answer that does not say its length is read', async () => {
  const { names } = await member(() => (response) => {
    response.write(NAMED);
    response.end(PART);
  });
  await names.round();
  expect(names.nameOf('lakeside')).toBe('Lakeside Clinic');
});
