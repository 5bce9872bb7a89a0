import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleChaincode } from '../../scripts/chaincode.ts';
import {
  parseSignedCheckpoint,
  parseTlogProof,
  type Receipt,
  verifyLedgerEvidence,
} from '../../src/proof/index.ts';
import { describeOnFabric } from '../faults/fabric/on-fabric.ts';
import { COMMAND, NODE, ROOT, temporaryFolder } from '../journeys/harness/checkout.ts';
import { holdfast } from '../journeys/harness/command.ts';
import { type DemoPatient, patientsAt } from '../journeys/harness/demo.ts';
import { judge, networkPolicy } from '../journeys/harness/organisation.ts';
import { type RunningNode, startNode } from '../journeys/harness/running-node.ts';
import { until } from '../journeys/harness/until.ts';

const LONG_MS = 300_000; // a network that starts on a busy machine
const folder = temporaryFolder('migrate');
const old = join(folder, 'old');
const to = join(folder, 'new');
const bundle = join(folder, 'holdfast.mjs');
/** Networks of other test runs on this machine are elsewhere. */
const basePort = 32_000 + (process.pid % 50) * 100;

const command = (...given: string[]) => [
  ...['ledger', 'migrate', '--data', old, '--to', to, '--base-port', String(basePort)],
  ...['--port', String(basePort + 90), '--chaincode', bundle, '--json', ...given],
];
const migrate = (...given: string[]) => holdfast(command(...given), { timeoutMs: LONG_MS });
const treeSize = (receipt: Pick<Receipt, 'proof'>) =>
  Number(parseSignedCheckpoint(parseTlogProof(receipt.proof).checkpoint).checkpoint.size);

