import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { FhirNode, observation, patient } from './suite/index.ts';

const START_MS = 60_000; // two key derivations and a ledger's worth of files, beside other suites
const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
/** LOINC: HIV 1 RNA; body height. */
const [SENSITIVE, USUAL] = ['20447-9', '8302-2'];

let node: FhirNode;
beforeAll(async () => {
  node = await FhirNode.start();
  await node.put(patient('anna'));
  await node.put(observation('viral-load', 'anna', SENSITIVE));
  await node.put(observation('height', 'anna', USUAL));
}, START_MS);
afterAll(() => node?.stop());
beforeEach(() => node.consent('anna'));

const batch = (...urls: string[]) => ({
  resourceType: 'Bundle',
  type: 'batch',
  entry: urls.map((url) => ({ request: { method: 'GET', url } })),
});
const marksOf = ({ json }: { json: { meta?: { security?: { code: string }[] } } }) =>
  json.meta?.security?.map(({ code }) => code);

test.each([
  ['a search', 'Observation?patient=anna'],
  ['a history', 'Observation/_history'],
  ['an include', 'Patient?_id=anna&_revinclude=Observation:patient'],
  ['everything', 'Patient/anna/$everything'],
])('%s carries the highest labels of what is in it', async (_way, path) => {
  expect(marksOf(await node.send('GET', path))).toEqual(['R', 'HIV']);
  node.consent('anna', { type: 'deny', securityLabel: [{ system: ACT_CODE, code: 'HIV' }] });
  expect(marksOf(await node.send('GET', path))).toEqual(['N']);
});

test('so does a batch, of what its entries show', async () => {
  const send = async (...urls: string[]) => marksOf(await node.send('POST', '', { body: batch(...urls) }));
  expect(await send('Observation/height')).toEqual(['N']);
  expect(await send('Observation/height', 'Observation/viral-load')).toEqual(['R', 'HIV']);
  expect(await send('Observation/height', 'Observation?code=20447-9')).toEqual(['R', 'HIV']);
  expect(await send('Observation/nothing')).toBeUndefined();
});

test('a label that was computed decides, and stands neither in the version nor in the index', async () => {
  node.consent('anna', { type: 'deny', securityLabel: [{ system: ACT_CODE, code: 'HIV' }] });
  expect((await node.send('GET', 'Observation/viral-load')).status).toBe(404);
  expect(await node.search('Observation?patient=anna')).toEqual(['height']);
  node.consent('anna');
  expect((await node.send('GET', 'Observation/viral-load')).json.meta).not.toHaveProperty('security');
  expect(await node.search(`Observation?_security=${ACT_CODE}|HIV`)).toEqual([]);
});

test('nobody writes what they may not read by its label', async () => {
  node.consent('anna', { type: 'deny', securityLabel: [{ system: ACT_CODE, code: 'HIV' }] });
  const body = observation('another', 'anna', SENSITIVE);
  expect((await node.send('PUT', 'Observation/another', { body })).status).toBe(403);
});
