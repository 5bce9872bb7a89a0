import { describe, expect, test } from 'vitest';
import type { EventReader } from '../../../test/interop/event-reader.ts';
import { patientsIn } from '../suite/audit-event.ts';
import { eventSuite } from '../suite/event-suite.ts';
import { CODE, type EventWatch, RESEARCH, RESEARCHER } from '../suite/event-watch.ts';
import type { FhirNode } from '../suite/fhir-node.ts';
import { denial, observation } from '../suite/resource.ts';

let node: FhirNode;
let watch: EventWatch;
eventSuite((parts) => {
  ({ node, watch } = parts);
});

describe('a stream tells nothing that a read would not show:', () => {
  test('another patient’s data, to a patient', async () => {
    const reader = await watch.open('', {
      fhirUser: 'Patient/p1',
      patient: 'p1',
      scope: 'patient/*.rs',
      purpose_of_use: ['PATRQT'],
    });
    await watch.observe('p2');
    const own = await watch.observe('p1');
    await reader.untilTold(1);
    expect(reader.told).toEqual([own]);
  });

  test('what a consent denies, from the next event on', async () => {
    const reader = await watch.open('?type=Observation');
    const before = await watch.observe('p1');
    await reader.untilTold(1);
    node.consent('p1', denial());
    await watch.observe('p1');
    const other = await watch.observe('p2');
    await reader.untilTold(2);
    expect(reader.told).toEqual([before, other]);
  });

  test('what is denied while its entry is written', async () => {
    node.consent('p1', RESEARCH);
    node.consent('p2', RESEARCH);
    const reader = await watch.open('?type=Observation', RESEARCHER);
    node.meanwhile.work = () => node.consent('p1');
    await watch.observe('p1');
    const other = await watch.observe('p2');
    await reader.untilTold(1);
    expect(node.meanwhile.work).toBeUndefined();
    expect(reader.told).toEqual([other]);
  });

  test('what another consent permits by then is written down anew before it is told', async () => {
    node.consent('p1', RESEARCH);
    const reader = await watch.open('?type=Observation', RESEARCHER);
    let consent = '';
    node.meanwhile.work = () => {
      [consent = ''] = node.consent('p1', RESEARCH);
    };
    const { events } = await node.audited(async () => {
      await watch.observe('p1');
      await reader.untilTold(1);
    });
    const named = events.flatMap(({ entity }) => entity.flatMap(({ what }) => what?.reference ?? []));
    expect(consent).not.toBe('');
    expect(named).toContain(`Consent/${consent}`);
  });

  test('what a label keeps back, and the next version without it', async () => {
    const restricted = {
      security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'PSY' }],
    };
    node.consent('p1', {
      type: 'deny',
      securityLabel: restricted.security,
    });
    const reader = await watch.open('?type=Observation');
    await watch.observe('p1', CODE, { meta: restricted });
    const open1 = await watch.observe('p1');
    await reader.untilTold(1);
    expect(reader.told).toEqual([open1]);
  });

  test('a version that by now has a later one which is denied', async () => {
    const before = await watch.open('?type=Observation');
    before.close();
    node.consent('p1', denial('secret'));
    await watch.write(observation('later', 'p1', CODE), 'p1');
    expect(await watch.write(observation('later', 'p1', 'secret'), 'p1')).toBe(
      'Observation/later/_history/2',
    );
    const last = await watch.observe('p2');
    const reader = await watch.open('?type=Observation', {}, { 'last-event-id': before.lastId });
    await reader.untilTold(1);
    expect(reader.told).toEqual([last]);
  });

  test('what a restricted scope does not reach, deletions among it', async () => {
    const scope = `system/Observation.rs?code=http://loinc.org|${CODE}`;
    const reader = await watch.open('', { scope });
    await watch.observe('p1', '2345-7');
    const reached = await watch.observe('p1');
    await node.send('DELETE', reached.split('/_history')[0] ?? '');
    const last = await watch.observe('p1');
    await reader.untilTold(2);
    expect(reader.told).toEqual([reached, last]);
  });

  test.each(['system/Observation.r', 'system/Observation.s', 'system/Observation.cud'])(
    'anything to a token with %s alone',
    async (scope) => {
      const reader = await watch.open('', { scope });
      expect(reader.status).toBe(403);
      expect(JSON.parse(reader.text).code).toBe('not-permitted');
    },
  );

  test('AuditEvents, also those that were brought in', async () => {
    const [own] = await node.auditEvents();
    const { json } = await node.send('GET', `AuditEvent/${own?.id}`);
    const reader = await watch.open();
    const foreign = { ...json, id: 'foreign' };
    expect((await node.send('POST', '$import', { body: foreign })).status).toBe(200);
    expect((await node.send('GET', 'AuditEvent/foreign')).status).toBe(200);
    const other = await watch.writeBasic();
    await reader.untilTold(1);
    expect(reader.told).toEqual([other]);
  });

  test('what was erased before it came to be told', async () => {
    const before = await watch.open('?type=Observation');
    await watch.observe('p1');
    await before.untilTold(1);
    const { lastId } = before;
    before.close();
    const [seen = ''] = before.told;
    const erased = await watch.observe('p1');
    const last = await watch.observe('p2');
    // The one whose position the reader has, too.
    for (const each of [seen, erased]) {
      const record = { type: 'Observation', id: each.split('/')[1] ?? '' };
      await node.vault.erase({ record, reason: 'subject-request', actor: 'officer' });
    }
    const again = await watch.open('?type=Observation', {}, { 'last-event-id': lastId });
    await again.untilTold(1);
    expect(again.told).toEqual([last]);
  });
});

