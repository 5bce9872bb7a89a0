import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeResult } from '../../bench/machine.ts';
import { ROOT } from '../journeys/harness/checkout.ts';
import { holdfast } from '../journeys/harness/command.ts';
import type { Organisation } from '../journeys/harness/organisation.ts';
import { type RunningNode, startNode } from '../journeys/harness/running-node.ts';

const FHIR = join(process.env.HOLDFAST_TESTDATA ?? join(ROOT, '..', 'shared', 'testdata'), 'fhir');
const IMPORT_TIMEOUT_MS = 1_800_000; // 33,148 resources, twice
const BUNDLED = 33_148;
const BULK = 7_160;

let node: RunningNode;
beforeAll(async () => {
  node = await startNode({ patients: 1, arguments: [] });
});
afterAll(() => node?.stop());

async function imported(org: string, files: readonly string[]) {
  const beganMs = performance.now();
  const ran = await holdfast(['import', ...files, '--org', org, '--url', node.url, '--json'], {
    timeoutMs: IMPORT_TIMEOUT_MS,
  });
  expect(ran.stdout, ran.stderr).not.toBe('');
  const { read, stored, unchanged, refused } = ran.json;
  return { read, stored, unchanged, refused, seconds: Math.round((performance.now() - beganMs) / 1000) };
}

const count = async (organisation: Organisation, type: string): Promise<number> =>
  (await organisation.fhir('GET', `${type}?_summary=count`, { timeoutMs: 120_000 })).json.total;

const types = [
  'Practitioner',
  'Organization',
  'Location',
  'Patient',
  'Observation',
  'Encounter',
  'Condition',
  'Claim',
];

test('the bundles: 33,148 resources, searchable, references resolved, twice doubles nothing', async () => {
  const folder = join(FHIR, 'synthea-bundles');
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.json.gz'))
    .sort();
  const byType = new Map<string, number>();
  for (const name of names)
    for (const { resource } of JSON.parse(gunzipSync(readFileSync(join(folder, name))).toString()).entry)
      byType.set(resource.resourceType, (byType.get(resource.resourceType) ?? 0) + 1);
  expect([...byType.values()].reduce((sum, each) => sum + each, 0)).toBe(BUNDLED);
  const files = names.map((name) => join(folder, name));
  const first = await imported('aurora', files);
  const company = node.organisation('aurora');
  const counts = () => Promise.all(types.map((type) => count(company, type)));
  const before = await counts();
  const again = await imported('aurora', files);
  const observations = await company.searchAll('Observation?code=http://loinc.org|8302-2&_count=1000');
  writeResult('import-synthea-bundles', {
    what: 'Synthea transaction and batch Bundles imported twice',
    first,
    again,
    counts: Object.fromEntries(types.map((type, at) => [type, before[at]])),
  });
  expect(first.refused).toEqual([]);
  expect(first.stored + first.unchanged).toBe(BUNDLED);
  expect(again).toMatchObject({ stored: 0, refused: [] });
  expect(await counts()).toEqual(before);
  for (const type of ['Observation', 'Encounter', 'Condition', 'Claim'])
    expect([type, before[types.indexOf(type)]]).toEqual([type, byType.get(type)]);
  expect(observations.length).toBeGreaterThan(100);
  for (const { subject } of observations.slice(0, 20))
    expect((await company.fhir('GET', subject.reference)).status).toBe(200);
});

test('the bulk files: 7,160 resources, searchable, references resolved, twice doubles nothing', async () => {
  const folder = join(FHIR, 'synthea-bulk-10');
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.ndjson') && name !== 'log.ndjson')
    .map((name) => join(folder, name));
  const first = await imported('lakeside', files);
  const clinic = node.organisation('lakeside');
  const counts = () => Promise.all(types.map((type) => count(clinic, type)));
  const before = await counts();
  const again = await imported('lakeside', files);
  writeResult('import-synthea-bulk', { what: 'Synthea bulk NDJSON imported twice', first, again });
  expect(first).toMatchObject({ read: BULK, stored: BULK, refused: [] });
  expect(again).toMatchObject({ read: BULK, stored: 0, unchanged: BULK, refused: [] });
  expect(await counts()).toEqual(before);
  const [request] = await clinic.searchAll('MedicationRequest?_count=1');
  expect((await clinic.fhir('GET', request.requester.reference)).status).toBe(200);
});
