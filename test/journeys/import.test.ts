import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { canonicalizeJsonText } from '../../src/proof/index.ts';
import { describeVectors } from '../interop/vectors.ts';
import { ROOT, temporaryFolder } from './harness/checkout.ts';
import { holdfast } from './harness/command.ts';
import { judge, networkPolicy, type Organisation } from './harness/organisation.ts';
import { type RunningNode, startNode } from './harness/running-node.ts';
import { withoutServerFields } from './harness/stored-content.ts';

/** The random sample of official examples of this form: every seed is another sample of the same kind. */
const SEED = Number(process.env.HOLDFAST_SEED ?? 20_261_123);
const SAMPLE = 220; // about ten seconds
const LARGEST_BYTES = 400_000; // the conformance bundles are for the long form
const BUNDLES = 3; // patients of the second Synthea set; all 54 are for the long form

const EXAMPLES = join(ROOT, 'node_modules', 'hl7.fhir.r4.examples');
const SHARED = process.env.HOLDFAST_TESTDATA ?? join(ROOT, '..', 'shared', 'testdata');

let node: RunningNode;
let hospital: Organisation;
beforeAll(async () => {
  node = await startNode({ patients: 1 });
  hospital = node.organisation('st-mary');
});
afterAll(() => node?.stop());

const importInto = (org: string, paths: readonly string[], more: readonly string[] = []) =>
  holdfast(['import', ...paths, '--org', org, '--url', node.url, '--json', ...more]);

/** As many names as wanted, drawn by the seed. */
function sampled(names: readonly string[], count: number): string[] {
  let state = SEED >>> 0;
  const draw = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return names
    .map((name) => ({ name, at: draw() }))
    .sort((a, b) => a.at - b.at)
    .slice(0, count)
    .map(({ name }) => name);
}

test(`official examples are stored, read back equal to the last digit, each with a receipt that verifies (sample of seed ${SEED})`, async () => {
  const names = readdirSync(EXAMPLES).filter((name) => name.endsWith('.json') && name !== 'package.json');
  expect(names).toHaveLength(5306);
  const small = names.filter((name) => readFileSync(join(EXAMPLES, name)).length < LARGEST_BYTES);
  const chosen = sampled(small, SAMPLE);
  const ran = await importInto(
    'st-mary',
    chosen.map((name) => join(EXAMPLES, name)),
    ['--store-bundles'],
  );
  expect(ran.stderr).not.toContain('Error');
  const { read, stored, unchanged, refused } = ran.json;
  expect(read).toBe(SAMPLE);
  expect(stored + unchanged + refused.length).toBe(SAMPLE);
  for (const { file, element, rule } of refused)
    expect([file, typeof element, typeof rule]).toEqual([file, 'string', 'string']);
  expect(refused.length).toBeLessThan(SAMPLE / 50);
  const policies = [await networkPolicy(node.port)];
  const isRefused = new Set(refused.map(({ file }: { file: string }) => file.split('/').at(-1)));
  const faults: string[] = [];
  for (const name of chosen.filter((each) => !isRefused.has(each))) {
    const source = readFileSync(join(EXAMPLES, name), 'utf8');
    const { resourceType, id } = JSON.parse(source);
    const { status, text } = await hospital.fhir('GET', `${resourceType}/${id}`);
    if (status !== 200) faults.push(`${name}: ${status}`);
    else if (withoutServerFields(text) !== withoutServerFields(canonicalizeJsonText(source)))
      faults.push(`${name}: differs`);
    else {
      const verdict = judge(await hospital.receipt(`${resourceType}/${id}`), policies, text);
      if (!verdict.ok || verdict.contentChecked !== 'checked')
        faults.push(`${name}: receipt ${JSON.stringify(verdict)}`);
    }
  }
  expect(faults).toEqual([]);
});

