import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from './harness/checkout.ts';
import { holdfast } from './harness/command.ts';
import { type DemoPatient, patientAt } from './harness/demo.ts';
import { contentsOf, entriesOf, outcomesOf, receiptOf } from './harness/network-bundle.ts';
import { judge, networkPolicy } from './harness/organisation.ts';
import type { Grant } from './harness/patient-device.ts';
import { type RunningNode, startNode } from './harness/running-node.ts';
import { checkTampered, largestValues } from './harness/tampering.ts';
import { until } from './harness/until.ts';

let node: RunningNode;
let patient: DemoPatient;
let grant: Grant;
let scan: { id: string };
const files = temporaryFolder('story');
/** Noise does not compress: sealed, it is the largest value that the hospital stores. */
const PIXELS = randomBytes(300_000).toString('base64');

beforeAll(async () => {
  node = await startNode({ own: true });
  patient = await patientAt(node, 'st-mary', 'lakeside');
});
afterAll(() => node?.stop());

const clinician = { user: 'Practitioner/story', scope: 'user/*.crus', purpose: 'TREAT' };
const networkRecord = () =>
  node
    .organisation('lakeside')
    .fhir('GET', `Patient/${patient.at('lakeside')}/$network-everything`, { as: clinician });

describe('a patient decides who reads, and everything that happens can be proven', () => {
  test('the hospital stores a record, and its receipt verifies offline', async () => {
    const hospital = node.organisation('st-mary');
    scan = await hospital.create({
      resourceType: 'DocumentReference',
      status: 'current',
      subject: { reference: `Patient/${patient.at('st-mary')}` },
      description: 'A scan with 1.50 mm slices',
      content: [{ attachment: { contentType: 'application/octet-stream', data: PIXELS } }],
    });
    const receipt = await hospital.receipt(`DocumentReference/${scan.id}`);
    const { text } = await hospital.fhir('GET', `DocumentReference/${scan.id}`);
    const verdict = judge(receipt, [await networkPolicy(node.port)], text);
    expect(verdict).toMatchObject({ ok: true, contentChecked: 'checked', flags: [] });
    expect(receipt.event.object).toBe(`DocumentReference/${scan.id}/_history/1`);
  });

  test('the clinic is refused before the patient grants anything', async () => {
    const answer = await networkRecord();
    expect(answer.status).toBe(200);
    expect(outcomesOf(answer.json)['st-mary']).toBe('not-permitted');
    expect(entriesOf(answer.json, 'st-mary')).toEqual([]);
  });

  test('the patient grants the clinic access with a key that only they hold', async () => {
    grant = patient.device.grant({
      patient: patient.at('st-mary'),
      custodian: 'st-mary',
      grantee: 'lakeside',
    });
    const answer = await patient.device.send(grant, node.organisation('st-mary'));
    expect(answer.status, answer.text).toBe(201);
    expect(answer.json).toMatchObject({ id: grant.id, sequence: 1, status: 'active' });
    expect(answer.json.transaction).toMatch(/^[0-9a-f]{32,64}$/);
  });

  test('the clinic reads the record through its own node, every entry with a receipt that verifies offline', async () => {
    const answer = await until('the grant reaches the clinic', async () => {
      const tried = await networkRecord();
      return outcomesOf(tried.json)['st-mary'] === 'complete' ? tried : undefined;
    });
    const policies = [await networkPolicy(node.port)];
    const entries = entriesOf(answer.json, 'st-mary');
    expect(entries.map((entry) => entry.resource.id)).toContain(scan.id);
    expect(entries.length).toBeGreaterThan(10);
    const contents = contentsOf(answer.text);
    const checkpoints = new Set<string>();
    for (const entry of entries) {
      const receipt = receiptOf(entry);
      const verdict = judge(receipt, policies, contents.get(entry.fullUrl));
      expect(verdict).toMatchObject({ ok: true, contentChecked: 'checked' });
      checkpoints.add(JSON.parse(receipt).proof.split('\n\n').slice(1).join('\n\n'));
    }
    expect(checkpoints.size).toBe(1);
    const file = join(files, 'receipt.json');
    const content = join(files, 'content.json');
    const policy = join(files, 'policy.txt');
    const shown = entries.find((entry) => entry.resource.id === scan.id);
    writeFileSync(file, receiptOf(shown));
    writeFileSync(content, contents.get(shown?.fullUrl ?? '') ?? '');
    writeFileSync(policy, policies[0] ?? '');
    const verified = await holdfast(['verify', file, '--policy', policy, '--content', content, '--json']);
    expect(verified.code, verified.stderr).toBe(0);
    expect(verified.json.ok).toBe(true);
  });

  test('the patient sees in their own log who looked, and on which consent it rested', async () => {
    const own = { user: `Patient/${patient.at('st-mary')}`, scope: 'patient/*.rs', purpose: 'PATRQT' };
    const hospital = node.organisation('st-mary');
    const events = await hospital.searchAll(`AuditEvent?patient=Patient/${patient.at('st-mary')}`, {
      as: own,
    });
    const disclosed = events.filter((event) => JSON.stringify(event).includes('lakeside'));
    expect(disclosed.length).toBeGreaterThan(0);
    expect(disclosed.some((event) => JSON.stringify(event).includes(grant.id))).toBe(true);
    const [event] = disclosed;
    const receipt = await hospital.receipt(`AuditEvent/${event.id}`, { as: own });
    expect(judge(receipt, [await networkPolicy(node.port)])).toMatchObject({ ok: true });
  });

  test('the accounting of disclosures names the clinic', async () => {
    const path = `/audit/disclosures?patient=${patient.at('st-mary')}`;
    const answer = await node.organisation('st-mary').call('GET', path);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.text).toContain('lakeside');
  });

  test('the patient revokes at a third member, and the clinic is refused from then on', async () => {
    const answer = await patient.device.revoke(grant, node.organisation('meridian'));
    expect(answer.status, answer.text).toBe(200);
    expect(answer.json).toMatchObject({ id: grant.id, sequence: 2, status: 'revoked' });
    const after = await until('the revocation reaches everybody', async () => {
      const tried = await networkRecord();
      return outcomesOf(tried.json)['st-mary'] === 'not-permitted' ? tried : undefined;
    });
    expect(entriesOf(after.json, 'st-mary')).toEqual([]);
    expect(after.text).not.toContain(scan.id);
  });

  test('a byte that somebody tampers with is found, and the record is named', async () => {
    const data = node.dataOf('st-mary');
    expect(await node.stop()).toBe(0);
    const clean = await holdfast(['fsck', '--data', data, '--json']);
    expect(clean.code, clean.stdout + clean.stderr).toBe(0);
    expect(clean.json).toMatchObject({ ok: true, problems: [] });
    const sealed = largestValues(data).find(({ file }) => file.includes('st-mary'));
    if (sealed === undefined) throw new Error('nothing to tamper with');
    const found = await checkTampered(data, sealed);
    expect(found.code, found.stderr).toBe(1);
    expect(found.json.ok).toBe(false);
    expect(found.json.problems.map((problem: { object: string }) => problem.object)).toContain(
      `DocumentReference/${scan.id}/_history/1`,
    );
  });
});
