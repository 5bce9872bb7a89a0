import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Organisation } from './harness/organisation.ts';
import { type RunningNode, startNode } from './harness/running-node.ts';

let node: RunningNode;
let hospital: Organisation;
/** Ids by the names that the cases below use. */
const ids: Record<string, string> = {};
const names = (found: readonly string[]) =>
  found.map((id) => Object.keys(ids).find((name) => ids[name] === id) ?? id).sort();

const LOINC = 'http://loinc.org';
const UCUM = 'http://unitsofmeasure.org';
const meta = { tag: [{ system: 'urn:search', code: 'island' }] };
const coded = (code: string, system = LOINC) => ({ coding: [{ system, code }] });

/** Names and values as a client encodes them. */
const encoded = (query: string) => {
  const [type = '', criteria = ''] = query.split('?');
  const pairs = criteria.split('&').map((pair) => pair.split('=').map(encodeURIComponent).join('='));
  return `${type}?${pairs.join('&')}`;
};

async function store(name: string, resource: object): Promise<void> {
  ids[name] = (await hospital.create({ meta, ...resource } as object)).id;
}

const observation = (code: string, subject: string, more: object) => ({
  resourceType: 'Observation',
  status: 'final',
  code: coded(code),
  subject: { reference: `Patient/${ids[subject]}` },
  ...more,
});
const kilograms = (value: number, more: object = {}) => ({
  valueQuantity: { value, unit: 'kg', system: UCUM, code: 'kg', ...more },
});

beforeAll(async () => {
  node = await startNode({ patients: 2 });
  hospital = node.organisation('st-mary');
  await store('clinic', { resourceType: 'Organization', name: 'Søholm Klinik', active: true });
  await store('anna', {
    resourceType: 'Patient',
    identifier: [{ system: 'urn:mrn', value: 'A-1', type: { coding: [{ code: 'MR' }] } }],
    name: [{ family: 'Müller-Lüdenscheidt', given: ['Anna', 'Rosa'] }],
    gender: 'female',
    birthDate: '1980-02-29',
    active: true,
    telecom: [{ system: 'phone', value: '+49 30 1234' }],
    managingOrganization: { reference: `Organization/${ids.clinic}` },
  });
  await store('bert', {
    resourceType: 'Patient',
    identifier: [{ system: 'urn:mrn', value: 'B-1' }],
    name: [{ family: 'Mueller', given: ['Bert'] }],
    gender: 'male',
    birthDate: '1981',
    deceasedDateTime: '2024-05-01',
  });
  await store(
    'weight',
    observation('29463-7', 'anna', { effectiveDateTime: '2024-03-10', ...kilograms(70.5) }),
  );
  await store('heavy', observation('29463-7', 'bert', { effectiveDateTime: '2024-06', ...kilograms(99) }));
  await store(
    'grams',
    observation('29463-7', 'bert', {
      effectiveDateTime: '2025-01-01T10:00:00+02:00',
      valueQuantity: { value: 71000, system: UCUM, code: 'g' },
    }),
  );
  await store(
    'text',
    observation('8302-2', 'anna', {
      effectivePeriod: { start: '2023-01-01', end: '2023-12-31' },
      valueString: 'Tall, quite',
    }),
  );
  await store(
    'pressure',
    observation('85354-9', 'anna', {
      effectiveDateTime: '2024-03-11',
      component: [{ code: coded('8480-6'), valueQuantity: { value: 120, system: UCUM, code: 'mm[Hg]' } }],
    }),
  );
  await store('external', {
    resourceType: 'Observation',
    status: 'preliminary',
    code: coded('1-8', 'urn:other'),
    subject: { identifier: { system: 'urn:mrn', value: 'far-away' } },
  });
  await store('risk', {
    resourceType: 'RiskAssessment',
    status: 'final',
    subject: { reference: `Patient/${ids.anna}` },
    prediction: [{ probabilityDecimal: 0.25 }],
  });
  await store('values', { resourceType: 'ValueSet', status: 'draft', url: 'http://example.org/vs/one' });
});
afterAll(() => node?.stop());

