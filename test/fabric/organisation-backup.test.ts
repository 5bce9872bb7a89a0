import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseSignedCheckpoint, type Receipt } from '../../src/proof/index.ts';
import type { Acknowledged } from '../faults/fabric/acknowledged.ts';
import { agreement } from '../faults/fabric/ledgers.ts';
import { describeOnFabric } from '../faults/fabric/on-fabric.ts';
import { pidOf } from '../faults/fabric/processes.ts';
import { temporaryFolder } from '../journeys/harness/checkout.ts';
import { holdfast } from '../journeys/harness/command.ts';
import { patientsAt } from '../journeys/harness/demo.ts';
import { judge, networkPolicy } from '../journeys/harness/organisation.ts';
import { type RunningNode, startNode } from '../journeys/harness/running-node.ts';
import { until } from '../journeys/harness/until.ts';

const LONG_MS = 300_000; // a network that starts on a busy machine
const folder = temporaryFolder('organisation-backup');
const to = join(folder, 'backup');
const kept = join(folder, 'kept');
const environment = { HOLDFAST_PASSPHRASE: 'holdfast demo passphrase' };

interface Stored {
  readonly id: string;
  readonly receipt: Receipt;
}

describeOnFabric('a backup of one organisation’s part of a network', () => {
  let node: RunningNode;
  let network: string;
  let data: string;
  let early: Stored;
  let late: Stored;
  let heightAtLoss: number;
  let doomed: string;
  const acknowledged: Acknowledged[] = [];

  const ledger = (verb: string, ...given: string[]) =>
    holdfast(['ledger', verb, '--data', network, '--json', ...given], { environment, timeoutMs: LONG_MS });
  const store = async (family: string): Promise<Stored> => {
    const clinic = node.organisation('lakeside');
    const { id } = await clinic.create({ resourceType: 'Patient', name: [{ family }] });
    return { id, receipt: await clinic.receipt(`Patient/${id}`) };
  };
  /** A consent on the ledger, acknowledged by its custodian. */
  const grant = async () => {
    const [patient] = await patientsAt(node, 'lakeside');
    if (patient === undefined) throw new Error('no demo patient');
    const asked = {
      patient: patient.at('lakeside'),
      custodian: 'lakeside',
      grantee: 'st-mary',
      linked: false,
    };
    const answer = await patient.device.send(patient.device.grant(asked), node.organisation('lakeside'));
    expect(answer.status, answer.text).toBe(201);
    const { transaction, height } = answer.json;
    acknowledged.push({ transaction, height, organisation: 'lakeside', atMs: performance.now() });
  };
  const logSize = async () =>
    Number(
      parseSignedCheckpoint((await node.organisation('lakeside').send('/log/checkpoint')).text).checkpoint
        .size,
    );

  beforeAll(async () => {
    node = await startNode({ engine: 'fabric', own: true, patients: 4 });
    [network, data] = [node.network ?? '', node.dataOf('lakeside')];
    early = await store('Early');
    doomed = (await store('Doomed')).id;
    await grant();
  }, LONG_MS);
  afterAll(() => node?.stop(), 120_000);

  test(
    'is made while the rest goes on, and afterwards its processes run again',
    async () => {
      const pid = pidOf(network, 'peer.lakeside');
      let isMade = false;
      const made = ledger('backup', '--org', `lakeside=${data}`, '--to', to, '--keys').finally(() => {
        isMade = true;
      });
      let meanwhile = 0;
      while (!isMade) {
        const answer = await node
          .organisation('st-mary')
          .create({ resourceType: 'Patient', name: [{ family: `Meanwhile ${meanwhile}` }] });
        await node.organisation('st-mary').receipt(`Patient/${answer.id}`);
        meanwhile += 1;
      }
      const { code, json, stdout, stderr } = await made;
      expect(code, stdout + stderr).toBe(0);
      expect(json).toMatchObject({
        organisation: 'lakeside',
        node: true,
        keys: { expires: expect.any(String) },
      });
      expect(meanwhile).toBeGreaterThan(0);
      await until('its peer runs again', () => pidOf(network, 'peer.lakeside') !== pid, 60_000);
    },
    LONG_MS,
  );

  test('holds no key that opens, of the processes or of anybody', () => {
    for (const entry of readdirSync(to, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      expect(entry.name).not.toMatch(/^(key\.pem|keyring)$/);
      const bytes = readFileSync(join(entry.parentPath, entry.name));
      expect(bytes.includes('PRIVATE KEY'), entry.name).toBe(false);
    }
  });

  test(
    'is refused into a folder that is not empty, and while another orderer is not well',
    async () => {
      const again = await ledger('backup', '--org', 'lakeside', '--to', to);
      expect(again).toMatchObject({ code: 2, json: { error: { code: 'input-unusable' } } });
      const pid = pidOf(network, 'orderer.aurora');
      process.kill(pid, 'SIGSTOP');
      try {
        const refused = await ledger('backup', '--org', 'lakeside', '--to', join(folder, 'second'));
        expect(refused).toMatchObject({ code: 1, json: { error: { code: 'orderers-too-few' } } });
      } finally {
        process.kill(pid, 'SIGCONT');
      }
    },
    LONG_MS,
  );

  test(
    'that was changed, or is another organisation’s, is not restored',
    async () => {
      late = await until('a receipt of after the backup', () => store('Late'), 60_000);
      const body = { reason: 'subject-request' };
      const erased = await node
        .organisation('lakeside')
        .call('POST', `/patients/${doomed}/erasure`, { body });
      expect(erased.status, erased.text).toBe(200);
      await grant();
      heightAtLoss = (await node.send('/.well-known/holdfast')).json.ledger.height;
      await node.stop();
      // What a backup never holds is kept apart, as the guide says.
      cpSync(join(data, 'organisations', 'lakeside', 'keyring'), join(kept, 'keyring'), { recursive: true });
      rmSync(data, { recursive: true });
      rmSync(join(network, 'organisations', 'lakeside'), { recursive: true });
      const genesis = join(to, 'network', 'genesis.block');
      const bytes = readFileSync(genesis);
      writeFileSync(genesis, Buffer.concat([bytes, Buffer.of(0)]));
      const restore = (id: string) =>
        ledger('restore', '--org', `${id}=${data}`, '--from', to, '--keyring', kept);
      expect((await restore('lakeside')).code).toBe(2);
      writeFileSync(genesis, bytes.with(9, (bytes[9] ?? 0) ^ 1));
      expect((await restore('lakeside')).code).not.toBe(0);
      writeFileSync(genesis, bytes);
      expect((await restore('aurora')).json.error.message).toMatch(/backup of lakeside/);
      const keyless = await ledger('restore', '--org', `lakeside=${data}`, '--from', to);
      expect(keyless).toMatchObject({ code: 2, json: { error: { code: 'keys-missing' } } });
      const done = await restore('lakeside');
      expect(done.code, done.stdout + done.stderr).toBe(0);
      expect((await restore('lakeside')).json.error.message).toMatch(/still holds blocks/);
    },
    LONG_MS,
  );

  test(
    'goes on where the others are: every block, every leaf, no second history',
    async () => {
      const everything = node.data;
      node = await startNode({ engine: 'fabric', data: everything, own: true });
      const clinic = node.organisation('lakeside');
      const peer = async () => {
        const { organisations } = (await ledger('status')).json;
        return organisations.find(
          ({ organisation }: { organisation: string }) => organisation === 'lakeside',
        );
      };
      await until(
        'peer and orderer have caught up',
        async () => {
          const { peer: own, orderer } = await peer();
          return own.lag === 0 && orderer.lag === 0 && own.height > heightAtLoss;
        },
        60_000,
      );
      expect((await clinic.fhir('GET', `Patient/${early.id}`)).status).toBe(200);
      expect([404, 410]).toContain((await clinic.fhir('GET', `Patient/${doomed}`)).status);
      expect(await clinic.searchIds('Patient?family=Doomed')).toEqual([]);
      const policy = await networkPolicy(clinic.port);
      for (const { receipt } of [early, late]) expect(judge(receipt, [policy])).toMatchObject({ ok: true });
      const before = await until('the leaves of after the backup', async () => {
        const size = await logSize();
        return size > 0 && size;
      });
      const { receipt } = await store('Newest');
      expect(judge(receipt, [policy])).toMatchObject({ ok: true });
      expect(await logSize()).toBeGreaterThan(before);
      expect(await agreement(node, acknowledged)).toMatchObject({ lost: [], forks: [] });
    },
    LONG_MS,
  );
});
