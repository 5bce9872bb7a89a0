import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  blockHeight,
  leaderOf,
  type NetworkDescription,
  type OrganisationPlan,
  ordererHeight,
  readDescription,
} from '../../ledger/index.ts';
import type { NetworkNode, NetworkStatus } from '../network/ledger-engine.ts';

/** The page of the ledger asks every two seconds, from many browsers; the processes are asked once in this time. */
const KEPT_MS = 1_500;

/** Orderer and peer of an organisation; asked how far they are only where they run on this machine. */
async function nodesOf(plan: OrganisationPlan, isHosted: boolean): Promise<NetworkNode[]> {
  const node = async (
    role: NetworkNode['role'],
    port: number,
    ask: (plan: OrganisationPlan) => Promise<number | undefined>,
  ): Promise<NetworkNode> => {
    const place = { organisation: plan.id, role, endpoint: `${plan.host}:${port}` };
    if (!isHosted) return place;
    const blocks = await ask(plan);
    return blocks === undefined ? { ...place, up: false } : { ...place, up: true, height: blocks - 1 };
  };
  return Promise.all([
    node('orderer', plan.ports.orderer, ordererHeight),
    node('peer', plan.ports.peer, blockHeight),
  ]);
}

async function statusOf({ organisations, hosted }: NetworkDescription): Promise<NetworkStatus> {
  const here = organisations.filter(({ id }) => hosted.includes(id));
  const [nodes, leaders] = await Promise.all([
    Promise.all(organisations.map((plan) => nodesOf(plan, hosted.includes(plan.id)))),
    Promise.all(here.map(leaderOf)),
  ]);
  const votes = new Map<number, number>();
  for (const leader of leaders) if (leader !== undefined) votes.set(leader, (votes.get(leader) ?? 0) + 1);
  const [most] = [...votes].sort(([, a], [, b]) => b - a);
  const leader = organisations.find(({ consenter }) => consenter === most?.[0])?.id;
  return { nodes: nodes.flat(), ...(leader === undefined ? {} : { leader }) };
}

/** Asks the processes of the network that a connection profile belongs to; undefined where its network's folder is elsewhere. */
export function networkStatusReader(profile: string): () => Promise<NetworkStatus | undefined> {
  // A profile lies in <network>/organisations/<organisation>/.
  const folder = join(dirname(profile), '..', '..');
  let kept: { atMs: number; status: Promise<NetworkStatus | undefined> } | undefined;
  return () => {
    if (!existsSync(join(folder, 'network.json'))) return Promise.resolve(undefined);
    if (kept === undefined || performance.now() - kept.atMs > KEPT_MS)
      kept = { atMs: performance.now(), status: statusOf(readDescription(folder)) };
    return kept.status;
  };
}