describe('every type of search parameter, its modifiers and prefixes', () => {
  test.each<[string, string, string[]]>([
    // token (R4 §3.1.1.5.9)
    ['token with system', `Observation?code=${LOINC}|29463-7`, ['grams', 'heavy', 'weight']],
    ['token without system', 'Observation?code=29463-7', ['grams', 'heavy', 'weight']],
    ['token of any code of a system', 'Observation?code=urn:other|', ['external']],
    ['token that must have no system', 'Observation?code=|29463-7', []],
    ['token list is OR', 'Observation?code=8302-2,1-8', ['external', 'text']],
    ['repetition is AND', 'Observation?code=29463-7&status=final&date=2024-06', ['heavy']],
    [':not', 'Observation?code:not=29463-7', ['external', 'pressure', 'text']],
    [':missing', 'Observation?date:missing=true', ['external']],
    [':missing=false', 'Patient?death-date:missing=false', ['bert']],
    ['boolean as token', 'Patient?active=true', ['anna']],
    ['identifier', 'Patient?identifier=urn:mrn|A-1', ['anna']],
    ['telecom', 'Patient?telecom=+49 30 1234', ['anna']],
    ['gender', 'Patient?gender=female', ['anna']],
    // string (§3.1.1.5.6)
    ['string starts with, without case and accents', 'Patient?family=MULLER', ['anna']],
    ['string of another person', 'Patient?family=muel', ['bert']],
    ['second given name', 'Patient?given=ros', ['anna']],
    [':exact', 'Patient?family:exact=Mueller', ['bert']],
    [':exact minds case', 'Patient?family:exact=mueller', []],
    ['string beyond the indexed prefix is compared on content', 'Patient?name=Müller-Lüdenscheidt', ['anna']],
    ['organisation name', 'Organization?name=søholm', ['clinic']],
    // reference (§3.1.1.5.10)
    ['reference by id', 'Observation?subject=ANNA', ['pressure', 'text', 'weight']],
    ['reference by type and id', 'Observation?subject=Patient/ANNA', ['pressure', 'text', 'weight']],
    ['reference by absolute URL', 'Observation?subject=BASE/Patient/ANNA', ['pressure', 'text', 'weight']],
    ['reference with type', 'Observation?subject:Patient=BERT', ['grams', 'heavy']],
    [':identifier', 'Observation?subject:identifier=urn:mrn|far-away', ['external']],
    ['patient', 'Observation?patient=BERT&code=29463-7', ['grams', 'heavy']],
    // date (§3.1.1.5.7)
    ['date of a day', 'Observation?date=2024-03-10', ['weight']],
    ['date of a month', 'Observation?date=2024-06', ['heavy']],
    ['date of a year', 'Observation?date=2024', ['heavy', 'pressure', 'weight']],
    ['gt', 'Observation?date=gt2024-06-30', ['grams']],
    ['ge and lt', 'Observation?date=ge2024-03-10&date=lt2024-03-12', ['pressure', 'weight']],
    ['le', 'Observation?date=le2023-12-31', ['text']],
    ['sa', 'Observation?date=sa2024-06-30', ['grams']],
    ['eb', 'Observation?date=eb2024-01-01', ['text']],
    ['ne', 'Observation?date=ne2024', ['grams', 'text']],
    ['instant in another zone', 'Observation?date=2025-01-01T08:00:00Z', ['grams']],
    ['birth date of a day', 'Patient?birthdate=1980-02-29', ['anna']],
    ['birth date within a year', 'Patient?birthdate=1980', ['anna']],
    ['birth date range', 'Patient?birthdate=ge1980-03-01', ['bert']],
    ['birth date before', 'Patient?birthdate=lt1981-01-01', ['anna']],
    ['date of death', 'Patient?death-date=2024-05', ['bert']],
    // number and quantity (§3.1.1.5.4, §3.1.1.5.11)
    ['number with its precision', 'RiskAssessment?probability=0.25', ['risk']],
    ['number gt', 'RiskAssessment?probability=gt0.2', ['risk']],
    ['number lt', 'RiskAssessment?probability=lt0.2', []],
    ['number ap', 'RiskAssessment?probability=ap0.26', ['risk']],
    ['quantity', `Observation?value-quantity=70.5|${UCUM}|kg`, ['weight']],
    ['quantity within its precision', `Observation?value-quantity=71|${UCUM}|kg`, []],
    ['quantity ge', `Observation?value-quantity=ge70.5|${UCUM}|kg`, ['heavy', 'weight']],
    ['quantity without unit', 'Observation?value-quantity=gt90', ['grams', 'heavy']],
    ['quantity with unit only', 'Observation?value-quantity=99||kg', ['heavy']],
    ['component quantity', `Observation?component-value-quantity=120|${UCUM}|mm[Hg]`, ['pressure']],
    // uri, composite
    ['uri', 'ValueSet?url=http://example.org/vs/one', ['values']],
    ['uri is exact', 'ValueSet?url=http://example.org/vs', []],
    ['composite', `Observation?code-value-quantity=${LOINC}|29463-7$gt80`, ['grams', 'heavy']],
    ['composite of a component', `Observation?component-code-value-quantity=8480-6$120`, ['pressure']],
    ['combo composite', `Observation?combo-code-value-quantity=8480-6$120`, ['pressure']],
    // of every resource
    ['_id', 'Patient?_id=ANNA', ['anna']],
    ['_lastUpdated', 'Patient?_lastUpdated=ge2020-01-01', ['anna', 'bert']],
    // chaining and _has, one level
    ['chain', 'Observation?subject:Patient.family=mueller', ['grams', 'heavy']],
    [
      'chain over a reference of one type',
      'Observation?patient.gender=female',
      ['pressure', 'text', 'weight'],
    ],
    ['chain to an identifier', 'Observation?patient.identifier=urn:mrn|B-1', ['grams', 'heavy']],
    ['chain to an organisation', 'Patient?organization.name=Søholm', ['anna']],
    ['_has', 'Patient?_has:Observation:patient:code=8302-2', ['anna']],
    ['_has of nobody', 'Patient?_has:Observation:patient:code=none', []],
  ])('%s: %s', async (_what, query, expected) => {
    const asked = query
      .replaceAll('BASE', `${node.url}/orgs/st-mary/fhir`)
      .replaceAll('ANNA', ids.anna ?? '')
      .replaceAll('BERT', ids.bert ?? '');
    const found = await hospital.searchIds(`${encoded(asked)}&_tag=urn:search|island`);
    expect(names(found)).toEqual(expected);
  });

  test('date ap: within a tenth of the time between then and now', async () => {
    const found = names(await hospital.searchIds('Observation?date=ap2024-03-10&_tag=urn:search|island'));
    expect(found).toEqual(expect.arrayContaining(['pressure', 'weight']));
    const [day] = new Date().toISOString().split('T');
    expect(await hospital.searchIds(`Observation?date=ap${day}&_tag=urn:search|island`)).toEqual([]);
  });

  test.each([
    'Patient?name:contains=ul',
    'Patient?_text=x',
    'Patient?_content=x',
    'Patient?_filter=x',
    'Patient?nonsense=1',
    'Patient?birthdate=tomorrow',
    'Patient?_sort=birthdate',
    'Patient?_sort=nonsense',
    'Patient?family=',
    'Observation?code:text=x',
    'Observation?code:in=http://x',
    'Observation?value-quantity=heavy',
    'Observation?subject.managingOrganization.name=x',
    'Observation?patient.organization.name=x',
    'Observation?subject:Medication=x',
    'Patient?_has:Observation:patient:_has:x:y:z=1',
    'Patient?_count=lots',
    'Patient?_total=perhaps',
    'Patient?_summary=short',
    'Patient?_include=Patient:nonsense',
    'Patient?_include=*',
    'Patient?_contained=true',
    'Patient?_elements=',
  ])('%s is refused, never ignored', async (query) => {
    const answer = await hospital.fhir('GET', query);
    expect(answer.status, answer.text.slice(0, 200)).toBe(400);
    expect(answer.json.resourceType).toBe('OperationOutcome');
    expect(answer.json.issue[0].expression?.length ?? 0).toBeGreaterThan(0);
  });
});

