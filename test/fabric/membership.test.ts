import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleChaincode } from '../../scripts/chaincode.ts';
import { LedgerError } from '../../src/ledger/index.ts';
import { describeOnFabric } from '../faults/fabric/on-fabric.ts';
import { ROOT, temporaryFolder } from '../journeys/harness/checkout.ts';
import { freePort, type RunningNode } from '../journeys/harness/running-node.ts';
import { until } from '../journeys/harness/until.ts';
import { certificateEndingIn } from './harness/certificate.ts';
import { blocksAt, grantOnce, Load, submitOnce } from './harness/load.ts';
import { done, initialised, ledger, type Member, started } from './harness/members.ts';
import {
  canBeRenewed,
  type KeptReceipt,
  keepReceipt,
  logsMoveOn,
  stillVerifies,
} from './harness/receipts.ts';
import { weakenEndorsement } from './harness/weaken.ts';

/** Processes that start one after the other on two busy cores. */
const LONG_MS = 400_000;
/** Acknowledgements before and after what the load is to survive. */
const SOME = 5;

const FOUNDERS = ['st-mary', 'lakeside', 'meridian', 'aurora'];
const network = join(temporaryFolder('membership'), 'network');
const basePort = 21_000 + (process.pid % 100) * 100;
const nodes = new Map<string, RunningNode>();
const kept: KeptReceipt[] = [];
let members: Map<string, Member>;

const member = (id: string): Member => {
  const found = members.get(id);
  if (found === undefined) throw new Error(`there is no member ${id}`);
  return found;
};
const start = async (id: string) => nodes.set(id, await started(member(id)));
const drift = async (): Promise<{ code: string; organisation?: string; mend: string }[]> =>
  (await ledger(network, 'status')).json.drift;
const codes = async () => (await drift()).map(({ code, organisation }) => [code, organisation]);

