import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { basic, denial, FhirNode, observation, patient, patientsIn } from '../suite/index.ts';

/** A code that a patient keeps from treatment, and one that they do not. */
const SECRET = '75622-1';
const OPEN = '8302-2';

let node: FhirNode;
beforeAll(async () => {
  node = await FhirNode.start();
  await node.put(patient('anna', { name: [{ family: 'Alder' }], gender: 'female' }));
  await node.put(patient('bert', { name: [{ family: 'Birch' }], gender: 'male' }));
  await node.put(observation('a-open', 'anna', OPEN));
  await node.put(observation('a-secret', 'anna', SECRET));
  await node.put(observation('b-open', 'bert', OPEN));
  await node.put({ resourceType: 'Organization', id: 'ward', name: 'Ward' });
});
afterAll(() => node?.stop());
beforeEach(() => {
  node.consent('anna');
  node.consent('bert');
});

const deny = () => node.consent('anna', denial(SECRET));
const denyAll = () => node.consent('anna', denial());
const get = async (path: string) => (await node.send('GET', path)).text;
/** What two questions answer, without what is their own: their words, and sealed links. */
const shape = (text: string) => text.replace(/"url":"[^"]*"/g, '"url":""');

describe('what a consent denies is not found through another door', () => {
  test('by a read, a version, a history, a receipt: as if it were not there', async () => {
    deny();
    for (const below of ['', '/_history/1', '/_history', '/$receipt', '/_history/1/$receipt']) {
      const denied = await node.send('GET', `Observation/a-secret${below}`);
      const absent = await node.send('GET', `Observation/a-nothing${below}`);
      expect([denied.status, denied.text]).toEqual([404, absent.text]);
    }
  });

  test.each([
    `Observation?code=${SECRET}`,
    `Observation?_id=a-secret`,
    `Observation?code=${SECRET}&_summary=count`,
    `Observation?code=${SECRET}&_total=accurate`,
    `Observation?code=${SECRET}&_count=0`,
    `Observation?code=${SECRET}&_count=1`,
    `Observation?code=${SECRET}&_elements=code`,
    `Patient?_has:Observation:patient:code=${SECRET}`,
    `Patient?_has:Observation:subject:code=${SECRET}&_summary=count`,
    `Patient?gender=female&_has:Observation:patient:code=${SECRET}`,
  ])('%s answers as for a code that nobody has', async (path) => {
    expect(await get(path)).not.toBe(await get(path.replaceAll(SECRET, '0-0').replace('a-secret', 'none')));
    deny();
    const other = path.replaceAll(SECRET, '0-0').replaceAll('a-secret', 'none');
    expect(shape(await get(path))).toBe(shape(await get(other)));
  });

  test('by _revinclude and $everything', async () => {
    const doors = ['Patient?_id=anna&_revinclude=Observation:patient', 'Patient/anna/$everything'];
    for (const path of doors) {
      expect(await get(path)).toContain('a-secret');
      deny();
      const text = await get(path);
      expect([text.includes('a-secret'), text.includes('a-open')]).toEqual([false, true]);
      node.consent('anna');
    }
  });

  test('by the link to a next page, which is there only when something permitted follows', async () => {
    const links = async (path: string) =>
      (await node.send('GET', path)).json.link.map(({ relation }: { relation: string }) => relation);
    for (const order of ['', '&_sort=_lastUpdated', '&_sort=-_lastUpdated']) {
      const path = (hidden: string) => `Observation?_id=b-open,${hidden}&_count=1${order}`;
      expect((await links(path('a-open'))).includes('next')).toBe(true);
      deny();
      expect(await links(path('a-secret'))).toEqual(await links(path('none')));
      node.consent('anna');
    }
  });

  test('by an update that names a version: as if it were not there', async () => {
    deny();
    for (const ifMatch of ['W/"1"', '*', 'W/"9"', 'nonsense']) {
      const [hidden, absent] = await Promise.all(
        ['a-secret', 'a-nothing'].map((id) =>
          node.send('PUT', `Observation/${id}`, {
            body: observation(id, 'bert', OPEN),
            headers: { 'if-match': ifMatch },
          }),
        ),
      );
      expect([ifMatch, hidden?.status, hidden?.text]).toEqual([ifMatch, absent?.status, absent?.text]);
    }
  });

  test('by the history of the type', async () => {
    deny();
    const text = await get('Observation/_history?_count=100');
    expect([text.includes('a-secret'), text.includes('a-open')]).toEqual([false, true]);
  });

  test('by a chain to a patient who may not be seen, whose observations may', async () => {
    const byName = 'Observation?patient.family=alder';
    expect(await node.search(byName)).toHaveLength(2);
    node.consent('anna', {
      type: 'deny',
      purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'TREAT' }],
      class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Patient' }],
    });
    expect(await node.search(`Observation?code=${OPEN}`)).toContain('a-open');
    expect(await node.search(byName)).toEqual([]);
    expect(shape(await get(`${byName}&_summary=count`))).toBe(
      shape(await get('Observation?patient.family=nobody&_summary=count')),
    );
    expect(await get(`Observation?code=${OPEN}&_include=Observation:patient`)).not.toContain('Alder');
    expect(await node.search('Observation?patient.family=birch')).toEqual(['b-open']);
  });

  test('by a conditional create, update or reference', async () => {
    denyAll();
    const headers = { 'if-none-exist': 'family=alder' };
    const made = await node.send('POST', 'Patient', { body: { resourceType: 'Patient' }, headers });
    expect(made.status).toBe(201);
    const author = { reference: 'Patient?family=alder' };
    const entry = [{ resource: basic('x', { author }), request: { method: 'POST', url: 'Basic' } }];
    const sent = { resourceType: 'Bundle', type: 'transaction', entry };
    const refused = await node.send('POST', '', { body: sent });
    expect([refused.status, refused.text.includes('reference-unresolved')]).toEqual([400, true]);
  });

  test('a delete of it answers as a delete of nothing, and deletes nothing', async () => {
    deny();
    expect((await node.send('DELETE', 'Observation/a-secret')).status).toBe(204);
    node.consent('anna');
    expect((await node.send('GET', 'Observation/a-secret')).status).toBe(200);
  });

  test('a denial of one person does not shut out another, and does shut out the one', async () => {
    const person = (reference: string) => ({
      type: 'deny',
      actor: [
        {
          role: {
            coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }],
          },
          reference: { reference },
        },
      ],
    });
    node.consent('anna', person('Practitioner/ex'));
    const status = async (user: string) =>
      (await node.send('GET', 'Patient/anna', { as: { sub: user, fhirUser: user, scope: 'user/*.rs' } }))
        .status;
    expect(await status('Practitioner/ex')).toBe(404);
    expect(await status('Practitioner/other')).toBe(200);
  });
});

