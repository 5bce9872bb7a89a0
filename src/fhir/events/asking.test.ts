import { describe, expect, test } from 'vitest';
import { eventSuite } from '../suite/event-suite.ts';
import { type EventWatch, RESEARCHER } from '../suite/event-watch.ts';
import type { FhirNode } from '../suite/fhir-node.ts';
import type { Claims } from '../suite/request.ts';
import { denial } from '../suite/resource.ts';
import { sealPosition } from './event-position.ts';

let node: FhirNode;
let watch: EventWatch;
eventSuite((parts) => {
  ({ node, watch } = parts);
});

describe('Last-Event-ID', () => {
  test('goes on after what was told, without loss and without repeating', async () => {
    const first = await watch.open('?type=Observation');
    const told = [await watch.observe('p1'), await watch.observe('p2')];
    await first.untilTold(2);
    const [{ id: afterOne } = { id: '' }] = first.events;
    const { lastId } = first;
    first.close();
    const missed = [await watch.observe('p1'), await watch.observe('p2')];
    const again = await watch.open('?type=Observation', {}, { 'last-event-id': lastId });
    await again.untilTold(2);
    expect(again.told).toEqual(missed);
    const earlier = await watch.open('?type=Observation', {}, { 'last-event-id': afterOne });
    await earlier.untilTold(3);
    expect(earlier.told).toEqual([told[1], ...missed]);
  });

  test('goes on after a heartbeat, also over what was not told', async () => {
    node.consent('p1', denial());
    const reader = await watch.open('?type=Observation');
    await watch.observe('p1');
    const { lastId, beats } = reader;
    await reader.until('a heartbeat', () => reader.beats > beats + 1);
    expect(reader.lastId).not.toBe(lastId);
    expect(reader.lastId.length).toBe(lastId.length);
    node.consent('p1');
    const again = await watch.open('?type=Observation', {}, { 'last-event-id': reader.lastId });
    const next = await watch.observe('p1');
    await again.untilTold(1);
    expect(again.told).toEqual([next]);
  });

  test('is refused when it is another’s, altered, made up, another thing’s, too old, or of a lost entry: always alike', async () => {
    const reader = await watch.open();
    const { lastId } = reader;
    const page = (await node.send('GET', 'Patient?_count=1')).json.link.find(
      ({ relation }: { relation: string }) => relation === 'next',
    );
    // Of entries that a vault no longer has, and of one whose number now is another’s.
    const sealed = (entry: number) =>
      sealPosition(
        node.services.pagingKey,
        { entry, event: 'f'.repeat(32) },
        { asker: 'client', atMs: Date.now() },
      );
    const altered = lastId.slice(0, 60) + (lastId[60] === 'A' ? 'B' : 'A') + lastId.slice(61);
    const refused: [string, Claims][] = [
      [lastId, { sub: 'somebody-else' }],
      [lastId, RESEARCHER],
      [altered, {}],
      ['x', {}],
      ['x'.repeat(5_000), {}],
      [new URL(page.url).searchParams.get('_page') ?? '', {}],
      [sealed(2 ** 40 + 5), {}],
      [sealed(await node.vault.newestEntry()), {}],
    ];
    const texts = new Set<string>();
    for (const [id, as] of refused) {
      const again = await watch.open('', as, { 'last-event-id': id });
      expect(again.status).toBe(410);
      texts.add(again.text);
    }
    node.clock.aheadMs = 25 * 60 * 60 * 1000;
    const late = await watch.open('', {}, { 'last-event-id': lastId });
    node.clock.aheadMs = 0;
    texts.add(late.text);
    expect([...texts].map((text) => JSON.parse(text).code)).toEqual(['position-expired']);
  });

  test('is not made younger by coming again with it', async () => {
    /** What the first line of a stream says, before anything was looked at. */
    const openingId = (text: string) => /id: (\S+)/.exec(text)?.[1] ?? '';
    const first = await watch.open();
    const statuses: number[] = [];
    let id = openingId(first.text);
    for (const hours of [13, 26]) {
      node.clock.aheadMs = hours * 60 * 60 * 1000;
      const again = await watch.open('', {}, { 'last-event-id': id });
      statuses.push(again.status);
      id = openingId(again.text);
    }
    node.clock.aheadMs = 0;
    expect(statuses).toEqual([200, 410]);
  });

  test('is good for another day where its reader was seen to the end of what there is', async () => {
    const first = await watch.open();
    const { lastId } = first;
    first.close();
    node.clock.aheadMs = 13 * 60 * 60 * 1000;
    const second = await watch.open('', {}, { 'last-event-id': lastId });
    const { beats } = second;
    await second.until('a heartbeat', () => second.beats > beats + 1);
    node.clock.aheadMs = 26 * 60 * 60 * 1000;
    const third = await watch.open('', {}, { 'last-event-id': second.lastId });
    node.clock.aheadMs = 0;
    expect(third.status).toBe(200);
  });
});

describe('a request for a stream', () => {
  test.each<[string, number, string]>([
    ['?type=Nonsense', 400, 'search-invalid'],
    ['?type=', 400, 'search-invalid'],
    ['?type=Observation,', 400, 'search-invalid'],
    ['?type=AuditEvent', 400, 'search-unsupported'],
    ['?patient=Patient/p1', 400, 'search-invalid'],
    ['?patient=p1&patient=p2', 400, 'search-invalid'],
    ['?_type=Observation', 400, 'search-unsupported'],
    ['?type=%ZZ', 400, 'invalid'],
  ])('%s is refused and recorded', async (path, status, code) => {
    const { result, events } = await node.audited(() => watch.open(path));
    expect(result.status).toBe(status);
    expect(result.headers['content-type']).toContain('application/problem+json');
    expect(events.map(({ outcomeDesc, subtype }) => [outcomeDesc, subtype[0]?.code])).toEqual([
      [code, 'events'],
    ]);
  });

  test('without a token is 401, and recorded', async () => {
    const { result, events } = await node.audited(() => watch.open('', ''));
    expect([result.status, result.headers['www-authenticate']]).toEqual([401, 'Bearer']);
    expect(events.map(({ outcomeDesc }) => outcomeDesc)).toEqual(['token-missing']);
  });

  test('is 429 beyond the bound of one asker, and not for others', async () => {
    const first = await watch.open();
    for (let n = 1; n < 6; n += 1) expect((await watch.open()).status).toBe(200);
    const refused = await watch.open();
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '10']);
    expect((await watch.open('', { sub: 'another' })).status).toBe(200);
    first.close();
    await expect.poll(() => node.events.streams.size).toBe(6);
    expect((await watch.open()).status).toBe(200);
  });
});
