import { afterAll, expect, test } from 'vitest';
import { temporaryFolder } from './harness/checkout.ts';
import { openStream } from './harness/open-stream.ts';
import { type RunningNode, startNode } from './harness/running-node.ts';

/** A stop that waited for a stream would be cut after ten seconds. */
const STOP_MS = 8_000;
const STAFF = { user: 'Practitioner/follower', scope: 'user/*.rs', purpose: 'TREAT' };

const running: RunningNode[] = [];
const start = async (data: string) => {
  const node = await startNode({ data, patients: 2 });
  running.push(node);
  return node;
};
afterAll(async () => {
  for (const node of running) if (node.running()) await node.stop();
});

const writer = (node: RunningNode) => {
  const hospital = node.organisation('st-mary');
  const create = async () => {
    const { id } = await hospital.create({ resourceType: 'Basic', code: { text: 'written' } });
    return `Basic/${id}/_history/1`;
  };
  return { hospital, create };
};

test('a stream goes on where it was, after the node was killed and after it was stopped', async () => {
  const data = temporaryFolder('events');
  const first = await start(data);
  const before = writer(first);
  const stream = await openStream(before.hospital, '/events?type=Basic', STAFF);
  const told = await before.create();
  await stream.untilTold(1);
  expect(stream.told).toEqual([told]);
  const { lastId } = stream;
  stream.close();
  const missed = [await before.create(), await before.create()];
  await first.kill();

  const second = await start(data);
  const after = writer(second);
  const again = await openStream(after.hospital, '/events?type=Basic', STAFF, { 'last-event-id': lastId });
  const next = await after.create();
  await again.untilTold(3);
  expect(again.told).toEqual([...missed, next]);
  const metrics = (await second.send('/metrics')).text;
  expect(metrics).toContain('holdfast_event_streams{organisation="st-mary"} 1');
  const startedMs = performance.now();
  expect(await second.stop()).toBe(0);
  expect(performance.now() - startedMs).toBeLessThan(STOP_MS);
  expect(await again.untilEnd()).toBe('node-stopping');

  const third = await start(data);
  const last = writer(third);
  const resumed = await openStream(last.hospital, '/events?type=Basic', STAFF, {
    'last-event-id': again.lastId,
  });
  const one = await last.create();
  await resumed.untilTold(1);
  expect(resumed.told).toEqual([one]);
  resumed.close();
  await third.stop();
});