describe('scopes reach through chains and includes', () => {
  const as = { scope: 'system/Observation.rs' };

  test.each(['Observation?patient.family=alder', 'Observation?_has:Provenance:target:agent=x'])(
    '%s needs the right to search what it leads through',
    async (path) => {
      const { status, json } = await node.send('GET', path, { as });
      expect([status, json.issue[0].details.coding[0].code]).toEqual([403, 'not-permitted']);
    },
  );

  test('an include of another type is left out', async () => {
    const { json } = await node.send('GET', `Observation?_id=a-open&_include=Observation:patient`, { as });
    expect(json.entry).toHaveLength(1);
  });
});

describe('pages', () => {
  test('are full whatever was left out, and end where what is permitted ends', async () => {
    const ids = Array.from({ length: 30 }, (_, at) => `page-${at}`);
    for (const [at, id] of ids.entries()) {
      const secret = at % 3 !== 0;
      await node.put(observation(id, 'anna', secret ? SECRET : OPEN, { category: [{ text: 'paged' }] }));
    }
    deny();
    const query = 'Observation?patient=anna&_sort=-_lastUpdated&_count=4';
    const { json } = await node.send('GET', query);
    expect(json.entry).toHaveLength(4);
    const found = await node.search(query);
    const expected = [...ids.filter((_, at) => at % 3 === 0).reverse(), 'a-open'];
    expect(found).toEqual(expected);
    const denied = await node.send('GET', 'Observation?_id=page-1,page-2,page-4&_count=1');
    expect(denied.json.link.map(({ relation }: { relation: string }) => relation)).toEqual(['self']);
    const { events } = await node.audited(() => node.send('GET', query));
    expect(events.map(patientsIn)).toEqual([['Patient/anna']]);
  });

  test('a page link says nothing, and is decided anew when it is followed', async () => {
    const { json } = await node.send('GET', 'Observation?patient=anna&_count=1');
    const next = json.link.find(({ relation }: { relation: string }) => relation === 'next').url;
    expect(next).not.toContain('anna');
    denyAll();
    const page = await node.send('GET', next);
    expect([page.status, page.json.entry]).toEqual([200, undefined]);
  });

  test('a link that is too long for a URL is sent as a form', async () => {
    const { json } = await node.send('GET', 'Observation?patient=anna&_count=1');
    const next: string = json.link.find(({ relation }: { relation: string }) => relation === 'next').url;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = next.slice(next.indexOf('?') + 1);
    const page = await node.send('POST', 'Observation/_search', { body, headers });
    expect([page.status, page.json.entry.length]).toEqual([200, 1]);
  });

  test('the longest criteria still have a next page that fits into a URL', async () => {
    const many = (length: number, prefix: string) =>
      Array.from({ length }, (_, at) => `${prefix}${at}`).join();
    const codes = many(120, `http://loinc.org/${'x'.repeat(10)}|`);
    const ids = many(100, 'an-id-of-forty-characters-in-a-long-list');
    const body = `_count=1&code=${OPEN},${codes}&_id=a-open,page-0,page-3,${ids.slice(0, 3_900)}`;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const page = await node.send('POST', 'Observation/_search', { body, headers });
    expect(page.status, page.text).toBe(200);
    const next = page.json.link.find(({ relation }: { relation: string }) => relation === 'next').url;
    expect((await node.send('GET', next)).status).toBe(200);
  });
});
