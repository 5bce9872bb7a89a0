import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FhirNode, observation, patient } from './suite/index.ts';

const START_MS = 60_000; // two key derivations and a ledger's worth of files, beside other suites
const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const INLINE = 'http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label';
const SECRET = 'what-is-restricted';
const denyRestricted = { type: 'deny', securityLabel: [{ system: CONFIDENTIALITY, code: 'R' }] };
const inline = (...codings: object[]) => ({
  extension: codings.map((valueCoding) => ({ url: INLINE, valueCoding })),
});
const restricted = inline({ system: CONFIDENTIALITY, code: 'R' }, { system: ACT_CODE, code: 'SDV' });
const coded = (code: string) => ({ code: { coding: [{ system: 'http://loinc.org', code }] } });

let node: FhirNode;
beforeAll(async () => {
  node = await FhirNode.start();
  await node.put(patient('anna'));
  const open = { ...coded('8480-6'), valueQuantity: { value: 120 } };
  const closed = { ...coded('8462-4'), valueString: SECRET, ...restricted };
  await node.put(observation('labelled', 'anna', '8302-2', { note: [{ text: SECRET }] }));
  await node.put(
    observation('labelled', 'anna', '8302-2', {
      component: [open, closed],
      text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${SECRET}</div>` },
    }),
  );
  await node.put(observation('plain', 'anna', '8302-2', { component: [open] }));
  await node.put({
    resourceType: 'Encounter',
    id: 'visit',
    status: 'finished',
    class: { system: ACT_CODE, code: 'AMB' },
    subject: { reference: 'Patient/anna' },
  });
  await node.put(
    observation('linked', 'anna', '8302-2', { encounter: { reference: 'Encounter/visit', ...restricted } }),
  );
  const subject = { reference: 'Patient/anna', ...restricted };
  await node.put({ ...observation('whose', 'anna', '8302-2'), subject });
}, START_MS);
afterAll(() => node?.stop());
beforeEach(() => node.consent('anna', denyRestricted));

const get = (path: string) => node.send('GET', path);

describe('of a resource of which a part is denied', () => {
  test.each([
    ['read', 'Observation/labelled'],
    ['vread', 'Observation/labelled/_history/2'],
    ['search', 'Observation?_id=labelled'],
    ['history', 'Observation/labelled/_history'],
    ['history of the type', 'Observation/_history'],
    ['everything', 'Patient/anna/$everything'],
    ['an include', 'Patient?_id=anna&_revinclude=Observation:patient'],
    ['elements', 'Observation?_id=labelled&_elements=component'],
  ])('the rest is shown, and nothing of that part: %s', async (_way, path) => {
    const { status, text } = await get(path);
    expect([status, text.includes(SECRET), text.includes('8462-4')]).toEqual([200, false, false]);
    expect(text).toContain('"code":"REDACTED"');
    expect(text).toContain('"code":"SUBSETTED"');
    expect(text).toContain('"value":120');
    node.consent('anna');
    expect((await get(path)).text).toContain(SECRET);
  });

  test('an older version, where nothing is labelled yet, is not shown at all', async () => {
    expect((await get('Observation/labelled/_history/1')).status).toBe(404);
    node.consent('anna');
    expect((await get('Observation/labelled/_history/1')).status).toBe(200);
  });

  test('what is shown is valid, and has a receipt of its own', async () => {
    const { headers, text, json } = await get('Observation/labelled');
    expect(json.component).toHaveLength(2);
    const validated = await node.send('POST', 'Observation/$validate', { body: text });
    expect(validated.json.issue.map(({ severity }: { severity: string }) => severity)).not.toContain('error');
    const url = headers.get('link')?.match(/<(.*)>/)?.[1] ?? '';
    await node.log.publish();
    expect((await get(url)).status).toBe(200);
    const whole = await get('Observation/labelled/$receipt');
    expect(JSON.parse(whole.text)).not.toHaveProperty('contentSalt');
  });

  test('the labels of an answer tell of what is shown, and not of what was left out', async () => {
    const security = async () => (await get('Observation?_id=labelled')).json.meta.security;
    const codes = async () => (await security()).map(({ code }: { code: string }) => code);
    expect(await codes()).toEqual(['N', 'REDACTED']);
    node.consent('anna');
    expect(await codes()).toEqual(['R', 'SDV']);
  });

  test('nobody writes it who does not see all of it', async () => {
    const body = observation('labelled', 'anna', '8302-2');
    expect((await node.send('PUT', 'Observation/labelled', { body })).status).toBe(403);
    expect((await node.send('DELETE', 'Observation/labelled')).status).toBe(204);
    expect((await get('Observation/labelled')).status).toBe(200);
    const headers = { 'if-none-exist': '_id=labelled', prefer: 'return=representation' };
    const matched = await node.send('POST', 'Observation', {
      body: observation('x', 'anna', '1-1'),
      headers,
    });
    expect([matched.status, matched.text.includes(SECRET)]).toEqual([200, false]);
  });
});

describe('no search tells what was left out', () => {
  test.each([
    ['its code', 'Observation?component-code=8462-4'],
    ['another code than its own', 'Observation?patient=anna&component-code:not=1-1'],
    ['another code', 'Observation?patient=anna&component-code:not=8462-4'],
    ['that it has one', 'Observation?patient=anna&component-code:missing=false'],
    ['a code of whole or part', 'Observation?patient=anna&combo-code=8302-2'],
    ['its code, of the patient', 'Patient?_has:Observation:patient:component-code=8462-4'],
    ['its order', 'Observation?patient=anna&_sort=component-code'],
  ])('by %s', async (_what, query) => {
    const found = await get(query);
    expect(found.text).not.toContain('"id":"labelled"');
    if (query.startsWith('Patient')) expect(found.json.entry).toBeUndefined();
    const counted = `${query}&_summary=count`;
    const { total } = (await get(counted)).json;
    node.consent('anna');
    if (found.status === 200 && !query.includes(':not=8462-4'))
      expect((await get(counted)).json.total).toBeGreaterThan(total);
  });

  test('and what does not depend on it finds it', async () => {
    expect(await node.search('Observation?patient=anna&code=8302-2')).toEqual(
      expect.arrayContaining(['labelled', 'plain']),
    );
    expect(await node.search('Patient?_has:Observation:patient:code=8302-2')).toEqual(['anna']);
  });

  test('by a reference that was left out: forward, backward, by chain and by include', async () => {
    const queries = [
      'Observation?encounter=visit',
      'Observation?encounter.status=finished',
      'Encounter?_has:Observation:encounter:code=8302-2',
    ];
    for (const query of queries) expect([query, await node.search(query)]).toEqual([query, []]);
    const included = await get('Observation?_id=linked&_include=Observation:encounter');
    expect(included.text).not.toContain('Encounter/visit');
    expect((await get('Encounter?_id=visit&_revinclude=Observation:encounter')).text).not.toContain('linked');
    node.consent('anna');
    expect(await node.search(queries[0] ?? '')).toEqual(['linked']);
    expect(await node.search(queries[2] ?? '')).toEqual(['visit']);
  });

  test('whose it is cannot be left out: where it is found would tell', async () => {
    expect((await get('Observation/whose')).status).toBe(404);
    expect((await get('Patient/anna/$everything')).text).not.toContain('"id":"whose"');
  });

  test('a scope that is restricted by what was left out does not reach it', async () => {
    const as = { scope: 'system/Observation.rs?component-code=8462-4' };
    expect((await node.send('GET', 'Observation/labelled', { as })).status).toBe(404);
    node.consent('anna');
    expect((await node.send('GET', 'Observation/labelled', { as })).status).toBe(200);
  });
});