describe('what a search answers with', () => {
  const island = '_tag=urn:search|island';
  const get = async (query: string) => {
    const answer = await hospital.fhir('GET', query);
    expect(answer.status, answer.text).toBe(200);
    return answer.json;
  };
  type Entry = { fullUrl: string; resource: { id: string; resourceType: string }; search: { mode: string } };
  const modes = (entry: Entry[], mode: string) =>
    entry.filter(({ search }) => search.mode === mode).map(({ resource }) => resource.id);

  test('a searchset with full URLs, a self link, and matches marked as such', async () => {
    const { type, link, entry } = await get(`Patient?${island}`);
    expect(type).toBe('searchset');
    expect(link[0].relation).toBe('self');
    for (const { fullUrl, resource } of entry as Entry[])
      expect(fullUrl).toBe(`${node.url}/orgs/st-mary/fhir/Patient/${resource.id}`);
    expect(names(modes(entry, 'match'))).toEqual(['anna', 'bert']);
  });

  test('_include brings what the matches refer to, once', async () => {
    const { entry } = await get(`Observation?${island}&code=29463-7&_include=Observation:subject`);
    expect(names(modes(entry, 'match'))).toEqual(['grams', 'heavy', 'weight']);
    expect(names(modes(entry, 'include'))).toEqual(['anna', 'bert']);
  });

  test('_revinclude brings what refers to the matches', async () => {
    const { entry } = await get(
      `Patient?_id=${ids.anna}&_revinclude=Observation:patient&_revinclude=RiskAssessment:subject`,
    );
    expect(names(modes(entry, 'include'))).toEqual(['pressure', 'risk', 'text', 'weight']);
  });

  test('_sort by date, both ways', async () => {
    const order = async (sort: string) =>
      (await hospital.searchIds(`Observation?${island}&code=29463-7&_sort=${sort}`)).map(
        (id) => names([id])[0],
      );
    expect(await order('date')).toEqual(['weight', 'heavy', 'grams']);
    expect(await order('-date')).toEqual(['grams', 'heavy', 'weight']);
  });

  test('_count and opaque links lead through everything once, in order', async () => {
    const all = await hospital.searchIds(`Observation?${island}&_sort=-_lastUpdated&_count=2`);
    expect(names(all)).toEqual(['external', 'grams', 'heavy', 'pressure', 'text', 'weight']);
    expect(all).toEqual(await hospital.searchIds(`Observation?${island}&_sort=-_lastUpdated`));
    const { link } = await get(`Observation?${island}&_count=2&patient=${ids.anna}`);
    const next = link.find((each: { relation: string }) => each.relation === 'next').url;
    expect(next).not.toContain(ids.anna);
    expect(next).not.toContain('island');
  });

  test('a paging link answers only to whom it was made for, and not when it was altered', async () => {
    const { link } = await get(`Observation?${island}&_count=1`);
    const next: string = link.find((each: { relation: string }) => each.relation === 'next').url;
    const path = next.slice(`${node.url}/orgs/st-mary`.length);
    const stranger = await hospital.call('GET', path, {
      as: { user: 'Practitioner/other', scope: 'user/*.rs' },
    });
    expect(stranger.status).toBe(410);
    const altered = await hospital.call('GET', path.slice(0, -2) + (path.endsWith('AA') ? 'BB' : 'AA'));
    expect(altered.status).toBe(410);
    const elsewhere = await node.organisation('lakeside').call('GET', path);
    expect(elsewhere.status).toBe(410);
  });

  test('_total and _summary=count say how many there are', async () => {
    expect((await get(`Observation?${island}&_total=accurate&_count=1`)).total).toBe(6);
    const counted = await get(`Observation?${island}&_summary=count`);
    expect([counted.total, counted.entry]).toEqual([6, undefined]);
    expect((await get(`Observation?${island}&_total=none`)).total).toBeUndefined();
  });

  test('_elements and _summary send a part, tagged SUBSETTED', async () => {
    const { entry } = await get(`Patient?_id=${ids.anna}&_elements=gender`);
    const { resource } = entry[0];
    expect(resource.gender).toBe('female');
    expect(resource.name).toBeUndefined();
    expect(JSON.stringify(resource.meta.tag)).toContain('SUBSETTED');
    const [{ resource: brief }] = (await get(`Observation?_id=${ids.text}&_summary=true`)).entry;
    expect(brief.code).toBeDefined();
    expect(JSON.stringify(brief.meta.tag)).toContain('SUBSETTED');
    const data = (await get(`Patient?_id=${ids.anna}&_summary=data`)).entry[0].resource;
    expect(data.text).toBeUndefined();
  });

  test('POST _search takes a form, so that criteria stay out of addresses', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = `family=MULLER&${island}`;
    const answer = await hospital.fhir('POST', 'Patient/_search', { body, headers });
    expect(answer.status, answer.text).toBe(200);
    expect(names(modes(answer.json.entry, 'match'))).toEqual(['anna']);
  });

  test('an update changes what is found', async () => {
    const body = { ...(await hospital.fhir('GET', `Patient/${ids.bert}`)).json, gender: 'other' };
    await hospital.fhir('PUT', `Patient/${ids.bert}`, { body });
    expect(await hospital.searchIds(`Patient?${island}&gender=male`)).toEqual([]);
    expect(names(await hospital.searchIds(`Patient?${island}&gender=other`))).toEqual(['bert']);
  });
});
