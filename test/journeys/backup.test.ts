import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseSignedCheckpoint, type Receipt } from '../../src/proof/index.ts';
import { temporaryFolder } from './harness/checkout.ts';
import { holdfast } from './harness/command.ts';
import { judge, networkPolicy } from './harness/organisation.ts';
import { type RunningNode, startNode } from './harness/running-node.ts';
import { until } from './harness/until.ts';

const folder = temporaryFolder('backup');
let node: RunningNode;
beforeAll(async () => {
  node = await startNode({ patients: 2 });
});
afterAll(() => node?.stop());

const basic = (text: string) => ({ resourceType: 'Basic', code: { text } });
const logSize = async (at: RunningNode, organisation = 'st-mary') =>
  Number(parseSignedCheckpoint((await at.send(`/orgs/${organisation}/log/checkpoint`)).text).checkpoint.size);

describe('an old backup', () => {
  let kept: { id: string; receipt: Receipt };
  let late: { id: string; receipt: Receipt };
  let sizeAtLoss: number;

  test('is made of a live node', async () => {
    const hospital = node.organisation('st-mary');
    const { id } = await hospital.create(basic('before the backup'));
    kept = { id, receipt: await hospital.receipt(`Basic/${id}`) };
    const ran = await holdfast(['backup', '--data', node.data, '--to', join(folder, 'data'), '--json']);
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    const keys = await holdfast([
      'backup',
      '--data',
      node.data,
      '--to',
      join(folder, 'keys'),
      '--keys',
      '--json',
    ]);
    expect(keys.code, keys.stdout + keys.stderr).toBe(0);
  });

  test('holds none of the keys unless it is the backup of keys', () => {
    const names = (at: string) =>
      readdirSync(at, { recursive: true, encoding: 'utf8' }).map((name) => name.split('/').at(-1));
    expect(names(join(folder, 'data'))).not.toContain('keys.db');
  });

  test('restored, lets the log continue where the witnesses saw it last', async () => {
    const hospital = node.organisation('st-mary');
    const { id } = await hospital.create(basic('after the backup'));
    late = { id, receipt: await hospital.receipt(`Basic/${id}`) };
    await until('the late entry is anchored', async () => {
      sizeAtLoss = await logSize(node);
      return sizeAtLoss > Number(/index (\d+)/.exec(late.receipt.proof)?.[1]);
    });
    const ledger = (await node.send('/ledger/blocks')).json.height;
    expect(await node.stop()).toBe(0);
    const restored = join(folder, 'restored');
    // The ledger belongs to the network and survives the loss of one organisation's folder.
    cpSync(node.data, restored, { recursive: true });
    const ran = await holdfast(['restore', '--from', join(folder, 'data'), '--data', restored, '--json']);
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    node = await startNode({ data: restored, patients: 2 });
    expect((await node.send('/ledger/blocks')).json.height).toBeGreaterThanOrEqual(ledger);
    const after = node.organisation('st-mary');
    await after.create(basic('after the restore'));
    await until('the log goes on', async () => (await logSize(node)) > sizeAtLoss);
  });

  test('afterwards, receipts from before and after it still verify', async () => {
    const hospital = node.organisation('st-mary');
    const policies = [await networkPolicy(node.port)];
    expect(judge(kept.receipt, policies)).toMatchObject({ ok: true });
    expect(judge(late.receipt, policies)).toMatchObject({ ok: true });
    expect((await hospital.fhir('GET', `Basic/${kept.id}`)).json.code.text).toBe('before the backup');
    expect(judge(await hospital.receipt(`Basic/${kept.id}`), policies)).toMatchObject({ ok: true });
    expect(await node.stop()).toBe(0);
    const checked = await holdfast(['fsck', '--data', node.data, '--json']);
    expect(checked.json, checked.stderr).toMatchObject({ ok: true });
    node = await startNode({ data: node.data, patients: 2 });
  });
});

describe('a backup of another moment', () => {
  test('of a stopped node opens as a whole elsewhere, with its passphrase', async () => {
    const hospital = node.organisation('st-mary');
    const { id } = await hospital.create(basic('moved'));
    expect(await node.stop()).toBe(0);
    const elsewhere = join(folder, 'elsewhere');
    cpSync(node.data, elsewhere, { recursive: true });
    node = await startNode({ data: elsewhere, patients: 2 });
    expect((await node.organisation('st-mary').fhir('GET', `Basic/${id}`)).json.code.text).toBe('moved');
    expect(readFileSync(join(elsewhere, 'holdfast.yaml'), 'utf8')).toContain('demo');
  });
});
