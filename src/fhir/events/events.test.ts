import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { EventReader } from '../../../test/interop/event-reader.ts';
import { type Claims, FhirNode, patientsIn } from '../suite/fhir-node.ts';
import { basic, denial, observation, patient } from '../suite/resource.ts';
import { sealPosition } from './event-position.ts';

const CODE = '718-7';
const RESEARCH = {
  type: 'permit',
  purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HRESCH' }],
};
/** Somebody of the organisation who asks for research, which only a consent permits. */
const RESEARCHER: Claims = { sub: 'r', fhirUser: 'Practitioner/r', purpose_of_use: ['HRESCH'] };

let node: FhirNode;
const readers: EventReader[] = [];
beforeAll(async () => {
  node = await FhirNode.start();
  for (const id of ['p1', 'p2']) await node.put(patient(id));
});
afterAll(() => node?.stop());
beforeEach(() => {
  for (const id of ['p1', 'p2']) node.consent(id);
});
afterEach(async () => {
  for (const reader of readers.splice(0)) reader.close();
  await drained();
  node.events.isFresh = async () => true;
  node.events.tokensAheadMs = 0;
  node.meanwhile.work = undefined;
  node.revoked.clear();
  expect(node.faults.splice(0)).toEqual([]);
});

/** Resolves when no stream is open any more: whoever went away holds nothing. */
const drained = () => expect.poll(() => node.events.streams.size, { timeout: 10_000 }).toBe(0);

async function open(path = '', as: Claims | string = {}, headers: Record<string, string> = {}) {
  const { port } = node.address;
  const authorization = typeof as === 'string' ? as : await node.bearer(as);
  // What a consent names is known before anything is decided by it.
  await node.send('GET', 'metadata');
  const reader = await EventReader.open({
    port,
    path: `/orgs/st-mary/events${path}`,
    headers: { ...(authorization === '' ? {} : { authorization }), ...headers },
  });
  readers.push(reader);
  if (reader.status === 200) await reader.until('it is open', () => reader.lastId !== '');
  return reader;
}

let made = 0;
const observe = async (subject: string, code = CODE, more: object = {}): Promise<string> => {
  made += 1;
  return write(observation(`e${made}`, subject, code, more), subject);
};
/** The patient writes: staff whom a patient denies could not. */
const write = async (resource: { id: string }, subject: string): Promise<string> => {
  const as: Claims = {
    fhirUser: `Patient/${subject}`,
    patient: subject,
    scope: 'patient/*.cruds',
    purpose_of_use: ['PATRQT'],
  };
  const path = `Observation/${resource.id}`;
  const { status, text, json } = await node.send('PUT', path, { as, body: resource });
  if (status >= 300) throw new Error(`${path}: ${status} ${text}`);
  return `${path}/_history/${json.meta.versionId}`;
};
const marker = async (): Promise<string> => {
  made += 1;
  await node.put({ ...basic('marker'), id: `m${made}` } as unknown as { resourceType: string; id: string });
  return `Basic/m${made}/_history/1`;
};