describeOnFabric('a network whose channel follows membership', () => {
  beforeAll(async () => {
    const bundle = join(network, '..', 'holdfast.mjs');
    await bundleChaincode(join(ROOT, 'src', 'node', 'fabric', 'chaincode.ts'), bundle);
    const ports = await Promise.all(FOUNDERS.map(() => freePort()));
    const founders = new Map(FOUNDERS.map((id, place) => [id, ports[place] ?? 0]));
    const made = await Promise.all(
      [...founders].map(([id, port]) => initialised(network, id, port, founders)),
    );
    members = new Map(made.map((each) => [each.id, each]));
    members.set('harbour', await initialised(network, 'harbour', await freePort()));
    const named = made.flatMap(({ id, data }) => ['--org', `${id}=${data}`]);
    const up = await ledger(network, 'up', '--base-port', String(basePort), '--chaincode', bundle, ...named);
    done(up);
    const early = await ledger(network, 'add-org', '--org', `harbour=${member('harbour').data}`);
    expect([early.code, early.json.error.message]).toEqual([1, expect.stringContaining('has not begun')]);
    await Promise.all(FOUNDERS.map(start));
    kept.push(await keepReceipt(member('st-mary'), 'before an organisation joined, and its own suspension'));
    kept.push(await keepReceipt(member('aurora'), 'of a founder'));
    // A newcomer replays blocks with the grants of others, from before it was a member.
    await grantOnce(network, 'st-mary');
  }, LONG_MS);
  afterAll(async () => {
    await Promise.all([...nodes.values()].map((node) => node.stop()));
    await ledger(network, 'down');
  }, LONG_MS);

  test('takes in nobody whom no member proposed, and names the command that comes first', async () => {
    expect(await codes()).toEqual([]);
    const refused = await ledger(network, 'add-org', '--org', `harbour=${member('harbour').data}`);
    expect([refused.code, refused.json.error]).toEqual([
      1,
      {
        code: 'not-agreed',
        message: expect.stringContaining(
          'holdfast ledger add-org --org harbour=FOLDER --propose --as MEMBER',
        ),
      },
    ]);
  });

  test(
    'takes in a fifth once more than half of the members approved it',
    async () => {
      const harbour = `harbour=${member('harbour').data}`;
      const proposed = await ledger(network, 'add-org', '--org', harbour, '--propose', '--as', 'st-mary');
      expect([proposed.code, proposed.json]).toMatchObject([
        1,
        { agreed: false, proposal: { approvals: ['st-mary'], needed: 3, change: { kind: 'join' } } },
      ]);
      const half = await ledger(network, 'add-org', '--org', 'harbour', '--approve', '--as', 'lakeside');
      expect(half.json).toMatchObject({ agreed: false, proposal: { approvals: ['st-mary', 'lakeside'] } });
      const early = await ledger(network, 'add-org', '--org', harbour);
      expect([early.code, early.json.error]).toMatchObject([1, { code: 'not-agreed', message: /2 of 3/ }]);
      const most = await ledger(network, 'add-org', '--org', 'harbour', '--approve', '--as', 'meridian');
      expect([most.code, most.json.agreed]).toEqual([0, true]);
      expect(await drift()).toMatchObject([
        { code: 'member-missing', organisation: 'harbour', mend: 'holdfast ledger add-org --org harbour' },
      ]);
      const added = await ledger(network, 'add-org', '--org', harbour);
      done(added);
      expect(await codes()).toEqual([]);
    },
    LONG_MS,
  );

  test(
    'whose node catches up from block 0, and has the same blocks',
    async () => {
      await start('harbour');
      kept.push(await keepReceipt(member('harbour'), 'of the newcomer'));
      const { height } = (await ledger(network, 'status')).json;
      const [own, others] = [
        await blocksAt(network, 'harbour', height - 1),
        await blocksAt(network, 'st-mary', height - 1),
      ];
      expect(own.length).toBe(height);
      expect(own.map(({ hash }) => hash)).toEqual(others.map(({ hash }) => hash));
      const seen = await until('the node has every block', async () => {
        const answer = await nodes.get('harbour')?.send('/.well-known/holdfast');
        return answer?.json.ledger.height >= height - 1 ? answer : undefined;
      });
      expect(seen.json.ledger.id).toBe(
        (await nodes.get('st-mary')?.send('/.well-known/holdfast'))?.json.ledger.id,
      );
    },
    LONG_MS,
  );

  test(
    'renews certificates of node, orderer and TLS without losing what was acknowledged',
    async () => {
      const loads = await Promise.all(['lakeside', 'st-mary'].map((id) => Load.begin(network, id)));
      const acknowledged = (count: number) =>
        until('acknowledgements', () => loads.every((load) => load.acknowledged.length >= count), 60_000);
      await acknowledged(SOME);
      const rotated = await ledger(network, 'rotate', '--org', `st-mary=${member('st-mary').data}`);
      done(rotated);
      await acknowledged(Math.max(...loads.map((load) => load.acknowledged.length)) + SOME);
      const all = (await Promise.all(loads.map((load) => load.end()))).flat();
      const newest = Math.max(...all.map(({ height }) => height));
      for (const id of ['st-mary', 'harbour']) {
        const blocks = await blocksAt(network, id, newest);
        expect(all.filter(({ transaction, height }) => !blocks[height]?.valid.has(transaction))).toEqual([]);
      }
      await nodes.get('st-mary')?.stop();
      await start('st-mary');
      kept.push(await keepReceipt(member('st-mary'), 'after its certificates were renewed'));
      expect(await codes()).toEqual([]);
    },
    LONG_MS,
  );

  test('warns of a certificate that ends soon, in status, readiness and metrics of its own node', async () => {
    const path = join(network, 'organisations', 'lakeside', 'tls', 'operator', 'cert.pem');
    const present = readFileSync(path);
    writeFileSync(path, await certificateEndingIn(30.5, member('lakeside').data, 'lakeside'));
    const { code, json } = await ledger(network, 'status');
    expect([code, json.problems]).toEqual([
      1,
      ['Certificate tls/operator of lakeside ends in 30 days: holdfast ledger rotate --org lakeside.'],
    ]);
    const node = nodes.get('lakeside');
    const { ready, warnings } = (await node?.send('/ready'))?.json ?? {};
    expect([ready, warnings]).toEqual([
      true,
      expect.arrayContaining([expect.stringContaining('tls/operator ends in 30 days')]),
    ]);
    expect((await node?.send('/metrics'))?.text).toContain(
      'holdfast_certificate_days_left{holder="tls/operator"} 30',
    );
    writeFileSync(path, present);
    expect((await node?.send('/ready'))?.text).not.toContain('tls/operator');
  });

  test(
    'goes on by itself after its processes were away: nodes that ran, and one that started before its peer',
    async () => {
      await nodes.get('meridian')?.stop();
      expect((await ledger(network, 'down')).code).toBe(0);
      let heard = '';
      const starting = started(member('meridian'), (text) => {
        heard += text;
      });
      await until('the node waits for its peer', () => heard.includes('waiting for the own peer'), 60_000);
      done(await ledger(network, 'up'));
      nodes.set('meridian', await starting);
      kept.push(await keepReceipt(member('meridian'), 'of a node that started before its peer'));
      kept.push(await keepReceipt(member('lakeside'), 'of a node whose peer was away'));
      expect([...nodes.values()].map((node) => node.running())).not.toContain(false);
    },
    LONG_MS,
  );

  test(
    'runs the next chaincode once the organisations approved it',
    async () => {
      const bundle = join(network, '..', 'holdfast.mjs');
      const next = join(network, '..', 'next.mjs');
      writeFileSync(next, `${readFileSync(bundle, 'utf8')}\n// The next release.\n`);
      const before = (await ledger(network, 'status')).json.chaincode;
      const upgraded = await ledger(network, 'upgrade', '--chaincode', next);
      expect([upgraded.code, upgraded.json]).toEqual([
        0,
        { version: expect.not.stringMatching(before), sequence: 2 },
      ]);
      kept.push(await keepReceipt(member('lakeside'), 'after the upgrade'));
    },
    LONG_MS,
  );

  test(
    'finds a policy by which one organisation would endorse alone, and mends it',
    async () => {
      await weakenEndorsement(network);
      expect(await drift()).toMatchObject([{ code: 'policy-differs', mend: 'holdfast ledger mend' }]);
      expect((await ledger(network, 'mend')).json).toEqual({ mended: true });
      expect(await codes()).toEqual([]);
      expect((await ledger(network, 'mend')).json).toEqual({ mended: false });
    },
    LONG_MS,
  );

  test(
    'keeps a member until more than half of the others suspended it, and then shuts it out',
    async () => {
      const refused = await ledger(network, 'suspend', '--org', 'st-mary');
      expect([refused.code, refused.json.error.code]).toEqual([1, 'not-agreed']);
      const members = ['--as', 'aurora', '--as', 'lakeside', '--as', 'harbour'];
      const agreed = await ledger(network, 'suspend', '--org', 'st-mary', '--propose', ...members);
      expect([agreed.code, agreed.json.agreed]).toEqual([0, true]);
      expect(await codes()).toEqual([
        ['suspended-present', 'st-mary'],
        ['orderer-surplus', 'st-mary'],
      ]);
      const suspended = await ledger(network, 'suspend', '--org', 'st-mary');
      expect([suspended.code, suspended.json]).toEqual([0, { organisation: 'st-mary', isOrdererGone: true }]);
      expect(await codes()).toEqual([]);
      await expect(submitOnce(network, 'st-mary')).rejects.toBeInstanceOf(LedgerError);
      expect((await submitOnce(network, 'aurora')).height).toBeGreaterThan(0);
      kept.push(await keepReceipt(member('meridian'), 'after a suspension'));
    },
    LONG_MS,
  );

  test(
    'takes a suspended member back once more than half of the others want it',
    async () => {
      const as = ['--as', 'aurora', '--as', 'lakeside', '--as', 'harbour'];
      const agreed = await ledger(network, 'add-org', '--org', 'st-mary', '--propose', ...as);
      expect([agreed.code, agreed.json.proposal.change]).toEqual([
        0,
        { kind: 'reinstate', organisation: 'st-mary' },
      ]);
      expect(await codes()).toEqual([['member-missing', 'st-mary']]);
      done(await ledger(network, 'add-org', '--org', 'st-mary'));
      expect(await codes()).toEqual([]);
      expect((await submitOnce(network, 'st-mary')).height).toBeGreaterThan(0);
    },
    LONG_MS,
  );

  test(
    'keeps its promises: every receipt of before verifies afterwards, and is renewed by others',
    async () => {
      expect(kept.map(({ when }) => when)).toHaveLength(8);
      await logsMoveOn(kept.map(({ owner }) => owner));
      for (const each of kept) {
        expect([each.when, stillVerifies(each)]).toEqual([each.when, true]);
        const by = each.owner.id === 'lakeside' ? 'meridian' : 'lakeside';
        expect([each.when, await canBeRenewed(each, member(by))]).toEqual([each.when, true]);
      }
    },
    LONG_MS,
  );
});
