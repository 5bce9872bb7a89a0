import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DemoPatient, patientAt } from '../../journeys/harness/demo.ts';
import type { Answer } from '../../journeys/harness/http.ts';
import { startNode } from '../../journeys/harness/running-node.ts';
import { type FaultNetwork, faultNetwork, networkOf, underLoad } from './fault-network.ts';
import { blocksFrom, heightAt } from './ledgers.ts';
import { describeOnFabric } from './on-fabric.ts';
import { isLong } from './results.ts';

/** Whose clock is wrong: no custodian of the load's patients, so that the load goes on. */
const WRONG = 'aurora';
const TEN_MINUTES_MS = 600_000;
const WAYS = isLong() ? (['ahead', 'behind'] as const) : (['ahead'] as const);

describeOnFabric('a wrong clock', () => {
  let network: FaultNetwork;
  let patient: DemoPatient;
  beforeAll(async () => {
    network = await faultNetwork();
    patient = await patientAt(network.node, 'st-mary');
    // With its clock right, what is handed in there commits.
    expect((await revokeThere()).status).toBe(200);
  }, 400_000);
  afterAll(() => network?.node.stop(), 120_000);

  /** Grants at the hospital, then revokes where the clock is wrong: denied there at once, and kept. */
  async function revokeThere(): Promise<Answer> {
    const { node } = network;
    const asked = {
      patient: patient.at('st-mary'),
      custodian: 'st-mary',
      grantee: 'lakeside',
      linked: false,
    };
    const grant = patient.device.grant(asked);
    const granted = await patient.device.send(grant, node.organisation('st-mary'));
    expect(granted.status, granted.text).toBe(201);
    return patient.device.revoke(grant, node.organisation(WRONG));
  }

  /** Starts the whole network anew with the clocks of one organisation's node and chaincode set off. */
  async function restart(offsetMs: number): Promise<void> {
    const { node } = network;
    expect(await node.stop()).toBe(0);
    const file = join(networkOf(network), 'network.json');
    const description = JSON.parse(readFileSync(file, 'utf8'));
    const shift = `${pathToFileURL(join(import.meta.dirname, 'clock-shift.mjs'))}?of=${WRONG}&ms=${offsetMs}`;
    description.chaincode.process.args = ['--import', shift];
    writeFileSync(file, JSON.stringify(description));
    const environment = { NODE_OPTIONS: `--import ${shift}` };
    network.node = await startNode({ engine: 'fabric', data: node.data, environment });
  }

  for (const way of WAYS)
    test(`of one node and its chaincode ten minutes ${way}: nobody else is held up, and nothing is lost`, async () => {
      await restart(way === 'ahead' ? TEN_MINUTES_MS : -TEN_MINUTES_MS);
      const { node } = network;
      const { port } = node.organisation(WRONG);
      const fault = `clocks of one node and its chaincode ten minutes ${way}`;
      const outcome = await underLoad(network, fault, async () => {
        const before = await heightAt(port);
        const revoked = await revokeThere();
        const isCommitted = revoked.status === 200;
        const mine = (await blocksFrom(node.organisation('lakeside').port, before))
          .flatMap(({ transactions }) => transactions)
          .filter(({ submitter, valid }) => submitter.organisation === WRONG && valid);
        if (way === 'ahead') {
          // Other organisations' peers refuse what claims to come from the future.
          expect([isCommitted, mine]).toEqual([false, []]);
          return `its own submissions are refused (${revoked.status} ${revoked.json.code ?? revoked.json.status}); the three others go on`;
        }
        expect(isCommitted).toBe(true);
        // What it claims is what its clock says.
        const claimed = mine.map(({ time }) => Date.now() - Date.parse(time));
        expect(Math.min(...claimed)).toBeGreaterThan(TEN_MINUTES_MS - 60_000);
        return 'its own submissions are taken; it endorses nobody else’s, and the three others go on';
      });
      expect(outcome).toMatchObject({ lost: [], forks: [] });
    }, 400_000);
});
