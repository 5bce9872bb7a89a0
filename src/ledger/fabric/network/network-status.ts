import { join } from 'node:path';
import { type CertificateExpiry, certificateExpiries, WARNED_DAYS } from './certificate-expiry.ts';
import { isHealthy } from './health.ts';
import { hostedPlans, type NetworkContext } from './network-context.ts';
import type { OrganisationPlan } from './organisation-plan.ts';
import { blockHeight, leaderOf, ordererHeight } from './process-metrics.ts';
import { supervisorPidFile } from './supervise-network.ts';
import { runningProcess } from './supervised-process.ts';

/** One process as it is now. */
export interface ProcessStatus {
  /** Absent when it does not run. */
  readonly pid?: number;
  readonly healthy: boolean;
  /** Number of blocks; absent when it does not answer or does not serve the channel. */
  readonly height?: number;
  /** Blocks behind the newest seen anywhere here. */
  readonly lag?: number;
}

/** One organisation's part as it is now. */
export interface OrganisationStatus {
  readonly organisation: string;
  /** Absent once its orderer left the consensus. */
  readonly orderer?: ProcessStatus;
  readonly peer: ProcessStatus;
  readonly chaincode?: ProcessStatus;
  readonly certificates: readonly CertificateExpiry[];
}

/** A network as seen from this machine. */
export interface NetworkStatus {
  readonly channel: string;
  readonly chaincode?: string;
  readonly supervised: boolean;
  /** The newest block number + 1 that any process here has. */
  readonly height: number;
  /** Organisation whose orderer leads, as most of the orderers here say. */
  readonly leader?: string;
  readonly organisations: readonly OrganisationStatus[];
  /** Organisations whose processes run on other machines. */
  readonly elsewhere: readonly string[];
  /** What an operator should look at, one sentence each; empty when all is well. */
  readonly problems: readonly string[];
}

/** A peer this far behind is told: a few blocks are always under way. */
const LAG_BLOCKS = 10; // a second of full load

/** Looks at every process that is hosted here. */
export async function networkStatus(context: NetworkContext, now: Date): Promise<NetworkStatus> {
  const { folder, description } = context;
  const plans = hostedPlans(context);
  const seen = await Promise.all(plans.map((plan) => lookAt(context, plan, now)));
  const heights = seen.flatMap(({ peer, orderer }) => [peer.height ?? 0, orderer?.height ?? 0]);
  const height = Math.max(0, ...heights);
  const organisations = seen.map(({ leader: _leader, ...status }) => withLag(status, height));
  const leader = mostNamed(seen.map((each) => each.leader));
  const led = description.organisations.find(({ consenter }) => consenter === leader)?.id;
  const supervised = runningProcess(supervisorPidFile(folder.path)) !== undefined;
  const found = organisations.flatMap(problemsOf);
  return {
    channel: description.channel,
    ...(description.chaincode === undefined ? {} : { chaincode: description.chaincode.version }),
    supervised,
    height,
    ...(led === undefined ? {} : { leader: led }),
    organisations,
    elsewhere: description.organisations.map(({ id }) => id).filter((id) => !description.hosted.includes(id)),
    problems:
      led === undefined ? [...found, 'No leader is known: too few orderers run or reach each other.'] : found,
  };
}

type Seen = OrganisationStatus & { readonly leader: number | undefined };

async function lookAt(
  { folder, description }: NetworkContext,
  plan: OrganisationPlan,
  now: Date,
): Promise<Seen> {
  const pid = (kind: string) => {
    const running = runningProcess(join(folder.run, `${kind}.${plan.id}.json`));
    return running === undefined ? {} : { pid: running.pid };
  };
  const at = (height: number | undefined) => (height === undefined ? {} : { height });
  const [ordererWell, peerWell, ordererAt, peerAt, leader] = await Promise.all([
    isHealthy(plan.ports.ordererOperations),
    isHealthy(plan.ports.peerOperations),
    ordererHeight(plan),
    blockHeight(plan),
    leaderOf(plan),
  ]);
  const chaincode = pid('chaincode');
  return {
    organisation: plan.id,
    ...(plan.isOrdering === false
      ? {}
      : { orderer: { ...pid('orderer'), healthy: ordererWell, ...at(ordererAt) } }),
    peer: { ...pid('peer'), healthy: peerWell, ...at(peerAt) },
    ...(description.chaincode?.process === undefined
      ? {}
      : { chaincode: { ...chaincode, healthy: 'pid' in chaincode } }),
    certificates: certificateExpiries(folder.organisation(plan.id), now),
    leader,
  };
}

function withLag(status: OrganisationStatus, height: number): OrganisationStatus {
  const lag = (process: ProcessStatus): ProcessStatus =>
    process.height === undefined ? process : { ...process, lag: height - process.height };
  return {
    ...status,
    peer: lag(status.peer),
    ...(status.orderer === undefined ? {} : { orderer: lag(status.orderer) }),
  };
}

function mostNamed(leaders: readonly (number | undefined)[]): number | undefined {
  const counts = new Map<number, number>();
  for (const leader of leaders) if (leader !== undefined) counts.set(leader, (counts.get(leader) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

/** What is wrong with one organisation's part, one sentence each. */
export function problemsOf({
  organisation,
  orderer,
  peer,
  chaincode,
  certificates,
}: OrganisationStatus): string[] {
  const problems: string[] = [];
  const look = (kind: string, process: ProcessStatus | undefined) => {
    if (process === undefined || process.healthy) return;
    const state = process.pid === undefined ? 'does not run' : 'runs but is not healthy';
    problems.push(`The ${kind} of ${organisation} ${state}: see logs/${kind}.${organisation}.log.`);
  };
  look('orderer', orderer);
  look('peer', peer);
  look('chaincode', chaincode);
  if ((peer.lag ?? 0) > LAG_BLOCKS)
    problems.push(`The peer of ${organisation} is ${peer.lag} blocks behind.`);
  for (const { name, days } of certificates) {
    if (days >= WARNED_DAYS) continue;
    const when = days < 0 ? 'has ended' : `ends in ${days} days`;
    problems.push(
      `Certificate ${name} of ${organisation} ${when}: holdfast ledger rotate --org ${organisation}.`,
    );
  }
  return problems;
}
