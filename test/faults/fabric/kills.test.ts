import { afterAll, beforeAll, expect, test } from 'vitest';
import { startNode } from '../../journeys/harness/running-node.ts';
import { until } from '../../journeys/harness/until.ts';
import {
  type FaultNetwork,
  faultNetwork,
  kill,
  leaderOf,
  networkOf,
  nodeOf,
  replaced,
  serves,
  underLoad,
} from './fault-network.ts';
import { describeOnFabric } from './on-fabric.ts';
import { isRunning, pidOf, processesOf, signal } from './processes.ts';

/** Above SmartBFT's leader change with the defaults that the network is made with. */
const LEADER_CHANGE_MS = 45_000;
const NOTHING_LOST = { lost: [], forks: [] };

describeOnFabric('under load nothing acknowledged is lost, and no two histories come about, when', () => {
  let network: FaultNetwork;
  beforeAll(async () => {
    network = await faultNetwork();
  }, 400_000);
  afterAll(() => network?.node.stop(), 120_000);

  test('the lead orderer is killed', async () => {
    const leader = await leaderOf(network);
    const outcome = await underLoad(network, 'kill -9 of the lead orderer', async () => {
      const [pid = 0] = kill(network, `orderer.${leader}`);
      await replaced(network, `orderer.${leader}`, pid);
      return 'supervisor starts it again';
    });
    expect(outcome).toMatchObject(NOTHING_LOST);
    expect(outcome.pauseMs).toBeLessThan(LEADER_CHANGE_MS);
  }, 180_000);

  test('another orderer is killed', async () => {
    const leader = await leaderOf(network);
    const other = network.node.organisations.find((id) => id !== leader) ?? '';
    const outcome = await underLoad(network, 'kill -9 of an orderer that does not lead', async () => {
      const [pid = 0] = kill(network, `orderer.${other}`);
      await replaced(network, `orderer.${other}`, pid);
      return 'supervisor starts it again';
    });
    expect(outcome).toMatchObject(NOTHING_LOST);
  }, 180_000);

  test('a chaincode process is killed', async () => {
    const outcome = await underLoad(network, 'kill -9 of a chaincode process', async () => {
      const [pid = 0] = kill(network, 'chaincode.st-mary');
      await replaced(network, 'chaincode.st-mary', pid);
      return 'supervisor starts it again';
    });
    expect(outcome).toMatchObject(NOTHING_LOST);
  }, 180_000);

  test('the peer of an organisation and its node are killed', async () => {
    const outcome = await underLoad(network, 'kill -9 of a peer and its node', async () => {
      const node = nodeOf(network, 'lakeside');
      const [pid = 0] = kill(network, 'peer.lakeside');
      signal(node, 'SIGKILL');
      await replaced(network, 'peer.lakeside', pid);
      await serves(network, 'lakeside', node);
      return 'both are started again; the node catches up';
    });
    expect(outcome).toMatchObject(NOTHING_LOST);
  }, 180_000);

  test('every process of one organisation is killed at once', async () => {
    const outcome = await underLoad(network, 'kill -9 of all of one organisation', async () => {
      const node = nodeOf(network, 'st-mary');
      const [, pid = 0] = kill(network, 'orderer.st-mary', 'peer.st-mary', 'chaincode.st-mary');
      signal(node, 'SIGKILL');
      await replaced(network, 'peer.st-mary', pid);
      await serves(network, 'st-mary', node);
      return 'all four are started again; the node catches up';
    });
    expect(outcome).toMatchObject(NOTHING_LOST);
  }, 180_000);

  test('two organisations of four are silent: it stops accepting, says so, and resumes', async () => {
    const outcome = await underLoad(network, 'two organisations of four silent for 20 s', async (load) => {
      const silent = ['meridian', 'aurora'].flatMap((id) =>
        ['orderer', 'peer', 'chaincode'].map((role) => pidOf(networkOf(network), `${role}.${id}`)),
      );
      for (const pid of silent) signal(pid, 'SIGSTOP');
      const stoppedMs = performance.now();
      try {
        // What was on its way may still be answered; then nothing is, for as long as they are silent.
        await until('the load is refused or waits', () => load.refused.size > 0, 60_000);
        const from = Math.max(stoppedMs, performance.now() - 2_000);
        expect(load.since(from)).toBe(0);
        return `answers meanwhile: ${[...load.refused.keys()].join(', ')}`;
      } finally {
        for (const pid of silent) signal(pid, 'SIGCONT');
      }
    });
    expect(outcome).toMatchObject(NOTHING_LOST);
  }, 300_000);

  test('all processes are killed at once, as by a power cut', async () => {
    const { node } = network;
    const nodes = node.organisations.map((id) => nodeOf(network, id));
    const everything = [...processesOf(networkOf(network)).values(), ...nodes];
    const outcome = await underLoad(network, 'kill -9 of every process at once', async () => {
      signal(node.pid, 'SIGKILL');
      for (const pid of everything) signal(pid, 'SIGKILL');
      await until('everything is gone', () => everything.every((pid) => !isRunning(pid)), 30_000);
      const startedMs = performance.now();
      network.node = await startNode({ engine: 'fabric', data: node.data });
      return `whole network ready again in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`;
    });
    expect(outcome).toMatchObject(NOTHING_LOST);
  }, 400_000);
});
