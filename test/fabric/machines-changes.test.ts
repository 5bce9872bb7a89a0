import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LedgerError } from '../../src/ledger/index.ts';
import { describeOnFabric } from '../faults/fabric/on-fabric.ts';
import { submitOnce } from './harness/load.ts';
import { Machines } from './harness/machines.ts';
import { done } from './harness/members.ts';
import {
  canBeRenewed,
  type KeptReceipt,
  keepReceipt,
  logsMoveOn,
  stillVerifies,
} from './harness/receipts.ts';
import { weakenEndorsement } from './harness/weaken.ts';

/** Processes of five machines start on one. */
const LONG_MS = 500_000;
const ALL = ['st-mary', 'lakeside', 'meridian', 'aurora', 'harbour'];
const machines = new Machines(ALL);
const kept: KeptReceipt[] = [];
const type = (id: string, ...given: readonly string[]) => machines.type(id, ...given);
const driftAt = async (id: string) => (await type(id, 'status')).json.drift;

describeOnFabric('members with machines of their own change their network', () => {
  beforeAll(async () => {
    await machines.initialise(ALL);
    await machines.found();
    kept.push(await keepReceipt(machines.at('st-mary').member, 'before any change'));
  }, LONG_MS);
  afterAll(() => machines.end(), LONG_MS);

  test(
    'find that one alone could endorse, and set it back, each signing what it computed itself',
    async () => {
      const network = (id: string) => machines.at(id).network;
      const weak = (id: string, from?: string) =>
        weakenEndorsement(network(id), from && machines.update('weaken', from, id)[1]);
      await expect(weak('st-mary')).rejects.toMatchObject({ code: 'majority-missing' });
      await expect(weak('lakeside', 'st-mary')).rejects.toMatchObject({ code: 'majority-missing' });
      await weak('meridian', 'lakeside');
      for (const id of ALL) expect([id, await driftAt(id)]).toMatchObject([id, [{ code: 'policy-differs' }]]);

      expect((await type('aurora', 'mend')).json.error.code).toBe('majority-missing');
      const wrong = await type('harbour', 'mend', ...machines.update('weaken', 'st-mary', 'harbour'));
      expect([wrong.code, wrong.json.error.code]).toEqual([1, 'update-differs']);
      const second = await type('harbour', 'mend', ...machines.update('mend-policies', 'aurora', 'harbour'));
      expect(second.json.error.code).toBe('majority-missing');
      const third = await type('st-mary', 'mend', ...machines.update('mend-policies', 'harbour', 'st-mary'));
      expect([third.code, third.json]).toEqual([0, { mended: true }]);
      for (const id of ALL) expect([id, await driftAt(id)]).toEqual([id, []]);
    },
    LONG_MS,
  );

  test(
    'run the next chaincode once more than half have approved it',
    async () => {
      const next = machines.nextBundle(`${readFileSync(machines.bundle, 'utf8')}\n// The next release.\n`);
      const upgrade = (id: string) => type(id, 'upgrade', '--chaincode', next);
      const before = (await type('st-mary', 'status')).json.chaincode;
      for (const id of ['st-mary', 'lakeside']) {
        const early = await upgrade(id);
        expect([id, early.code, early.json.error.code]).toEqual([id, 1, 'majority-missing']);
      }
      expect((await type('st-mary', 'status')).json.chaincode).toBe(before);
      for (const id of ['meridian', 'aurora', 'harbour']) done(await upgrade(id));
      for (const id of ALL) {
        const upgraded = await upgrade(id);
        expect([id, upgraded.code, upgraded.json]).toEqual([
          id,
          0,
          { version: expect.not.stringMatching(before), sequence: 2 },
        ]);
      }
      kept.push(await keepReceipt(machines.at('st-mary').member, 'after the upgrade'));
    },
    LONG_MS,
  );

  test(
    'shut one out that more than half of the others suspended',
    async () => {
      const suspend = (id: string, ...more: readonly string[]) =>
        type(id, 'suspend', '--org', 'aurora', ...more);
      expect((await suspend('st-mary')).json.error.code).toBe('not-agreed');
      expect((await suspend('st-mary', '--propose')).json).toMatchObject({ agreed: false });
      expect((await suspend('lakeside', '--approve')).json).toMatchObject({ agreed: false });
      expect((await suspend('harbour', '--approve')).json).toMatchObject({ agreed: true });
      // First it loses writing and endorsement, then its orderer goes: two changes, each of which a majority signs.
      const leaving = (from: string, to: string) => machines.update('suspend-aurora', from, to);
      const last = (from: string, to: string) => machines.update('remove-orderer-aurora', from, to);
      expect((await suspend('st-mary')).json.error.code).toBe('majority-missing');
      const second = await suspend('lakeside', ...leaving('st-mary', 'lakeside'));
      expect(second.json.error.code).toBe('majority-missing');
      const third = await suspend('harbour', ...leaving('lakeside', 'harbour'));
      expect([third.json.error.code, third.json.error.message]).toEqual([
        'majority-missing',
        expect.stringContaining('remove-orderer-aurora.update'),
      ]);
      await expect(submitOnce(machines.at('aurora').network, 'aurora')).rejects.toBeInstanceOf(LedgerError);
      const fourth = await suspend('st-mary', ...last('harbour', 'st-mary'));
      expect(fourth.json.error.code).toBe('majority-missing');
      const fifth = await suspend('lakeside', ...last('st-mary', 'lakeside'));
      expect([fifth.code, fifth.json]).toEqual([0, { organisation: 'aurora', isOrdererGone: true }]);
      for (const id of ['st-mary', 'meridian', 'harbour']) expect((await suspend(id)).code).toBe(0);
      expect((await submitOnce(machines.at('meridian').network, 'meridian')).height).toBeGreaterThan(0);
      for (const id of ALL.filter((each) => each !== 'aurora'))
        expect([id, await driftAt(id)]).toEqual([id, []]);
      kept.push(await keepReceipt(machines.at('harbour').member, 'after a suspension'));
    },
    LONG_MS,
  );

  test(
    'keep their promises: receipts verify and are renewed by others',
    async () => {
      await logsMoveOn(kept.map(({ owner }) => owner));
      for (const each of kept) {
        expect([each.when, stillVerifies(each)]).toEqual([each.when, true]);
        expect([each.when, await canBeRenewed(each, machines.at('meridian').member)]).toEqual([
          each.when,
          true,
        ]);
      }
    },
    LONG_MS,
  );
});
