import { until, untilHealthy } from './health.ts';
import { joinOrderer, joinPeer } from './join-channel.ts';
import { hostedPlans, type NetworkContext } from './network-context.ts';
import type { OrganisationPlan } from './organisation-plan.ts';
import { blockHeight, leaderOf } from './process-metrics.ts';
import { ordererProcess, peerProcess } from './process-specs.ts';

const LEADER_WITHIN_MS = 60_000; // two changes of view on a busy machine

/** Waits for the hosted processes, and joins those that are not in the channel yet. */
export async function joinNetwork(
  context: NetworkContext,
  onProgress: (what: string) => void,
): Promise<void> {
  const plans = hostedPlans(context);
  onProgress('waiting for orderers and peers');
  await Promise.all(plans.map((plan) => healthy(context, plan)));
  onProgress('joining the channel');
  await Promise.all(
    plans.map(async (plan) => {
      if (plan.isOrdering !== false) await joinOrderer(context, plan, context.folder.genesis);
      await joinPeer(context, plan);
    }),
  );
  onProgress('waiting for a leader');
  const ordering = plans.filter(({ isOrdering }) => isOrdering !== false);
  await until(
    async () =>
      (await Promise.all(ordering.map((plan) => leaderOf(plan)))).some((leader) => leader !== undefined),
    LEADER_WITHIN_MS,
    () =>
      'No orderer knows a leader: at least more than two thirds of the orderers must run and reach each other.',
  );
  await until(
    async () => (await Promise.all(plans.map(blockHeight))).every((height) => height !== undefined),
    LEADER_WITHIN_MS,
    () => 'A peer does not serve the channel: see the peers’ logs.',
  );
}

async function healthy(context: NetworkContext, plan: OrganisationPlan): Promise<void> {
  if (plan.isOrdering !== false)
    await untilHealthy(ordererProcess(context, plan), plan.ports.ordererOperations);
  await untilHealthy(peerProcess(context, plan), plan.ports.peerOperations);
}
