import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseSignedCheckpoint, type Receipt } from '../../src/proof/index.ts';
import { temporaryFolder } from './harness/checkout.ts';
import { holdfast } from './harness/command.ts';
import { judge, networkPolicy } from './harness/organisation.ts';
import { type RunningNode, startNode } from './harness/running-node.ts';
import { until } from './harness/until.ts';

const folder = temporaryFolder('backup');
const at = (name: string) => join(folder, name);
const names = (place: string) =>
  readdirSync(place, { recursive: true, encoding: 'utf8' }).map((name) => name.split('/').at(-1));
const logSize = async (node: RunningNode) =>
  Number(parseSignedCheckpoint((await node.send('/orgs/st-mary/log/checkpoint')).text).checkpoint.size);

describe('an old backup', () => {
  let node: RunningNode;
  let kept: { id: string; receipt: Receipt };
  let late: { id: string; receipt: Receipt };
  let doomed: { patient: string; observation: string; receipt: Receipt };
  let sizeAtLoss: number;
  let heightAtLoss: number;

  beforeAll(async () => {
    node = await startNode({ patients: 2, data: at('original') });
    const hospital = node.organisation('st-mary');
    const { id } = await hospital.create({ resourceType: 'Basic', code: { text: 'before the backup' } });
    kept = { id, receipt: await hospital.receipt(`Basic/${id}`) };
    const { id: patient } = await hospital.create({ resourceType: 'Patient', name: [{ family: 'Doomed' }] });
    const subject = { reference: `Patient/${patient}` };
    const code = { coding: [{ system: 'http://loinc.org', code: '8867-4' }] };
    const { id: observation } = await hospital.create({
      resourceType: 'Observation',
      status: 'final',
      code,
      subject,
    });
    doomed = { patient, observation, receipt: await hospital.receipt(`Observation/${observation}`) };
    for (const [to, more] of [
      ['data', []],
      ['with-keys', ['--keys']],
    ] as const) {
      const ran = await holdfast(['backup', '--data', node.data, '--to', at(to), '--json', ...more]);
      expect([to, ran.code, ran.stderr]).toEqual([to, 0, expect.any(String)]);
    }
  });
  afterAll(() => node?.stop());

  test('holds no key: neither keyring nor key store in the clear', () => {
    for (const name of ['keyring', 'keys.db']) {
      expect(names(at('data'))).not.toContain(name);
      expect(names(at('with-keys'))).not.toContain(name);
    }
  });

  test('is not made over something else, nor restored over something else', async () => {
    const again = await holdfast(['backup', '--data', node.data, '--to', at('data'), '--json']);
    expect(again.code).toBe(2);
    const over = await holdfast(['restore', '--from', at('data'), '--data', node.data, '--json']);
    expect(over.code).not.toBe(0);
    expect(node.running()).toBe(true);
  });

  test('misses what comes later: a record, and the erasure of a patient', async () => {
    const hospital = node.organisation('st-mary');
    const { id } = await hospital.create({ resourceType: 'Basic', code: { text: 'after the backup' } });
    late = { id, receipt: await hospital.receipt(`Basic/${id}`) };
    const body = { reason: 'subject-request' };
    const erased = await hospital.call('POST', `/patients/${doomed.patient}/erasure`, { body });
    expect(erased.status, erased.text).toBe(200);
    for (const path of [`Patient/${doomed.patient}`, `Observation/${doomed.observation}`])
      expect([404, 410]).toContain((await hospital.fhir('GET', path)).status);
    expect(await hospital.searchIds('Patient?family=Doomed')).toEqual([]);
    const { index } = { index: Number(/index (\d+)/.exec(late.receipt.proof)?.[1]) };
    sizeAtLoss = await until('the late entry is cosigned', async () => {
      const size = await logSize(node);
      return size > index ? size : undefined;
    });
    heightAtLoss = (await node.send('/ledger/blocks')).json.height;
    expect(await node.stop()).toBe(0);
  });

  test.each([
    ['restored', 'data', () => at('original')],
    [
      'restored with the key store of that time, in which the erased patient’s key still is',
      'with-keys',
      () => {
        cpSync(at('original'), at('without-keys'), { recursive: true });
        for (const name of readdirSync(at('without-keys'), { recursive: true, encoding: 'utf8' }))
          if (/keys\.db/.test(name)) rmSync(join(at('without-keys'), name));
        return at('without-keys');
      },
    ],
  ])('%s, lets the log continue and keeps the erased patient erased', async (_what, from, source) => {
    const data = at(`from-${from}`);
    const given = ['restore', '--from', at(from), '--data', data, '--keyring', source(), '--json'];
    const ran = await holdfast(given);
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    expect(ran.json.ledger).toBe('original');
    node = await startNode({ data, patients: 2 });
    const hospital = node.organisation('st-mary');
    expect((await node.send('/ledger/blocks')).json.height).toBeGreaterThanOrEqual(heightAtLoss);
    await hospital.create({ resourceType: 'Basic', code: { text: 'after the restore' } });
    await until('the log goes on', async () => (await logSize(node)) > sizeAtLoss);
    for (const path of [`Patient/${doomed.patient}`, `Observation/${doomed.observation}`])
      expect([404, 410]).toContain((await hospital.fhir('GET', path)).status);
    expect(await hospital.searchIds('Patient?family=Doomed')).toEqual([]);
    expect(await hospital.searchIds(`Observation?patient=${doomed.patient}`)).toEqual([]);
    const policies = [await networkPolicy(node.port)];
    for (const receipt of [kept.receipt, late.receipt, doomed.receipt])
      expect(judge(receipt, policies)).toMatchObject({ ok: true });
    expect((await hospital.fhir('GET', `Basic/${kept.id}`)).json.code.text).toBe('before the backup');
    expect(judge(await hospital.receipt(`Basic/${kept.id}`), policies)).toMatchObject({ ok: true });
    expect(await node.stop()).toBe(0);
    const checked = await holdfast(['fsck', '--data', data, '--json']);
    expect(checked.code, checked.stdout + checked.stderr).toBe(0);
  });
});
