import { appendFileSync, cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyLedgerEvidence } from '../../src/proof/index.ts';
import { describeOnFabric } from '../faults/fabric/on-fabric.ts';
import { temporaryFolder } from '../journeys/harness/checkout.ts';
import { type DemoPatient, patientsAt } from '../journeys/harness/demo.ts';
import { send } from '../journeys/harness/http.ts';
import { networkPolicy } from '../journeys/harness/organisation.ts';
import { freePort, type RunningNode, startNode } from '../journeys/harness/running-node.ts';
import { until } from '../journeys/harness/until.ts';
import { done, initialised, ledger as onNetwork } from './harness/members.ts';

const LONG_MS = 300_000; // a network that starts on a busy machine
const folder = temporaryFolder('snapshot');
const taken = join(folder, 'snapshot');

describeOnFabric('a peer that joins from a snapshot', () => {
  let node: RunningNode;
  let network: string;
  let block: number;
  let hash: string;
  let early: { patient: DemoPatient; consent: string; transaction: string; height: number };

  const ledger = (verb: string, ...given: string[]) => onNetwork(network, verb, ...given);
  const snapshot = () => ['--snapshot', taken, '--snapshot-hash', hash];
  const chainOf = (organisation: string) =>
    join(
      network,
      'organisations',
      organisation,
      'peer',
      'data',
      'ledgersData',
      'chains',
      'chains',
      'holdfast',
    );
  const entries = async (organisation: string) =>
    (await node.organisation(organisation).send('/ledger/log/entries?from=0')).text.trimEnd().split('\n');
  const grant = async () => {
    const [patient] = await patientsAt(node, 'lakeside');
    if (patient === undefined) throw new Error('no demo patient');
    const asked = {
      patient: patient.at('lakeside'),
      custodian: 'lakeside',
      grantee: 'st-mary',
      linked: false,
    };
    const made = patient.device.grant(asked);
    // Pending while peers are behind, on a busy machine; said again, it is answered as it then stands.
    const { transaction, height } = await until(
      'the grant is committed',
      async () => {
        const answer = await patient.device.send(made, node.organisation('lakeside'));
        expect([201, 202], answer.text).toContain(answer.status);
        return answer.status === 201 ? answer.json : undefined;
      },
      120_000,
    );
    return { patient, consent: made.id, transaction, height };
  };

  beforeAll(async () => {
    node = await startNode({ engine: 'fabric', own: true, patients: 4 });
    network = node.network ?? '';
    early = await grant();
  }, LONG_MS);
  afterAll(() => node?.stop(), 120_000);

  test(
    'needs one that every peer made the same, and that nobody changed',
    async () => {
      const made = await ledger('snapshot', '--to', taken);
      expect(made.code, made.stdout + made.stderr).toBe(0);
      expect(made.json.organisations).toHaveLength(4);
      expect(made.json.hash).toMatch(/^[0-9a-f]{64}$/);
      ({ block, hash } = made.json);
      expect(block).toBeGreaterThanOrEqual(early.height);
      const changed = join(folder, 'changed');
      cpSync(taken, changed, { recursive: true });
      appendFileSync(join(changed, 'public_state.data'), '!');
      const joinFrom = (from: string, told = hash) =>
        ledger('join-from', '--org', 'lakeside', '--snapshot', from, '--snapshot-hash', told);
      const another = await joinFrom(taken, '0'.repeat(64));
      expect(another).toMatchObject({ code: 1, json: { error: { code: 'hash-differs' } } });
      expect(await joinFrom(changed)).toMatchObject({ code: 1, json: { error: { code: 'backup-damaged' } } });
      expect(await joinFrom(folder)).toMatchObject({ code: 2, json: { error: { code: 'network-invalid' } } });
      expect((await ledger('snapshot', '--to', taken)).code).toBe(2);
    },
    LONG_MS,
  );

  test(
    'is made at a block to come on which members agreed, and at none that has passed',
    async () => {
      const agreed = join(folder, 'agreed');
      const passed = await ledger('snapshot', '--to', agreed, '--block', '1');
      expect([passed.code, passed.json.error.code]).toEqual([2, 'network-invalid']);
      expect(existsSync(agreed)).toBe(false);
      const at = block + 20;
      const waiting = ledger('snapshot', '--to', agreed, '--block', String(at));
      const latest = await until(
        'somebody writes',
        async () => {
          const made = await grant();
          return made.height >= at && made;
        },
        LONG_MS,
      );
      const made = await waiting;
      expect(made.code, made.stdout + made.stderr).toBe(0);
      expect(made.json).toMatchObject({ block: at, hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
      expect(made.json.hash).not.toBe(hash);
      expect(latest.height).toBeGreaterThanOrEqual(at);
    },
    LONG_MS,
  );

  test(
    'a node whose peer lost its blocks takes the leaves from the others and the consents from the state',
    async () => {
      const before = await entries('lakeside');
      const data = node.dataOf('lakeside');
      const everything = node.data;
      await node.stop();
      const peer = join(network, 'organisations', 'lakeside', 'peer', 'data');
      for (const name of readdirSync(peer)) rmSync(join(peer, name), { recursive: true });
      const own = join(data, 'organisations', 'lakeside');
      for (const name of readdirSync(own)) if (name.startsWith('ledger-log.db')) rmSync(join(own, name));
      const database = new DatabaseSync(join(own, 'data.db'));
      for (const table of ['node_projection', 'consent_view', 'consent_states'])
        database.exec(`DELETE FROM ${table}`);
      database.close();
      const laid = await ledger('join-from', '--org', 'lakeside', ...snapshot());
      expect(laid.code, laid.stdout).toBe(0);
      node = await startNode({ engine: 'fabric', data: everything, own: true });
      expect(existsSync(join(chainOf('lakeside'), 'bootstrappingSnapshot.info'))).toBe(true);
      const clinic = node.organisation('lakeside');
      expect((await entries('lakeside')).slice(0, before.length)).toEqual(before);
      const listed = await clinic.call('GET', `/consents?patient=${early.patient.at('lakeside')}`);
      expect(listed.json.consents).toContainEqual(
        expect.objectContaining({ id: early.consent, status: 'active' }),
      );
      const blocks = (await send(clinic.port, '/ledger/blocks?from=0&limit=1')).json.blocks;
      expect(blocks).toMatchObject([{ height: block + 1 }]);
      const evidence = await until('evidence of a transaction that its peer has no block of', async () => {
        const answer = await send(clinic.port, `/ledger/transactions/${early.transaction}`);
        return answer.status === 200 ? answer.json : undefined;
      });
      const verdict = verifyLedgerEvidence(evidence, [await networkPolicy(clinic.port)]);
      expect(verdict).toMatchObject({ ok: true, height: early.height });
      await grant();
    },
    LONG_MS,
  );

  test(
    'a newcomer’s peer is there without the blocks of before, and goes on with the others',
    async () => {
      const { data } = await initialised(network, 'harbor', await freePort());
      const org = `harbor=${data}`;
      const members = ['--as', 'st-mary', '--as', 'lakeside', '--as', 'meridian'];
      done(await ledger('add-org', '--org', org, '--propose', ...members));
      const added = await ledger('add-org', '--org', org, ...snapshot());
      expect(added.code, added.stdout + added.stderr).toBe(0);
      expect(existsSync(join(chainOf('harbor'), 'bootstrappingSnapshot.info'))).toBe(true);
      await grant();
      await until(
        'its peer has the newest block',
        async () => {
          const { organisations } = (await ledger('status')).json;
          const own = organisations.find((each: { organisation: string }) => each.organisation === 'harbor');
          return own.peer.lag === 0 && own.peer.height > block + 1;
        },
        60_000,
      );
    },
    LONG_MS,
  );
});
