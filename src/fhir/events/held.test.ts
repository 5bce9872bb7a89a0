import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { eventSuite } from '../suite/event-suite.ts';
import { type EventWatch, RESEARCH, RESEARCHER } from '../suite/event-watch.ts';
import type { FhirNode } from '../suite/fhir-node.ts';

let node: FhirNode;
let watch: EventWatch;
eventSuite((parts) => {
  ({ node, watch } = parts);
}, RESEARCH);

describe('while the view of the ledger is stale', () => {
  test('what is held is looked at again by the clock, however much is written', async () => {
    const reader = await watch.open('?type=Observation', RESEARCHER);
    node.events.isFresh = async () => false;
    const told = [await watch.observe('p1')];
    const { beats } = reader;
    await reader.until('a heartbeat', () => reader.beats > beats + 1);
    const before = { looks: node.events.looks, atMs: performance.now() };
    for (let n = 0; n < 500; n += 1) {
      node.events.streams.written.note();
      await delay(1);
    }
    const recheckedAtMost = (performance.now() - before.atMs) / node.events.times.recheckMs;
    expect(node.events.looks - before.looks).toBeLessThan(recheckedAtMost + 2);
    told.push(await watch.observe('p2'));
    expect(reader.told).toEqual([]);
    node.events.isFresh = async () => true;
    await reader.untilTold(2);
    expect(reader.told).toEqual(told);
  });

  test('what was denied before it is not judged again, nor by who comes again', async () => {
    node.consent('p2');
    node.events.isFresh = async () => false;
    const before = await watch.open('?type=Observation', RESEARCHER);
    before.close();
    await watch.drained();
    await watch.observe('p2');
    const held = await watch.observe('p1');
    const since = { 'last-event-id': before.lastId };
    const reader = await watch.open('?type=Observation', RESEARCHER, since);
    const { beats } = reader;
    await reader.until('a heartbeat', () => reader.beats > beats + 1);
    const { lastId } = reader;
    reader.close();
    node.consent('p2', RESEARCH);
    node.events.isFresh = async () => true;
    const again = await watch.open('?type=Observation', RESEARCHER, { 'last-event-id': lastId });
    await again.untilTold(1);
    expect(again.told).toEqual([held]);
  });

  test('heartbeats come by the clock, and the token is shown, while that is still found out', async () => {
    const answered = Promise.withResolvers<void>();
    let isKnown = false;
    const header = await node.bearer(RESEARCHER);
    const reader = await watch.open('?type=Observation', header);
    node.events.isFresh = () => (isKnown ? Promise.resolve(true) : answered.promise.then(() => true));
    const held = await watch.observe('p1');
    const { beats } = reader;
    const sinceMs = performance.now();
    await reader.until('ten heartbeats', () => reader.beats >= beats + 10);
    // Nine of them have a gap before them; twice as long each, on a busy machine.
    expect(performance.now() - sinceMs).toBeLessThan(10 * node.events.times.heartbeatMs * 2);
    expect(reader.told).toEqual([]);
    isKnown = true;
    answered.resolve();
    await reader.untilTold(1);
    expect(reader.told).toEqual([held]);
    node.events.isFresh = () => new Promise(() => undefined);
    await watch.observe('p1');
    node.revoked.add(header);
    expect(await reader.untilEnd()).toBe('token-revoked');
    node.revoked.clear();
    expect(reader.told).toEqual([held]);
  });
});

test('heartbeats with a new position come while what is withheld is looked through', async () => {
  const before = await watch.open('?type=Observation', RESEARCHER);
  before.close();
  node.consent('p2');
  await Promise.all(Array.from({ length: 105 }, () => watch.observe('p2')));
  const told = await watch.observe('p1');
  // One version at a time, some thirty milliseconds each: two looks at fifty, each longer than a heartbeat, and one at the rest.
  node.events.look = () => delay(30, 1);
  const since = { 'last-event-id': before.lastId };
  const reader = await watch.open('?type=Observation', RESEARCHER, since);
  await reader.untilTold(1);
  const [scan = ''] = reader.text.split('event: ');
  const ids = scan.match(/^id: \S+/gm) ?? [];
  expect(new Set(ids).size).toBeGreaterThan(3);
  expect(reader.told).toEqual([told]);
  // Who comes again with the newest of these ids goes on there: some six are left.
  node.events.looks = 0;
  const [, id = ''] = (ids.at(-2) ?? '').split(' ');
  const again = await watch.open('?type=Observation', RESEARCHER, { 'last-event-id': id });
  await again.untilTold(1);
  expect(again.told).toEqual([told]);
  expect(node.events.looks).toBeLessThan(60);
});