/** Begins a migration and kills it as soon as something is there. */
async function interrupted(what: string, isThere: () => boolean, ...given: string[]): Promise<void> {
  const child = spawn(NODE, [COMMAND, ...command(...given)], { cwd: ROOT, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await until(what, isThere, LONG_MS);
  child.kill('SIGKILL');
  await ended;
}

const record = () => JSON.parse(readFileSync(join(old, 'migration.json'), 'utf8'));

describeOnFabric('a ledger that moves from the embedded engine to a network of its members', () => {
  let before: { id: string; receipt: Receipt; policy: string; ledger: { id: string; height: number } };
  let granted: { patient: DemoPatient; consent: string; transaction: string; height: number };
  let late: Receipt;
  let node: RunningNode;

  beforeAll(async () => {
    await bundleChaincode(join(ROOT, 'src', 'node', 'fabric', 'chaincode.ts'), bundle);
    const source = await startNode({ engine: 'embedded', data: old, patients: 6 });
    const hospital = source.organisation('st-mary');
    const { id } = await hospital.create({ resourceType: 'Patient', name: [{ family: 'Early' }] });
    const [patient] = await patientsAt(source, 'st-mary', 'lakeside');
    if (patient === undefined) throw new Error('no demo patient');
    const request = { patient: patient.at('st-mary'), custodian: 'st-mary', grantee: 'lakeside' };
    const grant = patient.device.grant(request);
    const answer = await patient.device.send(grant, hospital);
    expect(answer.status, answer.text).toBe(201);
    const { transaction, height } = answer.json;
    granted = { patient, consent: grant.id, transaction, height };
    const { ledger } = (await source.send('/.well-known/holdfast')).json;
    const receipt = await hospital.receipt(`Patient/${id}`);
    before = { id, receipt, policy: await networkPolicy(source.port), ledger };
    await source.stop();
  }, LONG_MS);

  afterAll(async () => {
    await node?.stop();
    await holdfast(['ledger', 'down', '--data', join(to, 'network')]);
  }, 120_000);

  test(
    'is refused while the ledger is open, and when its state is not what its blocks give',
    async () => {
      expect(await migrate()).toMatchObject({ code: 1, json: { error: { code: 'ledger-open' } } });
      await interrupted('a folder for each organisation', () => existsSync(join(to, 'aurora')), '--close');
      const path = join(old, 'ledger', 'ledger.db');
      const change = (sql: string) => {
        const database = new DatabaseSync(path);
        database.exec(sql);
        database.close();
      };
      const where = "WHERE contract = 'membership' AND key = 'member/meridian'";
      change(`UPDATE state SET value = replace(value, '"active"', '"absent"') ${where}`);
      const refused = await migrate();
      expect(refused.code, refused.stdout).toBe(1);
      expect(refused.json.error.message).toMatch(/state-changed/);
      change(`UPDATE state SET value = replace(value, '"absent"', '"active"') ${where}`);
    },
    LONG_MS,
  );

  test(
    'interrupted after its members signed, it ends as it would have, and says that both states are equal',
    async () => {
      await interrupted('the signed continuation', () => record().continuation !== undefined);
      const done = await migrate();
      expect(done.code, done.stdout + done.stderr).toBe(0);
      const { ledger, closed, after, height, organisations, signers } = done.json;
      expect(done.json.before).toEqual(after);
      expect(after.entries).toBeGreaterThan(50);
      expect(ledger).toBe(before.ledger.id);
      expect(closed.height).toBeGreaterThanOrEqual(before.ledger.height);
      expect(height).toBeGreaterThan(closed.height);
      expect(organisations).toHaveLength(4);
      expect(signers).toHaveLength(4);
      const again = await migrate();
      expect(again).toMatchObject({ code: 0, json: { closed, after } });
      expect(again.json).not.toHaveProperty('height');
    },
    LONG_MS,
  );

  test('the folder that it left opens no more, and goes nowhere else', async () => {
    const started = await holdfast(['start', '--demo', '--data', old, '--port', '0', '--json']);
    expect(started).toMatchObject({ code: 2, json: { error: { code: 'ledger-migrated' } } });
    const elsewhere = await holdfast([...command(), '--network', join(folder, 'other')]);
    expect(elsewhere).toMatchObject({ code: 2, json: { error: { code: 'ledger-migrated' } } });
  });

  test(
    'the nodes go on: same ledger, next height, every record and consent as it was',
    async () => {
      expect((await holdfast(['ledger', 'down', '--data', join(to, 'network')])).code).toBe(0);
      node = await startNode({ engine: 'fabric', data: to, own: true });
      const { ledger } = (await node.send('/.well-known/holdfast')).json;
      expect(ledger).toMatchObject({ id: before.ledger.id, engine: 'fabric' });
      expect(ledger.height).toBeGreaterThan(record().closed.height);
      const hospital = node.organisation('st-mary');
      expect((await hospital.fhir('GET', `Patient/${before.id}`)).json.name).toEqual([{ family: 'Early' }]);
      const { patient, consent } = granted;
      const listed = await hospital.call('GET', `/consents?patient=${patient.at('st-mary')}`);
      expect(listed.json.consents).toContainEqual(expect.objectContaining({ id: consent, status: 'active' }));
      const blocks = (await node.send(`/ledger/blocks?from=${record().closed.height + 1}&limit=1`)).json
        .blocks;
      expect(blocks).toMatchObject([{ height: record().closed.height + 1, previous: record().closed.block }]);
    },
    LONG_MS,
  );

  test(
    'a receipt of before verifies as it did, and is renewed by a checkpoint of after',
    async () => {
      expect(judge(before.receipt, [before.policy])).toMatchObject({ ok: true });
      const hospital = node.organisation('st-mary');
      const { id } = await hospital.create({ resourceType: 'Patient', name: [{ family: 'Late' }] });
      late = await hospital.receipt(`Patient/${id}`);
      expect(treeSize(late)).toBeGreaterThan(treeSize(before.receipt));
      const renewed = await until('the receipt of before under a checkpoint of after', async () => {
        const receipt = await hospital.receipt(`Patient/${before.id}/_history/1`);
        return treeSize(receipt) >= treeSize(late) ? receipt : undefined;
      });
      const policy = await networkPolicy(hospital.port);
      expect(policy).toBe(before.policy);
      for (const receipt of [renewed, late]) expect(judge(receipt, [policy])).toMatchObject({ ok: true });
    },
    LONG_MS,
  );

  test(
    'evidence of a transaction of before and of one of after are of one ledger log',
    async () => {
      const evidenceOf = (transaction: string) =>
        until('evidence that a quorum of members signed', async () => {
          const answer = await node.send(`/ledger/transactions/${transaction}`);
          return answer.status === 200 ? answer.json : undefined;
        });
      const { patient, consent } = granted;
      const revoked = await patient.device.revoke(
        { id: consent, custodian: 'st-mary' },
        node.organisation('lakeside'),
      );
      expect(revoked.json).toMatchObject({ status: 'revoked' });
      const policies = [await networkPolicy(node.port)];
      const earlier = verifyLedgerEvidence(await evidenceOf(granted.transaction), policies);
      expect(earlier).toMatchObject({ ok: true, ledger: before.ledger.id, height: granted.height });
      const later = verifyLedgerEvidence(await evidenceOf(revoked.json.transaction), policies);
      expect(later).toMatchObject({
        ok: true,
        height: revoked.json.height,
        ordering: { ok: true, orderers: 4 },
      });
      expect(revoked.json.height).toBeGreaterThan(record().closed.height + 1);
    },
    LONG_MS,
  );

  test(
    'anchors follow those of before, and members are reached where they are now',
    async () => {
      const anchored = await until('an anchor of after', async () => {
        const { members } = (await node.send('/ledger')).json;
        const own = members.find(({ organisation }: { organisation: string }) => organisation === 'st-mary');
        return (own?.anchor?.size ?? 0) >= treeSize(late) ? own : undefined;
      });
      expect(anchored.url).toBe(`http://localhost:${basePort + 90}`);
    },
    LONG_MS,
  );
});
