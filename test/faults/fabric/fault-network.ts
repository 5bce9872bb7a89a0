import type { DemoPatient } from '../../journeys/harness/demo.ts';
import { patientsAt } from '../../journeys/harness/demo.ts';
import { send } from '../../journeys/harness/http.ts';
import { type RunningNode, type StartOptions, startNode } from '../../journeys/harness/running-node.ts';
import { until } from '../../journeys/harness/until.ts';
import { type Acknowledged, Load } from './acknowledged.ts';
import { agreement } from './ledgers.ts';
import { listenerAt } from './process-of-socket.ts';
import { pidOf, signal } from './processes.ts';
import { recordResult } from './results.ts';

/** Acknowledgements before a fault, so that it meets a network under load. */
const WARM_UP = 8; // from every custodian more than once
/** The network goes on within its leader change and the start of a process. */
const RECOVERY_TIMEOUT_MS = 60_000;
/** Acknowledgements after a fault that show that it goes on for everybody. */
const AFTERWARDS = 8; // as many as before

/** A demo consortium on Fabric under test. */
export interface FaultNetwork {
  node: RunningNode;
  readonly patients: ReadonlyMap<string, DemoPatient>;
  /** Everything acknowledged so far, over all faults. */
  readonly acknowledged: Acknowledged[];
}

/** A network with a patient at each of two custodians. */
export async function faultNetwork(options: StartOptions = {}): Promise<FaultNetwork> {
  const node = await startNode({ engine: 'fabric', patients: 2, ...options });
  const patients = new Map<string, DemoPatient>();
  for (const custodian of ['st-mary', 'lakeside']) {
    const [patient] = await patientsAt(node, custodian);
    if (patient === undefined) throw new Error(`no demo patient at ${custodian}`);
    patients.set(custodian, patient);
  }
  return { node, patients, acknowledged: [] };
}

/** The network's folder. */
export function networkOf({ node }: FaultNetwork): string {
  if (node.network === undefined) throw new Error('this node has no Fabric network');
  return node.network;
}

/** Kills processes of the network by name; the pid of each. */
export function kill(network: FaultNetwork, ...names: string[]): number[] {
  const pids = names.map((name) => pidOf(networkOf(network), name));
  for (const pid of pids) signal(pid, 'SIGKILL');
  return pids;
}

/** Waits until the supervisor has started a process of the network anew. */
export function replaced(network: FaultNetwork, name: string, before: number): Promise<unknown> {
  const isAnother = () => pidOf(networkOf(network), name) !== before;
  return until(`${name} runs again`, isAnother, RECOVERY_TIMEOUT_MS / 2);
}

/** The process of an organisation's node as it is now: one that ended was started again. */
export function nodeOf({ node }: FaultNetwork, organisation: string): number {
  const pid = listenerAt(node.organisation(organisation).port);
  if (pid === undefined) throw new Error(`no node of ${organisation} listens`);
  return pid;
}

/** Waits until another process than one before serves an organisation and is ready. */
export async function serves(network: FaultNetwork, organisation: string, before: number): Promise<void> {
  const { port } = network.node.organisation(organisation);
  await until(
    `the node of ${organisation} is back`,
    async () => {
      const pid = listenerAt(port);
      return pid !== undefined && pid !== before && (await send(port, '/ready')).status === 200;
    },
    RECOVERY_TIMEOUT_MS,
  );
}

/** The organisation whose orderer leads, as the ledger's page says. */
export async function leaderOf({ node }: FaultNetwork): Promise<string> {
  return until(
    'a leader',
    async () => (await node.send('/ledger')).json.network?.leader as string | undefined,
  );
}

/** What happened while a fault lasted. */
export interface Outcome {
  readonly pauseMs: number;
  readonly acknowledged: number;
  readonly lost: readonly string[];
  readonly forks: readonly number[];
}

/**
 * Under load: does something, waits until transactions are acknowledged again by everybody who submits, ends the load and
 * compares what all members have. The result goes to the table of the document when results are kept.
 */
export async function underLoad(
  network: FaultNetwork,
  fault: string,
  act: (load: Load) => Promise<string>,
): Promise<Outcome> {
  const { node, patients } = network;
  const load = new Load(node, patients);
  await until(
    'acknowledgements before the fault',
    () => load.acknowledged.length >= WARM_UP,
    RECOVERY_TIMEOUT_MS,
  );
  const fromMs = performance.now();
  const seen = await act(load);
  const actedMs = performance.now();
  for (const custodian of patients.keys()) {
    await until(
      `acknowledgements at ${custodian} after: ${fault} (refused: ${JSON.stringify([...load.refused])})`,
      () => load.since(actedMs, custodian) >= AFTERWARDS / patients.size,
      RECOVERY_TIMEOUT_MS,
    );
  }
  const pauseMs = load.longestPauseMs(fromMs, performance.now());
  await load.end();
  network.acknowledged.push(...load.acknowledged);
  const { acknowledged, lost, forks } = await agreement(network.node, network.acknowledged);
  recordResult({ fault, pauseMs, acknowledged, lost: lost.length, forks: forks.length, seen });
  return { pauseMs, acknowledged, lost, forks };
}