describe('a stream tells nothing that a read would not show:', () => {
  test('another patient’s data, to a patient', async () => {
    const reader = await open('', {
      fhirUser: 'Patient/p1',
      patient: 'p1',
      scope: 'patient/*.rs',
      purpose_of_use: ['PATRQT'],
    });
    await observe('p2');
    const own = await observe('p1');
    await reader.untilTold(1);
    expect(reader.told).toEqual([own]);
  });

  test('what a consent denies, from the next event on', async () => {
    const reader = await open('?type=Observation');
    const before = await observe('p1');
    await reader.untilTold(1);
    node.consent('p1', denial());
    await observe('p1');
    const other = await observe('p2');
    await reader.untilTold(2);
    expect(reader.told).toEqual([before, other]);
  });

  test('what is denied while its entry is written', async () => {
    node.consent('p1', RESEARCH);
    node.consent('p2', RESEARCH);
    const reader = await open('?type=Observation', RESEARCHER);
    node.meanwhile.work = () => node.consent('p1');
    await observe('p1');
    const other = await observe('p2');
    await reader.untilTold(1);
    expect(node.meanwhile.work).toBeUndefined();
    expect(reader.told).toEqual([other]);
  });

  test('what another consent permits by then is written down anew before it is told', async () => {
    node.consent('p1', RESEARCH);
    const reader = await open('?type=Observation', RESEARCHER);
    let consent = '';
    node.meanwhile.work = () => {
      [consent = ''] = node.consent('p1', RESEARCH);
    };
    const { events } = await node.audited(async () => {
      await observe('p1');
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
    const reader = await open('?type=Observation');
    await observe('p1', CODE, { meta: restricted });
    const open1 = await observe('p1');
    await reader.untilTold(1);
    expect(reader.told).toEqual([open1]);
  });

  test('a version that by now has a later one which is denied', async () => {
    const before = await open('?type=Observation');
    before.close();
    node.consent('p1', denial('secret'));
    await write(observation('later', 'p1', CODE), 'p1');
    expect(await write(observation('later', 'p1', 'secret'), 'p1')).toBe('Observation/later/_history/2');
    const last = await observe('p2');
    const reader = await open('?type=Observation', {}, { 'last-event-id': before.lastId });
    await reader.untilTold(1);
    expect(reader.told).toEqual([last]);
  });

  test('what a restricted scope does not reach, deletions among it', async () => {
    const scope = `system/Observation.rs?code=http://loinc.org|${CODE}`;
    const reader = await open('', { scope });
    await observe('p1', '2345-7');
    const reached = await observe('p1');
    await node.send('DELETE', reached.split('/_history')[0] ?? '');
    const last = await observe('p1');
    await reader.untilTold(2);
    expect(reader.told).toEqual([reached, last]);
  });

  test.each(['system/Observation.r', 'system/Observation.s', 'system/Observation.cud'])(
    'anything to a token with %s alone',
    async (scope) => {
      const reader = await open('', { scope });
      expect(reader.status).toBe(403);
      await reader.until('the refusal', () => reader.text.endsWith('}'));
      expect(JSON.parse(reader.text).code).toBe('not-permitted');
    },
  );

  test('AuditEvents, of which it leaves some itself', async () => {
    const reader = await open();
    const one = await marker();
    const two = await marker();
    await reader.untilTold(2);
    await node.send('GET', 'Patient/p1');
    await reader.until('a heartbeat', () => reader.beats > 0);
    expect(reader.told).toEqual([one, two]);
  });

  test('what was erased before it came to be told', async () => {
    const before = await open('?type=Observation');
    await observe('p1');
    await before.untilTold(1);
    const { lastId } = before;
    before.close();
    const [seen = ''] = before.told;
    const erased = await observe('p1');
    const last = await observe('p2');
    // The one whose position the reader has, too.
    for (const each of [seen, erased]) {
      const record = { type: 'Observation', id: each.split('/')[1] ?? '' };
      await node.vault.erase({ record, reason: 'subject-request', actor: 'officer' });
    }
    const again = await open('?type=Observation', {}, { 'last-event-id': lastId });
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
    const reader = await open('', header);
    const told = await observe('p1');
    await reader.untilTold(1);
    node.revoked.add(header);
    await ends(reader, 'token-revoked');
    expect(reader.told).toEqual([told]);
  });

  test('when its token is called back while an entry is written', async () => {
    const header = await node.bearer();
    const reader = await open('?type=Observation', header);
    node.meanwhile.work = () => node.revoked.add(header);
    await observe('p1');
    await ends(reader, 'token-revoked');
    expect(node.meanwhile.work).toBeUndefined();
    expect(reader.told).toEqual([]);
  });

  test('when its token expires', async () => {
    const reader = await open();
    node.events.tokensAheadMs = 2 * 60 * 60 * 1000;
    await ends(reader, 'token-expired');
  });

  test('when its time is over', async () => {
    node.events.times.lifeMs = 100;
    const reader = await open();
    await ends(reader, 'stream-over');
    node.events.times.lifeMs = 60_000;
  });

  test('and says so in the trail, with the reader’s going as well', async () => {
    const header = await node.bearer();
    const { events } = await node.audited(async () => {
      const reader = await open('', header);
      node.revoked.add(header);
      await reader.untilEnd();
      (await open()).close();
      await drained();
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

describe('Last-Event-ID', () => {
  test('goes on after what was told, without loss and without repeating', async () => {
    const first = await open('?type=Observation');
    const told = [await observe('p1'), await observe('p2')];
    await first.untilTold(2);
    const [{ id: afterOne } = { id: '' }] = first.events;
    const { lastId } = first;
    first.close();
    const missed = [await observe('p1'), await observe('p2')];
    const again = await open('?type=Observation', {}, { 'last-event-id': lastId });
    await again.untilTold(2);
    expect(again.told).toEqual(missed);
    const earlier = await open('?type=Observation', {}, { 'last-event-id': afterOne });
    await earlier.untilTold(3);
    expect(earlier.told).toEqual([told[1], ...missed]);
  });

  test('goes on after a heartbeat, also over what was not told', async () => {
    node.consent('p1', denial());
    const reader = await open('?type=Observation');
    await observe('p1');
    const { lastId, beats } = reader;
    await reader.until('a heartbeat', () => reader.beats > beats + 1);
    expect(reader.lastId).not.toBe(lastId);
    expect(reader.lastId.length).toBe(lastId.length);
    node.consent('p1');
    const again = await open('?type=Observation', {}, { 'last-event-id': reader.lastId });
    const next = await observe('p1');
    await again.untilTold(1);
    expect(again.told).toEqual([next]);
  });

  test('is refused when it is another’s, altered, made up, another thing’s, too old, or of a lost entry: always alike', async () => {
    const reader = await open();
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
      const again = await open('', as, { 'last-event-id': id });
      expect(again.status).toBe(410);
      await again.until('the refusal', () => again.text.endsWith('}'));
      texts.add(again.text);
    }
    node.clock.aheadMs = 25 * 60 * 60 * 1000;
    const late = await open('', {}, { 'last-event-id': lastId });
    node.clock.aheadMs = 0;
    await late.until('the refusal', () => late.text.endsWith('}'));
    texts.add(late.text);
    expect([...texts].map((text) => JSON.parse(text).code)).toEqual(['position-expired']);
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
    const { result, events } = await node.audited(() => open(path));
    expect(result.status).toBe(status);
    expect(result.headers['content-type']).toContain('application/problem+json');
    expect(events.map(({ outcomeDesc, subtype }) => [outcomeDesc, subtype[0]?.code])).toEqual([
      [code, 'events'],
    ]);
  });

  test('without a token is 401, and recorded', async () => {
    const { result, events } = await node.audited(() => open('', ''));
    expect([result.status, result.headers['www-authenticate']]).toEqual([401, 'Bearer']);
    expect(events.map(({ outcomeDesc }) => outcomeDesc)).toEqual(['token-missing']);
  });

  test('is 429 beyond the bound of one asker, and not for others', async () => {
    for (let n = 0; n < 6; n += 1) expect((await open()).status).toBe(200);
    const refused = await open();
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '10']);
    expect((await open('', { sub: 'another' })).status).toBe(200);
    readers[0]?.close();
    await expect.poll(() => node.events.streams.size).toBe(6);
    expect((await open()).status).toBe(200);
  });
});

test('says what was done, where it is read, and nothing of what it says', async () => {
  const reader = await open('?type=Observation,Basic&type=Patient&patient=p1');
  expect(reader.headers).toMatchObject({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  made += 1;
  const id = `e${made}`;
  await node.put(observation(id, 'p1', CODE));
  await observe('p2');
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
  const reader = await open('?type=Observation');
  let toldBefore = -1;
  node.meanwhile.work = () => {
    toldBefore = reader.told.length;
  };
  const { events } = await node.audited(async () => {
    await observe('p1');
    await reader.untilTold(1);
  });
  expect(toldBefore).toBe(0);
  const deliveries = events.filter(({ subtype }) => subtype[0]?.code === 'events-delivery');
  expect(deliveries.map((event) => patientsIn(event))).toEqual([['Patient/p1']]);
});

test('while the view of the ledger is stale, what rests on a consent waits, in its place', async () => {
  node.consent('p1', RESEARCH);
  const reader = await open('', RESEARCHER);
  node.events.isFresh = async () => false;
  const told = [await observe('p1'), await observe('p1')];
  const { beats } = reader;
  await reader.until('heartbeats', () => reader.beats > beats + 2);
  expect(reader.told).toEqual([]);
  const staff = await open('?type=Observation');
  const other = await observe('p2');
  await staff.untilTold(1);
  expect(staff.told).toEqual([other]);
  node.events.isFresh = async () => true;
  await reader.untilTold(2);
  expect(reader.told).toEqual(told);
});