describe('a stream ends, saying why, and tells nothing more', () => {
  const ends = async (reader: EventReader, code: string) => {
    expect(await reader.untilEnd()).toBe(code);
    expect(reader.text.trimEnd().split('\n').slice(-2)[0]).toBe('event: end');
  };

  test('when its token was called back, also when nothing happens', async () => {
    const header = await node.bearer();
    const reader = await watch.open('', header);
    const told = await watch.observe('p1');
    await reader.untilTold(1);
    node.revoked.add(header);
    await ends(reader, 'token-revoked');
    expect(reader.told).toEqual([told]);
  });

  test('when its token is called back while an entry is written', async () => {
    const header = await node.bearer();
    const reader = await watch.open('?type=Observation', header);
    node.meanwhile.work = () => node.revoked.add(header);
    await watch.observe('p1');
    await ends(reader, 'token-revoked');
    expect(node.meanwhile.work).toBeUndefined();
    expect(reader.told).toEqual([]);
  });

  test('when its token expires', async () => {
    const reader = await watch.open();
    node.events.tokensAheadMs = 2 * 60 * 60 * 1000;
    await ends(reader, 'token-expired');
  });

  test('when its time is over', async () => {
    node.events.times.lifeMs = 100;
    const reader = await watch.open();
    await ends(reader, 'stream-over');
  });

  test('and says so in the trail, with the reader’s going as well', async () => {
    const header = await node.bearer();
    const { events } = await node.audited(async () => {
      const reader = await watch.open('', header);
      node.revoked.add(header);
      await reader.untilEnd();
      (await watch.open()).close();
      await watch.drained();
    });
    const said = events.map(({ subtype, outcome, outcomeDesc }) => [subtype[0]?.code, outcome, outcomeDesc]);
    expect(said.filter(([subtype]) => subtype?.startsWith('events'))).toEqual([
      ['events', '0', undefined],
      ['events-end', '4', 'token-revoked'],
      ['events', '0', undefined],
      ['events-end', '0', undefined],
    ]);
  });
});

test('says what was done, where it is read, and nothing of what it says', async () => {
  const reader = await watch.open('?type=Observation,Basic&type=Patient&patient=p1');
  expect(reader.headers).toMatchObject({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const id = 'said';
  await node.put(observation(id, 'p1', CODE));
  await watch.observe('p2');
  await node.put(observation(id, 'p1', CODE, { status: 'amended' }));
  await node.send('DELETE', `Observation/${id}`);
  await reader.untilTold(3);
  const { text } = reader;
  expect(text).toMatch(/^retry: \d+\n: .*\nid: \S+\n\n/);
  expect(reader.events.map(({ type, data }) => [type, data.reference])).toEqual([
    ['create', `Observation/${id}/_history/1`],
    ['update', `Observation/${id}/_history/2`],
    ['delete', `Observation/${id}/_history/3`],
  ]);
  const { json } = await node.send('GET', `Observation/${id}/_history/2`);
  expect(reader.events[1]?.data).toEqual({
    reference: `Observation/${id}/_history/2`,
    lastUpdated: json.meta.lastUpdated,
  });
  expect(text).not.toContain(CODE);
});

test('an entry that names the patients is on disk before they are told of', async () => {
  const reader = await watch.open('?type=Observation');
  let toldBefore = -1;
  node.meanwhile.work = () => {
    toldBefore = reader.told.length;
  };
  const { events } = await node.audited(async () => {
    await watch.observe('p1');
    await reader.untilTold(1);
  });
  expect(toldBefore).toBe(0);
  const deliveries = events.filter(({ subtype }) => subtype[0]?.code === 'events-delivery');
  expect(deliveries.map((event) => patientsIn(event))).toEqual([['Patient/p1']]);
});

test('while the view of the ledger is stale, what rests on a consent waits, in its place', async () => {
  node.consent('p1', RESEARCH);
  const reader = await watch.open('', RESEARCHER);
  node.events.isFresh = async () => false;
  const told = [await watch.observe('p1'), await watch.observe('p1')];
  const { beats } = reader;
  await reader.until('heartbeats', () => reader.beats > beats + 2);
  expect(reader.told).toEqual([]);
  const staff = await watch.open('?type=Observation');
  const other = await watch.observe('p2');
  await staff.untilTold(1);
  expect(staff.told).toEqual([other]);
  node.events.isFresh = async () => true;
  await reader.untilTold(2);
  expect(reader.told).toEqual(told);
});
