import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DemoPatient } from '../../journeys/harness/demo.ts';
import { patientAt } from '../../journeys/harness/demo.ts';
import { outcomesOf } from '../../journeys/harness/network-bundle.ts';
import { until } from '../../journeys/harness/until.ts';
import { type FaultNetwork, underLoad } from './fault-network.ts';
import type { Link, Links } from './links.ts';
import { describeOnFabric } from './on-fabric.ts';
import { PartedEmergency } from './parted-emergency.ts';
import { partedNetwork } from './parted-network.ts';
import { isLong } from './results.ts';

const PARTED = 'st-mary';
/** The bound after which a node must not disclose: the default, or one that CI can wait for. */
const STALENESS_MS = isLong() ? 30_000 : 8_000;
const PARTITION_MS = isLong() ? 60_000 : STALENESS_MS + 3_000;
/** How late the block feed is: beyond the bound in any case. */
const LATE_MS = isLong() ? 600_000 : STALENESS_MS + 4_000;
const RECOVERY_MS = 60_000;

describeOnFabric('behind a proxy for every link', () => {
  let network: FaultNetwork;
  let links: Links;
  let patient: DemoPatient;
  let emergency: PartedEmergency;
  beforeAll(async () => {
    ({ network, links } = await partedNetwork(STALENESS_MS));
    const { node } = network;
    patient = await patientAt(node, PARTED, 'lakeside');
    const asked = { patient: patient.at(PARTED), custodian: PARTED, grantee: 'lakeside' };
    const granted = await patient.device.send(patient.device.grant(asked), node.organisation(PARTED));
    expect(granted.status, granted.text).toBe(201);
    await until('the grant works', async () => (await disclosure()) === 'complete', RECOVERY_MS);
    emergency = new PartedEmergency(node, patient, PARTED, 'lakeside');
    await emergency.begin();
  }, 400_000);
  afterAll(async () => {
    await network?.node.stop();
    await links?.close();
  }, 120_000);

  /** What the clinic gets of the hospital's records: the code of its outcome. */
  const disclosure = async (): Promise<string | undefined> => {
    const path = `Patient/${patient.at('lakeside')}/$network-everything`;
    const { json } = await network.node.organisation('lakeside').fhir('GET', path);
    return outcomesOf(json)[PARTED];
  };

  const isAcross = ({ from, to }: Link) =>
    from !== undefined && (from.organisation === PARTED) !== (to.organisation === PARTED);
  const isExchange = ({ from, to }: Link) => from?.role === 'node' && to.role === 'node';

  test('an organisation parted from all others stops disclosing, and recovers alone', async () => {
    const outcome = await underLoad(
      network,
      `partition of one organisation for ${PARTITION_MS / 1000} s`,
      async (load) => {
        links.rule = (link) => (isAcross(link) ? 'silent' : 'pass');
        const partedMs = performance.now();
        try {
          expect(await disclosure()).toBe('unavailable');
          await until(
            'the bound has passed',
            () => performance.now() - partedMs > PARTITION_MS,
            2 * PARTITION_MS,
          );
          expect(load.since(partedMs + STALENESS_MS, PARTED)).toBe(0);
          // Where its orderer led, the others first choose another.
          await until('the others go on', () => load.since(partedMs, 'lakeside') > 0, RECOVERY_MS);
          // The clinic reaches the hospital's node again, which is still parted from the ledger.
          links.rule = (link) => (isAcross(link) && !isExchange(link) ? 'silent' : 'pass');
          await until(
            'the hospital answers that it is stale',
            async () => (await disclosure()) === 'stale',
            RECOVERY_MS,
          );
          await emergency.whileParted();
        } finally {
          links.rule = () => 'pass';
        }
        const healedMs = performance.now();
        await until(
          'the hospital discloses again',
          async () => (await disclosure()) === 'complete',
          RECOVERY_MS,
        );
        await emergency.afterwards();
        return `refuses as stale meanwhile, and opens in an emergency; discloses again ${((performance.now() - healedMs) / 1000).toFixed(1)} s after the links are back`;
      },
    );
    expect(outcome).toMatchObject({ lost: [], forks: [] });
  }, 300_000);

  test(
    'a node whose blocks come late knows that it is old, and recovers alone',
    async () => {
      const outcome = await underLoad(network, `block feed delayed by ${LATE_MS / 1000} s`, async () => {
        const isFeed = ({ from, to }: Link) =>
          from?.role === 'node' && from.organisation === PARTED && to.role === 'peer';
        links.rule = (link) => (isFeed(link) ? { answersAfterMs: LATE_MS } : 'pass');
        const lateMs = performance.now();
        try {
          await until(
            'the hospital says that it is stale',
            async () => (await disclosure()) === 'stale',
            LATE_MS + RECOVERY_MS,
          );
          await until(
            'the first late block came',
            () => performance.now() - lateMs > LATE_MS + 2_000,
            2 * LATE_MS,
          );
          // Blocks come again, each of them late: what they say is as old as they are.
          expect(await disclosure()).toBe('stale');
        } finally {
          links.rule = () => 'pass';
        }
        await until(
          'the hospital discloses again',
          async () => (await disclosure()) === 'complete',
          RECOVERY_MS,
        );
        return 'refuses as stale from its bound on, also while late blocks come';
      });
      expect(outcome).toMatchObject({ lost: [], forks: [] });
    },
    3 * LATE_MS + 300_000,
  );
});