describeVectors('Synthea', () => {
  test('bulk NDJSON imports with its conditional references resolved, and twice doubles nothing', async () => {
    const folder = join(SHARED, 'fhir', 'synthea-bulk-10');
    const types = [
      'Organization',
      'Location',
      'Practitioner',
      'PractitionerRole',
      'Patient',
      'AllergyIntolerance',
      'Immunization',
    ];
    // Backwards, so that every reference is to something that comes later.
    const files = types.toReversed().map((type) => join(folder, `${type}.000.ndjson`));
    const lines = files.reduce((sum, file) => sum + readFileSync(file, 'utf8').trim().split('\n').length, 0);
    const first = await importInto('lakeside', files);
    expect(first.json, first.stderr).toMatchObject({ read: lines, stored: lines, unchanged: 0, refused: [] });
    const again = await importInto('lakeside', files);
    expect(again.json).toMatchObject({ read: lines, stored: 0, unchanged: lines, refused: [] });
    const clinic = node.organisation('lakeside');
    const patients = await clinic.searchAll(
      'Patient?_count=100&identifier=https://github.com/synthetichealth/synthea|',
    );
    expect(patients).toHaveLength(13);
    const immunizations = await clinic.searchAll(`Immunization?patient=${patients[0].id}`);
    expect(immunizations.length).toBeGreaterThan(0);
    for (const { reference } of immunizations.map(({ location }) => location ?? {}))
      if (reference !== undefined) expect(reference).not.toContain('?');
  });

  test('transaction bundles execute, gzipped as they come, and twice doubles no practitioner', async () => {
    const folder = join(SHARED, 'fhir', 'synthea-bundles');
    const all = readdirSync(folder).filter((name) => name.endsWith('.json.gz'));
    const shared = all.filter((name) => name.startsWith('0-'));
    const patients = all.filter((name) => !name.startsWith('0-')).slice(0, BUNDLES);
    const entriesIn = (names: string[]) =>
      names.reduce(
        (sum, name) => sum + JSON.parse(gunzipSync(readFileSync(join(folder, name))).toString()).entry.length,
        0,
      );
    const files = [...shared, ...patients].map((name) => join(folder, name));
    const first = await importInto('aurora', files);
    expect(first.json, first.stderr).toMatchObject({ refused: [] });
    const expected = entriesIn([...shared, ...patients]);
    expect(first.json.stored + first.json.unchanged).toBe(expected);
    const company = node.organisation('aurora');
    const count = async (type: string) => (await company.fhir('GET', `${type}?_summary=count`)).json.total;
    const before = [await count('Practitioner'), await count('Patient'), await count('Observation')];
    const again = await importInto('aurora', files);
    expect(again.json).toMatchObject({ stored: 0, refused: [] });
    expect([await count('Practitioner'), await count('Patient'), await count('Observation')]).toEqual(before);
    const [observation] = await company.searchAll('Observation?code=http://loinc.org|8302-2&_count=1');
    expect(observation.subject.reference).toMatch(/^Patient\//);
    expect((await company.fhir('GET', observation.subject.reference)).status).toBe(200);
  });
});

test('what is refused is reported by file, line, resource, element and rule, and the rest goes in', async () => {
  const folder = temporaryFolder('import');
  const file = join(folder, 'mixed.ndjson');
  const lines = [
    { resourceType: 'Basic', id: 'good-1', code: { text: 'a' } },
    { resourceType: 'Patient', id: 'bad-1', gender: 'nope' },
    { resourceType: 'Basic', id: 'good-2', code: { text: 'b' } },
    { resourceType: 'Nonsense', id: 'bad-2' },
  ];
  writeFileSync(file, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n{"resourceType":\n`);
  const ran = await importInto('meridian', [file]);
  expect(ran.code).toBe(1);
  expect(ran.json).toMatchObject({ read: 5, stored: 2, unchanged: 0 });
  const refused: { line: number; resource?: string; element?: string; rule: string }[] = ran.json.refused;
  expect(refused.map(({ line }) => line)).toEqual([2, 4, 5]);
  expect(refused[0]).toMatchObject({ resource: 'Patient/bad-1', element: 'Patient.gender' });
  const payer = node.organisation('meridian');
  expect((await payer.fhir('GET', 'Basic/good-2')).status).toBe(200);
  expect((await payer.fhir('GET', 'Patient/bad-1')).status).toBe(404);
});

test('an imported Consent is inert, and an imported AuditEvent does not speak for this node', async () => {
  const folder = temporaryFolder('import');
  const file = join(folder, 'foreign.ndjson');
  const patient = { resourceType: 'Patient', id: 'imported', name: [{ family: 'Imported' }] };
  const consent = {
    resourceType: 'Consent',
    id: 'imported-consent',
    status: 'active',
    scope: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
    },
    category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
    patient: { reference: 'Patient/imported' },
    policy: [{ uri: 'https://example.org' }],
    provision: { type: 'deny' },
  };
  writeFileSync(file, `${JSON.stringify(patient)}\n${JSON.stringify(consent)}\n`);
  const ran = await importInto('meridian', [file]);
  expect(ran.json, ran.stderr).toMatchObject({ read: 2, stored: 2, refused: [] });
  const payer = node.organisation('meridian');
  expect((await payer.fhir('GET', 'Patient/imported')).status).toBe(200);
  const { consents } = (await payer.call('GET', '/consents?patient=imported')).json;
  expect(consents).toEqual([]);
});

test.each([
  ['a file that is not there', ['/nowhere.json'], 2],
  ['nothing', [], 2],
])('%s is unusable input', async (_what, paths, code) => {
  expect((await importInto('st-mary', paths)).code).toBe(code);
});

test('a node that is not there is unavailable', async () => {
  const file = join(temporaryFolder('import'), 'one.json');
  writeFileSync(file, JSON.stringify({ resourceType: 'Basic', id: 'x', code: { text: 'x' } }));
  const ran = await holdfast(['import', file, '--org', 'st-mary', '--url', 'http://127.0.0.1:9', '--json']);
  expect(ran.code).toBe(3);
});
