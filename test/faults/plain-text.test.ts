import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../journeys/harness/checkout.ts';
import { patientAt } from '../journeys/harness/demo.ts';
import { outcomesOf } from '../journeys/harness/network-bundle.ts';
import { type RunningNode, startNode } from '../journeys/harness/running-node.ts';
import { until } from '../journeys/harness/until.ts';
import { searchBytes } from './plain-text/search-bytes.ts';
import { type Term, termsOf } from './plain-text/terms.ts';

/** Types that the demo holds of patients, and that tell something. */
const TYPES = [
  'Patient',
  'Condition',
  'Observation',
  'MedicationRequest',
  'Immunization',
  'AllergyIntolerance',
  'Procedure',
  'DiagnosticReport',
  'DocumentReference',
];

let node: RunningNode;
let terms: Term[];
let explorer: string;
beforeAll(async () => {
  node = await startNode({ patients: 12, environment: { HOLDFAST_LOG: 'debug' } });
  await tellTheStory();
  const found = new Map<string, Term>();
  for (const id of node.organisations)
    for (const term of await termsOf(node.organisation(id), TYPES)) found.set(term.text, term);
  terms = [...found.values()];
  explorer = await ledgerText();
});
afterAll(() => node?.stop());

/** Grant, read, refused requests that carry names in every place a client can put them, revoke. */
async function tellTheStory(): Promise<void> {
  const patient = await patientAt(node, 'st-mary', 'lakeside');
  const hospital = node.organisation('st-mary');
  const clinic = node.organisation('lakeside');
  const grant = patient.device.grant({
    patient: patient.at('st-mary'),
    custodian: 'st-mary',
    grantee: 'lakeside',
  });
  expect((await patient.device.send(grant, hospital)).status).toBe(201);
  const path = `Patient/${patient.at('lakeside')}/$network-everything`;
  await until(
    'the grant works',
    async () => outcomesOf((await clinic.fhir('GET', path)).json)['st-mary'] === 'complete',
  );
  const { json } = await hospital.fhir('GET', `Patient/${patient.at('st-mary')}`);
  const family = encodeURIComponent(json.name[0].family);
  await hospital.fhir('GET', `Patient?family=${family}&birthdate=${json.birthDate}`);
  await hospital.fhir('GET', `Patient?nonsense=${family}`);
  await hospital.fhir('GET', `${family}/1`);
  await hospital.fhir('POST', 'Patient', { body: { ...json, gender: json.name[0].family } });
  await hospital.fhir('POST', 'Patient', { body: JSON.stringify(json).slice(0, -20) });
  await hospital.call('GET', `/consents?patient=${family}`);
  await node.send(`/${family}`);
  await node.send('/demo/sign-in', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: `{"persona":"${json.birthDate}"}`,
  });
  await patient.device.revoke(grant, node.organisation('meridian'));
}

async function ledgerText(): Promise<string> {
  const { height } = (await node.send('/ledger/blocks')).json;
  const texts = [(await node.send('/metrics')).text];
  for (let from = 0; from <= height; from += 200)
    texts.push((await node.send(`/ledger/blocks?from=${from}&limit=200`)).text);
  return texts.join('\n');
}

test('the terms are those of real records: names, identifiers, birth dates, codes and texts', () => {
  const kinds = new Map<string, number>();
  for (const { kind } of terms) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  process.stdout.write(`terms: ${[...kinds].map(([kind, count]) => `${count} × ${kind}`).join(', ')}\n`);
  for (const kind of ['name', 'identifier', 'birth date', 'code', 'text'])
    expect([kind, (kinds.get(kind) ?? 0) > 3]).toEqual([kind, true]);
});

test('the search finds what is there: a planted name in every form it knows', () => {
  const folder = temporaryFolder('planted');
  const term: Term = { text: 'Lüdenscheidt', kind: 'name' };
  const base64 = Buffer.from(`xx${term.text} and more`).toString('base64');
  const texts = [
    term.text,
    Buffer.from(term.text, 'utf16le'),
    Buffer.from(term.text).toString('hex'),
    base64,
    'LUDENSCHEIDT'.toLowerCase(),
  ];
  for (const [index, text] of texts.entries()) writeFileSync(join(folder, `${index}`), text);
  const { findings } = searchBytes([term], folder, {});
  expect(new Set(findings.map(({ place }) => place))).toEqual(new Set(texts.map((_, index) => `${index}`)));
});

test('a code is found beside a digest, and not among its digits', () => {
  const folder = temporaryFolder('digest');
  const digest = 'a3'.repeat(13);
  const term: Term = { text: '312941', kind: 'code' };
  const texts = {
    beside: `{"block":"${digest}","code":"312941"}`,
    glued: `${digest.slice(0, 8)}312941`,
    among: `${digest}312941${digest}`,
  };
  const dumped = { text: 'Lüdenscheidt', kind: 'name' } as const;
  const dump = Buffer.from(`a name: ${dumped.text}, and more`).toString('hex');
  const { findings } = searchBytes([term, dumped], folder, { ...texts, dump });
  expect(findings.map(({ place }) => place)).toEqual(['beside', 'glued', 'dump']);
});

test('none of them stands in the data folder, on the ledger, in metrics, or in what the process wrote', async () => {
  const live = searchBytes(terms, node.data, { ledger: explorer, output: node.output() });
  expect(await node.stop()).toBe(0);
  const closed = searchBytes(terms, node.data, { output: node.output() });
  process.stdout.write(
    `walked ${closed.files} files, ${Math.round(closed.sizeBytes / 1e6)} MB, ${node.output().length} bytes of output\n`,
  );
  expect(closed.files).toBeGreaterThan(10);
  const said = [...live.findings, ...closed.findings].map(
    ({ place, term, form }) => `${place}: ${term.kind} as ${form}: ${term.text}`,
  );
  expect([...new Set(said)]).toEqual([]);
});
